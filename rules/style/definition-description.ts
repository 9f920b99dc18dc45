import {
  type Arg,
  type Comment,
  defineRule,
  type Edit,
  type From,
  type Iechorfile,
  indentOf,
  insertBefore,
  lineEndOf,
  linesOf,
} from '#lint';

export default defineRule({
  name: 'definition-description',
  codes: ['InvalidDefinitionDescription'],
  category: 'style',
  summary: 'The comment above an ARG or a stage does not begin with its name',
  why: `BuildKit shows such a comment as the description of the argument or of the stage, in \`docker build --call=outline\` and
    \`--call=targets\`, where its first word is the name.`,
  severity: 'style',
  off: true,
  policy: true,
  when: { instructions: ['Arg', 'From'] },
  fix: { safety: 'safe' },
  examples: [
    {
      bad: '# The version to install\nARG VERSION=3\nFROM alpine:3.24\n',
      good: '# The version to install\n#\nARG VERSION=3\nFROM alpine:3.24\n',
    },
    { title: 'An argument with its description', good: '# VERSION to install\nARG VERSION=3\nFROM alpine:3.24\n' },
    {
      title: 'A stage',
      bad: '# Here all is built\nFROM golang:1.26 AS build\n',
      good: '# Here all is built\n#\nFROM golang:1.26 AS build\n',
    },
    {
      title: 'What is said to linters stays where it is',
      bad: '# Here all is built\n# hadolint ignore=DL3006\nFROM golang AS build\n',
      good: '# Here all is built\n#\n# hadolint ignore=DL3006\nFROM golang AS build\n',
    },
    { title: 'A stage with its description', good: '# build makes the program\nFROM golang:1.26 AS build\n' },
    { title: 'One of several comments describes it', good: '# See below\n# A is a letter\nARG A=a\nFROM alpine\n' },
    { title: 'A heading', good: '# Arguments\n\nARG A=a\nFROM alpine\n' },
    { title: 'A stage without a name has no description', good: '# The image\nFROM alpine\n' },
    { title: 'An empty comment sets those above it apart', good: '# Arguments\n#\nARG A=a\nFROM alpine\n' },
    {
      title: 'What is said to linters is no description',
      good: '# hadolint ignore=DL3007\nFROM alpine:latest AS base\n',
    },
    {
      title: 'BuildKit checks it where the head of the file asks for it',
      bad: '# check=experimental=InvalidDefinitionDescription\n# the version\nARG VERSION=3\nFROM alpine\n',
      good: '# check=experimental=InvalidDefinitionDescription\n# the version\n#\nARG VERSION=3\nFROM alpine\n',
      as: 'buildkit',
    },
    {
      title: 'Elsewhere BuildKit does not',
      good: '# the version\nARG VERSION=3\nFROM alpine\n',
      as: 'buildkit',
    },
  ],
  exceptions: {
    laterStage: 'An ARG above the first FROM stays there.',
    onbuild: 'A trigger has no description.',
  },
  check({ file, as }) {
    if (as === 'buildkit' && !isAskedFor(file)) return {};
    const check = function* (node: Arg | From, { onbuild }: { readonly onbuild: boolean }) {
      const names = onbuild ? [] : namesIn(node);
      // BuildKit shows any of them that begins so, and checks the last.
      const comments = as
        ? commentsOf(node).slice(-1)
        : commentsOf(node).filter((comment) => !isForTools(comment.text) && isAbove(comment, node, file));
      const [first] = names;
      if (!first || comments.length === 0 || comments.some(({ text }) => names.includes(firstWord(text)))) return;
      const word = names.length > 1 ? '<name>' : first;
      yield {
        at: node.keyword,
        message: `The comment above it does not begin with \`${word}\`, so it is no description`,
        help: `Write \`# ${word} …\`, or put a line with \`#\` alone between them.`,
        fix: { title: 'Set the comment apart', edits: [emptyBelow(comments, file)] },
      };
    };
    return { Arg: check, From: check };
  },
});

/** An empty comment below the last of them, above what is said to linters. */
const emptyBelow = (comments: readonly Comment[], file: Iechorfile): Edit => {
  const last = comments.at(-1) ?? { start: 0, end: 0 };
  const { end } = linesOf(file, last);
  return insertBefore({ start: end, end }, `${indentOf(file, last)}#${lineEndOf(file, last)}`);
};

const namesIn = (node: Arg | From): readonly string[] =>
  node.kind === 'Arg'
    ? node.declarations.map(({ name }) => name.text)
    : node.name
      ? [node.name.text.toLowerCase()]
      : [];

const firstWord = (text: string): string => text.trim().split(' ', 1).join('');

/** Those behind the last empty one. */
const commentsOf = ({ comments }: Arg | From): readonly Comment[] =>
  comments.slice(comments.findLastIndex(({ text }) => text.trim() === '') + 1);

/** Whether no empty line stands between. */
const isAbove = ({ end }: Comment, { start }: Arg | From, { text }: Iechorfile): boolean =>
  !/\n\s*\n/.test(text.slice(end, start));

const isForTools = (text: string): boolean =>
  /^\s*(?:hadolint|iechorlint|tally|check|syntax|escape|shellcheck|checkov|trivy|kics-scan|renovate)\b|^\W*$/i.test(
    text,
  );

const isAskedFor = ({ directives }: Iechorfile): boolean => {
  const value = directives.find(({ name }) => name === 'check')?.value.text ?? '';
  const asked = /(?:^|;)\s*experimental\s*=([^;\s]*)/.exec(value)?.[1] ?? '';
  return asked.split(',').some((name) => name === 'all' || name === 'InvalidDefinitionDescription');
};
