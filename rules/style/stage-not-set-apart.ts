import { defineRule, type From, type Iechorfile, insertBefore, lineEndOf, linesOf } from '#lint';

export default defineRule({
  name: 'stage-not-set-apart',
  codes: ['tally/newline-between-instructions'],
  category: 'style',
  summary: 'No empty line stands above a stage',
  why: 'A stage is a chapter of the file. An empty line above its FROM, and above the comments on it, shows where it begins.',
  severity: 'style',
  off: true,
  tags: ['format'],
  when: { instructions: ['From'] },
  fix: { safety: 'safe' },
  examples: [
    {
      bad: 'FROM golang AS build\nRUN go build\nFROM scratch\nCOPY --from=build /app /app\n',
      good: 'FROM golang AS build\nRUN go build\n\nFROM scratch\nCOPY --from=build /app /app\n',
    },
    {
      title: 'With a comment on it',
      bad: 'FROM golang AS build\nRUN go build\n# What is shipped\nFROM scratch\nCOPY --from=build /app /app\n',
      good: 'FROM golang AS build\nRUN go build\n\n# What is shipped\nFROM scratch\nCOPY --from=build /app /app\n',
    },
    { title: 'The first one', good: 'ARG TAG=3\nFROM alpine:$TAG\n' },
    { title: 'Stages of one line each', good: 'FROM alpine AS base\nFROM base AS test\nFROM base\n' },
  ],
  check({ file }) {
    return {
      *From(node) {
        const above = file.instructions[file.instructions.indexOf(node) - 1];
        // A stage without instructions is a name for another.
        if (!above || above.kind === 'From' || !file.stages.some(({ from, end }) => from && end === above.end)) return;
        const top = topOf(file, node);
        if (/\n[\t\r ]*\n$/.test(file.text.slice(above.end, top))) return;
        const start = { start: top, end: top };
        yield {
          at: node.keyword,
          message: 'No empty line stands above the stage',
          help: 'Put one above the FROM and above the comments on it.',
          fix: { title: 'Set the stage apart', edits: [insertBefore(start, lineEndOf(file, start))] },
        };
      },
    };
  },
});

/** Where the comments directly above begin. */
const topOf = (file: Iechorfile, node: From): number => {
  let { start } = linesOf(file, { start: node.start, end: node.start });
  for (const comment of node.comments.toReversed()) {
    const lines = linesOf(file, comment);
    if (lines.end !== start) break;
    start = lines.start;
  }
  return start;
};
