import {
  defineRule,
  type Edit,
  type Iechorfile,
  type Ignore,
  type IgnoreOutcome,
  linesOf,
  type Problem,
  remove,
} from '#lint';

export default defineRule({
  name: 'unused-suppression',
  codes: [],
  category: 'maintainability',
  summary: 'An ignore comment leaves nothing out',
  why: `What it was written for is mended, so the comment misleads its reader, and would hide the same problem when it comes back. Only rules that
    run are judged.`,
  severity: 'warning',
  off: true,
  fix: {
    safety: 'safe',
    note: 'A comment for another tool is deleted with `--unsafe-fixes`, since that tool may need it.',
  },
  tags: ['ignores'],
  examples: [
    {
      bad: 'FROM alpine\n# iechorlint ignore=relative-workdir\nWORKDIR /srv\n',
      good: 'FROM alpine\nWORKDIR /srv\n',
      beside: ['relative-workdir'],
    },
    {
      title: 'One of several names',
      bad: 'FROM alpine\n# iechorlint ignore=maintainer-deprecated,relative-workdir -- as the base has it\nWORKDIR srv\n',
      good: 'FROM alpine\n# iechorlint ignore=relative-workdir -- as the base has it\nWORKDIR srv\n',
      beside: ['relative-workdir', 'maintainer-deprecated'],
    },
    {
      title: 'A comment for another tool',
      bad: '# check=skip=WorkdirRelativePath;error=true\nFROM alpine\n# hadolint ignore=DL3000\nWORKDIR /srv\n',
      good: '# check=error=true\nFROM alpine\nWORKDIR /srv\n',
      beside: ['relative-workdir'],
    },
    {
      title: 'An end without a start',
      bad: 'FROM alpine\n# iechorlint ignore-end\nWORKDIR /srv\n',
      good: 'FROM alpine\nWORKDIR /srv\n',
    },
    {
      title: 'It is needed',
      good: 'FROM alpine\n# iechorlint ignore=relative-workdir\nWORKDIR srv\n',
      beside: ['relative-workdir'],
    },
    { title: 'Its rule does not run', good: 'FROM alpine\n# iechorlint ignore=DL3000\nWORKDIR /srv\n' },
  ],
  exceptions: { laterStage: 'The stage that is put before it comes between the directive and the file.' },
  check({ file }) {
    return {
      *ignores(outcomes) {
        // What it is for may stand where the file cannot be read.
        if (file.problems.length > 0) return;
        for (const outcome of outcomes) yield* problemsOf(file, outcome);
      },
    };
  },
});

const problemsOf = function* (file: Iechorfile, { ignore, names, isUsed }: IgnoreOutcome): Iterable<Problem> {
  if (ignore.flaw) return;
  if (ignore.scope === 'end' && names.length === 0) {
    if (!isUsed) yield problemAt(ignore, 'This ends nothing that was started', whole(file, ignore));
    return;
  }
  const unused = names.filter(({ state }) => state === 'unused');
  if (unused.length === 0) return;
  if (unused.length === names.length) {
    yield problemAt(ignore, `${listOf(unused)} ${verdictOf(ignore, unused.length)}`, whole(file, ignore));
    return;
  }
  for (const name of unused) {
    const place = names.indexOf(name);
    const [before, after] = [names[place - 1], names[place + 1]];
    const range = before ? { start: before.end, end: name.end } : { start: name.start, end: after?.start ?? name.end };
    yield { ...problemAt(ignore, `\`${name.text}\` ${verdictOf(ignore, 1)}`, remove(range)), at: name };
  }
};

const listOf = (names: readonly { readonly text: string }[]): string =>
  names.map(({ text }) => `\`${text}\``).join(', ');

const verdictOf = ({ scope }: Ignore, count: number): string => {
  if (scope === 'end') return count === 1 ? 'was not started' : 'were not started';
  return count === 1 ? 'leaves nothing out here' : 'leave nothing out here';
};

/** Another tool may need its comment, where it finds something that is no problem here. */
const problemAt = (ignore: Ignore, message: string, edit: Edit | undefined): Problem =>
  ignore.tool === 'iechorlint'
    ? { at: ignore, message, fix: edit && { title: 'Delete it', edits: [edit] } }
    : {
        at: ignore,
        message,
        help: `Delete it if ${TOOLS[ignore.tool]} does not need it either.`,
        severity: 'info',
        fix: edit && { title: 'Delete it', edits: [edit], safety: 'unsafe' },
      };

const TOOLS = { hadolint: 'hadolint', buildkit: 'BuildKit', tally: 'tally' } as const;

/** Deletes the comment, but not where the next line would become a directive by that. */
const whole = (file: Iechorfile, { clause, start, end }: Ignore): Edit | undefined => {
  if (clause) return remove(clause);
  const lines = linesOf(file, { start, end });
  return /^[\t ]*#[\t ]*(?:syntax|escape|check)[\t ]*=/i.test(file.text.slice(lines.end)) ? undefined : remove(lines);
};
