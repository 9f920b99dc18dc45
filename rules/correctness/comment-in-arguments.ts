import {
  defineRule,
  type Instruction,
  insertLineBefore,
  type Model,
  type Problem,
  type Range,
  removeWithSpaceBefore,
  strayComment,
} from '#lint';

export default defineRule({
  name: 'comment-in-arguments',
  codes: [],
  category: 'correctness',
  summary: 'What looks like a comment is part of the arguments',
  why: `Only a line that begins with \`#\` is a comment. After the arguments it is text like any other, and ends up in a path, a value or the
    name of a user.`,
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
  check({ model }) {
    const check = (node: Instruction) => findingIn(node, model);
    return {
      Workdir: check,
      User: check,
      Stopsignal: check,
      Volume: check,
      Copy: check,
      Add: check,
      Arg: check,
      Env: check,
    };
  },
});

const findingIn = (node: Instruction, model: Model): readonly Problem[] | undefined => {
  const start = strayComment(model, node);
  return start === undefined ? undefined : [problemOf(start, node, model)];
};

const problemOf = (start: number, node: Instruction, { file }: Model): Problem => {
  const newline = file.text.slice(start, node.end).indexOf('\n');
  const at: Range = { start, end: newline < 0 ? node.end : start + newline };
  const comment = file.text.slice(at.start, at.end).trimEnd();
  const edits = [insertLineBefore(file, node, comment), removeWithSpaceBefore(file, at)];
  return {
    at,
    message: `\`${comment}\` is not a comment but part of the ${node.keyword.text.toUpperCase()}`,
    help: 'Put the comment on a line of its own, above the instruction.',
    fix: newline < 0 ? { title: 'Move the comment to a line of its own', edits } : undefined,
  };
};
