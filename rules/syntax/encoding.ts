import { defineRule } from '#lint';

export default defineRule({
  name: 'encoding',
  codes: [],
  category: 'syntax',
  summary: 'The file is not UTF-8 text',
  why: `BuildKit takes the bytes as they are: names and values that look right in an editor come out garbled in the image, and a
    UTF-16 file is one unknown instruction.`,
  severity: 'error',
  always: true,
  bytes: true,
  examples: [],
  check({ document }) {
    return {
      *done() {
        const { defect } = document;
        if (defect?.kind !== 'encoding') return;
        yield { at: { start: defect.offset, end: defect.offset }, message: defect.message, help: defect.help };
      },
    };
  },
});
