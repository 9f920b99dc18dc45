import {
  type Arg,
  defineRule,
  type Iechorfile,
  type Instruction,
  insertLineBefore,
  type Problem,
  type Range,
  removeWithSpaceBefore,
  type Word,
} from '#lint';

export default defineRule({
  name: 'comment-in-arguments',
  codes: [],
  category: 'correctness',
  summary: 'What looks like a comment is a part of the arguments',
  why: `A comment is a line that begins with \`#\`. Behind an instruction it is text like any other: it ends up in a path, in a value or in
    the name of a user.`,
  severity: 'error',
  fix: { safety: 'unsafe', note: 'The arguments change.' },
  examples: [
    {
      bad: 'FROM alpine\nWORKDIR /app # where it runs\n',
      good: 'FROM alpine\n# where it runs\nWORKDIR /app\n',
    },
    {
      title: 'In a value',
      bad: 'FROM alpine\nENV LANG C.UTF-8  # for Python\n',
      good: 'FROM alpine\n# for Python\nENV LANG C.UTF-8\n',
    },
    {
      title: 'As further paths',
      bad: 'FROM alpine\nVOLUME /data # kept\n',
      good: 'FROM alpine\n# kept\nVOLUME /data\n',
    },
    {
      title: 'As a destination',
      bad: 'FROM alpine\nCOPY a b # the sources\n',
      good: 'FROM alpine\n# the sources\nCOPY a b\n',
    },
    { title: 'As further variables', bad: 'FROM alpine\nARG A=1 # one\n', good: 'FROM alpine\n# one\nARG A=1\n' },
    {
      title: 'In quotes, or within a word',
      good: 'FROM alpine\nENV COLOR="# 5" TITLE=a#b\nENV TEXT "a # b"\nWORKDIR /a#b\nCOPY a#1 #b#/ ./\n',
    },
    { title: 'In a shell', good: 'FROM alpine\nRUN true # hello\n' },
  ],
  check({ file }) {
    const check = (node: Instruction) => findingIn(node, file);
    return {
      Workdir: check,
      User: check,
      Stopsignal: check,
      Volume: check,
      Copy: check,
      Add: check,
      Arg: check,
      // The text of a label may well have such a sign.
      Env: check,
    };
  },
});

const findingIn = function* (node: Instruction, file: Iechorfile): Iterable<Problem> {
  if (node.json || node.heredocs.length || !node.arguments.some((text) => text.includes('#'))) return;
  const start = commentIn(node, file);
  if (start === undefined) return;
  const newline = file.text.slice(start, node.end).indexOf('\n');
  const at: Range = { start, end: newline < 0 ? node.end : start + newline };
  const comment = file.text.slice(at.start, at.end).trimEnd();
  const edits = [insertLineBefore(file, node, comment), removeWithSpaceBefore(file, at)];
  yield {
    at,
    message: `\`${comment}\` is no comment here but a part of the ${node.keyword.text.toUpperCase()}`,
    help: 'Give the comment a line of its own.',
    fix: newline < 0 ? { title: 'Give the comment a line of its own', edits } : undefined,
  };
};

/** Where a `#` stands behind a blank and before another word. */
const commentIn = (node: Instruction, file: Iechorfile): number | undefined => {
  switch (node.kind) {
    case 'Workdir':
      return inText(node.path, file);
    case 'User':
      return inText(node.user, file);
    case 'Stopsignal':
      return inText(node.signal, file);
    case 'Env':
      return node.pairs[0]?.legacy ? inText(node.pairs[0].value, file) : undefined;
    case 'Volume':
      return among(node.paths, 1);
    case 'Copy':
    case 'Add':
      return among([...node.sources, node.destination], 2);
    case 'Arg':
      return inDeclarations(node);
    default:
      return undefined;
  }
};

const inText = ({ parts }: Word, file: Iechorfile): number | undefined => {
  for (const part of parts) {
    if (part.kind !== 'Literal') continue;
    const offset = file.text.slice(part.start, part.end).search(/(?<=[\t ])#(?:[\t ]|[A-Za-z])/);
    if (offset >= 0) return part.start + offset;
  }
  return undefined;
};

/** A word behind as many others as are needed. */
const among = (words: readonly Word[], needed: number): number | undefined =>
  words.find(({ raw }, index) => index >= needed && /^#[A-Za-z]*$/.test(raw))?.start;

const inDeclarations = ({ declarations }: Arg): number | undefined =>
  declarations.find(({ name }, index) => index > 0 && /^#/.test(name.text))?.start;
