import { defineRule, type Edit, type Iechorfile, type Instruction, indentOf, linesOf, remove } from '#lint';

export default defineRule({
  name: 'indented-instruction',
  codes: [],
  category: 'style',
  summary: 'An instruction is indented though most are not',
  why: 'It looks as if it continued the instruction above, or belonged to it. Most files have all keywords at the margin.',
  severity: 'style',
  off: true,
  tags: ['format'],
  fix: { safety: 'safe' },
  examples: [
    {
      bad: 'FROM alpine\nRUN apk add curl\n  # The port\n  EXPOSE 80\nCMD ["curl"]\n',
      good: 'FROM alpine\nRUN apk add curl\n# The port\nEXPOSE 80\nCMD ["curl"]\n',
    },
    { title: 'Every stage is indented', good: 'FROM alpine\n  RUN apk add curl\n  EXPOSE 80\n  CMD ["curl"]\n' },
  ],
  check({ file }) {
    return {
      *done() {
        const indented = file.instructions.filter((node) => indentOf(file, node) !== '');
        if (indented.length * 2 >= file.instructions.length) return;
        for (const node of indented) {
          const { keyword } = node;
          yield {
            at: keyword,
            message: `\`${keyword.text}\` is indented, though most instructions here are not`,
            help: 'Write it at the margin.',
            fix: { title: 'Put it at the margin', edits: [...commentEdits(file, node), toMargin(file, node.start)] },
          };
        }
      },
    };
  },
});

const toMargin = (file: Iechorfile, at: number): Edit => {
  const { start } = linesOf(file, { start: at, end: at });
  return remove({ start, end: at });
};

/** The comments directly above go with it, but for what would become a directive. */
const commentEdits = (file: Iechorfile, node: Instruction): readonly Edit[] => {
  const edits: Edit[] = [];
  let { start } = linesOf(file, { start: node.start, end: node.start });
  for (const comment of node.comments.toReversed()) {
    const lines = linesOf(file, comment);
    if (lines.end !== start || comment.text.includes('=')) break;
    if (comment.start > lines.start) edits.unshift(toMargin(file, comment.start));
    start = lines.start;
  }
  return edits;
};
