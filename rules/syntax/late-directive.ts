import {
  type Comment,
  type Directive,
  defineRule,
  type Edit,
  type Iechorfile,
  lineEndOf,
  linesOf,
  type Problem,
  remove,
} from '#lint';

export default defineRule({
  name: 'late-directive',
  codes: [],
  category: 'syntax',
  summary: 'A parser directive stands below the top of the file, where it has no effect',
  why: `The first line that is not a directive ends them, be it a comment, an empty line or an instruction. What follows is a plain comment, and
    the file is read by other rules than it asks for.`,
  severity: 'warning',
  fix: { safety: 'unsafe', note: 'The directive takes effect then.' },
  examples: [
    {
      title: 'Below a comment',
      bad: '# My image\n# syntax=docker/dockerfile:1\nFROM alpine\n',
      good: '# syntax=docker/dockerfile:1\n# My image\nFROM alpine\n',
    },
    { title: 'Below an empty line', bad: '\n# escape=`\nFROM alpine\n', good: '# escape=`\n\nFROM alpine\n' },
    {
      title: 'Not at the start of its line',
      bad: '  # syntax=docker/dockerfile:1\nFROM alpine\n',
      good: '# syntax=docker/dockerfile:1\nFROM alpine\n',
    },
    {
      title: 'The lines are continued as always',
      bad: '# My image\n# escape=`\nFROM alpine\nRUN true \\\n  && true\n',
      good: '# My image\nFROM alpine\nRUN true \\\n  && true\n',
    },
    { title: 'Below an instruction', bad: 'FROM alpine\n# check=error=true\nRUN true\n' },
    {
      title: 'One below the other',
      good: '# syntax=docker/dockerfile:1\n# check=error=true\n# escape=`\nFROM alpine\n',
    },
    { title: 'It says what holds anyway', good: '# My image\n# escape=\\\nFROM alpine\n' },
    {
      title: 'Below the line that names a program',
      good: '#!/usr/bin/env dockerfile\n# syntax=docker/dockerfile:1\nFROM alpine\n',
    },
    { title: 'For one instruction', good: 'FROM alpine\n# check=skip=JSONArgsRecommended\nCMD true\n' },
  ],
  exceptions: {
    laterStage: 'Directives stand at the top of the file.',
  },
  check({ file }) {
    return {
      *done() {
        for (const comment of file.comments) yield* problemOf(comment, file);
        for (const directive of file.directives) yield* indentationOf(directive, file);
      },
    };
  },
});

const DIRECTIVE = /^[\t ]*(syntax|escape|check)[\t ]*=[\t ]*(\S+)[\t ]*$/i;

const problemOf = function* (comment: Comment, file: Iechorfile): Iterable<Problem> {
  if (!/^[\t ]*[sec]/i.test(comment.text)) return;
  const [, key = '', value = ''] = DIRECTIVE.exec(comment.text) ?? [];
  const name = key.toLowerCase();
  if (!name || !isWithoutEffect(name, value, comment, file)) return;
  const problem = { at: comment, message: `${quoted(`# ${name}=${value}`)} is a plain comment here` };
  if (name === 'escape' && endsLines(file.escape, file) && !endsLines(value, file)) {
    const fix = { title: 'Delete it', edits: [remove(linesOf(file, comment))] };
    yield { ...problem, help: `Delete it: the lines here are continued with ${quoted(file.escape)}.`, fix };
    return;
  }
  const isBelowInstruction = file.instructions.some(({ start }) => start < comment.start);
  const edits = isBelowInstruction ? undefined : moved(comment, file);
  yield {
    ...problem,
    help: `Move it to the top of the file, above ${obstacleTo(comment, file)}.`,
    fix: edits && { title: 'Move it to the top', edits },
  };
};

/** Whether a line of an instruction ends in the character. */
const endsLines = (character: string, { text, instructions }: Iechorfile): boolean =>
  instructions.some(({ start, end }) =>
    text
      .slice(start, end)
      .split('\n')
      .some((line) => line.trimEnd().endsWith(character)),
  );

const quoted = (text: string): string => (text.includes('`') ? `"${text}"` : `\`${text}\``);

const isWithoutEffect = (name: string, value: string, comment: Comment, file: Iechorfile): boolean => {
  const other = file.directives.find((directive) => directive.name === name);
  if (other?.value.text === value) return false;
  // Above an instruction BuildKit takes what is to be skipped there from a comment.
  if (name === 'check') return /^error=|;error=/.test(value);
  if (name === 'escape') return /^[\\`]$/.test(value) && value !== file.escape;
  return /^[\w.-]+(?:\/[\w.-]+)+(?:[:@]\S+)?$/.test(value) && !isBelowShebang(comment, file);
};

/** BuildKit passes over a first line that begins with `#!` when it looks for the frontend. */
const isBelowShebang = (comment: Comment, { text }: Iechorfile): boolean =>
  text.startsWith('#!') && text.indexOf('\n') + 1 === comment.start;

const obstacleTo = (comment: Comment, file: Iechorfile): string => {
  const start = headEnd(file);
  const first = file.text.slice(start).split('\n', 1)[0]?.trim() ?? '';
  if (first === '') return 'the first empty line';
  return start === comment.start
    ? 'everything else'
    : first.startsWith('#')
      ? 'the first comment'
      : 'the first instruction';
};

/** Where the directives end. */
const headEnd = (file: Iechorfile): number => {
  const last = file.directives.at(-1);
  return last ? linesOf(file, last).end : 0;
};

const moved = (comment: Comment, file: Iechorfile): readonly Edit[] | undefined => {
  const line = linesOf(file, comment);
  const top = headEnd(file);
  if (file.directives.some(({ name }) => DIRECTIVE.exec(comment.text)?.[1]?.toLowerCase() === name)) return undefined;
  const text = `#${comment.text.trimEnd()}${lineEndOf(file, comment)}`;
  return [{ range: { start: top, end: top }, text }, remove(line)];
};

/** A frontend is looked for only at the very start of a line. */
const indentationOf = function* ({ name, start, end }: Directive, file: Iechorfile): Iterable<Problem> {
  const line = file.text.lastIndexOf('\n', start - 1) + 1;
  if (name === 'escape' || line === start) return;
  yield {
    at: { start, end },
    message: `Because of the blanks before it, \`# ${name}=\` is a plain comment`,
    help: 'Delete the blanks before it.',
    fix: { title: 'Delete the blanks', edits: [remove({ start: line, end: start })] },
  };
};
