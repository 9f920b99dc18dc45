import { defineRule, type Ignore, type IgnoreOutcome, type Problem, replace } from '#lint';

export default defineRule({
  name: 'suppression-unknown-rule',
  codes: [],
  category: 'maintainability',
  summary: 'An ignore comment names no rule',
  why: 'It leaves nothing out, and what it was to leave out is still reported.',
  severity: 'warning',
  fix: { safety: 'unsafe', note: 'Takes the nearest known name.' },
  tags: ['ignores'],
  examples: [
    {
      bad: 'FROM alpine\n# iechorlint ignore=relative-workdirs -- as the base has it\nWORKDIR srv\n',
      good: 'FROM alpine\n# iechorlint ignore=relative-workdir -- as the base has it\nWORKDIR srv\n',
      beside: ['relative-workdir'],
    },
    { title: 'None at all', bad: 'FROM alpine\n# iechorlint ignore= -- as the base has it\nWORKDIR srv\n' },
    { title: 'Without `=`', bad: 'FROM alpine\n# iechorlint ignore relative-workdir\nWORKDIR srv\n' },
    {
      title: 'A word that there is not',
      bad: 'FROM alpine\n# iechorlint ignore-next-line=relative-workdir\nWORKDIR srv\n',
    },
    { title: 'A slip of the pen', bad: 'FROM alpine\n# iechorlint ignor=relative-workdir\nWORKDIR srv\n' },
    { title: 'With a colon', good: 'FROM alpine\n# iechorlint: ignore=DL3000\nWORKDIR srv\n' },
    {
      title: 'For hadolint one word that is no code of its own voids the comment',
      bad: 'FROM alpine\n# hadolint ignore=DL3000,relative-workdir\nWORKDIR srv\n',
    },
    {
      title: 'hadolint sees instructions alone',
      bad: 'FROM alpine\nRUN make && \\\n    # hadolint ignore=DL3004\n    sudo make install\n',
      good: 'FROM alpine\nRUN make && \\\n    # iechorlint ignore=DL3004\n    sudo make install\n',
    },
    {
      title: 'Words are a comment behind a `#`',
      good: 'FROM alpine\n# hadolint ignore=DL3000 # as the base has it\nWORKDIR srv\n',
    },
    {
      title: 'Codes of other tools, be they of no rule here',
      good: 'FROM alpine\n# iechorlint ignore=DL3000,CKV_DOCKER_2\nWORKDIR srv\n',
    },
  ],
  check() {
    return {
      *ignores(outcomes) {
        for (const outcome of outcomes) yield* problemsOf(outcome);
      },
    };
  },
});

const problemsOf = function* ({ ignore, names }: IgnoreOutcome): Iterable<Problem> {
  if (ignore.flaw) {
    yield flawed(ignore, ignore.flaw.text);
    return;
  }
  if (ignore.tool !== 'iechorlint') return;
  if (names.length === 0 && ignore.scope !== 'end')
    yield {
      at: ignore,
      message: 'The ignore comment names no rule',
      help: 'Write the names behind the `=`, commas between them.',
    };
  for (const { nearest, state, ...name } of names) {
    if (state !== 'unknown') continue;
    yield {
      at: name,
      message: `No rule is called \`${name.text}\``,
      help: helpFor(name.text, nearest),
      fix: nearest ? { title: `Write \`${nearest}\``, edits: [replace(name, nearest)] } : undefined,
    };
  }
};

const helpFor = (name: string, nearest: string | undefined): string => {
  if (nearest) return `Write \`${nearest}\`.`;
  return /\s/.test(name) ? 'A reason stands behind ` -- `.' : '`iechorlint rules` lists them.';
};

const WORDS = /^ignore(?:-stage|-file|-start|-end)?$/i;

const flawed = ({ tool, flaw, inside, ...ignore }: Ignore, text: string): Problem => {
  const at = flaw ?? ignore;
  if (tool !== 'hadolint')
    return {
      at,
      message: WORDS.test(text) ? `\`${text}\` without names has no effect` : `\`${text}\` says nothing to iechorlint`,
      help: 'Write `# iechorlint ignore=RULE -- reason`.',
    };
  if (inside)
    return {
      at,
      message: 'hadolint sees no comment inside an instruction',
      help: 'Put it above the instruction, or write `# iechorlint ignore=` here.',
    };
  return {
    at,
    message: text
      ? `\`${text}\` is no code of hadolint, which passes over the whole comment`
      : 'An empty item makes hadolint pass over the whole comment',
    help: 'Write codes with commas between them, and other words behind a `#`.',
  };
};
