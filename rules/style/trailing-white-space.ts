import { defineRule, type Iechorfile, type Instruction, type Range, remove } from '#lint';

export default defineRule({
  name: 'trailing-white-space',
  codes: ['tally/no-trailing-spaces'],
  category: 'style',
  summary: 'A line ends in white space',
  why: `Nobody sees it, yet it shows up in every comparison of versions. After the escape character at the end of a line it looks as if it
    ended the instruction, to people and to some programs.`,
  severity: 'style',
  off: true,
  tags: ['format'],
  fix: { safety: 'safe' },
  examples: [
    { bad: 'FROM alpine  \nRUN true\n', good: 'FROM alpine\nRUN true\n' },
    {
      title: 'Behind an escape, and in a comment',
      bad: 'FROM alpine\n# The tools\t\nRUN apk add \\ \n    curl\n  \n',
      good: 'FROM alpine\n# The tools\nRUN apk add \\\n    curl\n\n',
    },
    { title: 'A heredoc is taken as it is', good: 'FROM alpine\nCOPY <<EOF /a\nyes  \nEOF\n' },
  ],
  check({ file }) {
    return {
      *done() {
        const bodies = file.instructions.flatMap(bodiesOf);
        for (const range of trailingIn(file)) {
          if (bodies.some(({ start, end }) => start <= range.start && range.end <= end)) continue;
          yield {
            at: range,
            message: 'The line ends in white space',
            help: 'Delete it.',
            fix: { title: 'Delete the white space', edits: [remove(range)] },
          };
        }
      },
    };
  },
});

const bodiesOf = (node: Instruction): readonly Range[] =>
  [...node.heredocs, ...(node.kind === 'Onbuild' ? node.trigger.heredocs : [])].map(({ body }) => body);

const trailingIn = ({ text }: Iechorfile): readonly Range[] => {
  const ranges: Range[] = [];
  for (const { index, 0: blanks } of text.matchAll(/[\t ]+(?=\r*(?:\n|$))/g))
    ranges.push({ start: index, end: index + blanks.length });
  return ranges;
};
