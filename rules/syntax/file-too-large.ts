import { defineRule } from '#lint';

export default defineRule({
  name: 'file-too-large',
  codes: [],
  category: 'syntax',
  summary: 'The file is larger than the limit',
  why: 'No iEchorfile that people write is that large. It is most likely another kind of file, and reading it would hold up the rest.',
  severity: 'error',
  always: true,
  bytes: true,
  examples: [],
  check({ document }) {
    return {
      *done() {
        const { defect } = document;
        if (defect?.kind !== 'too-large') return;
        yield { at: { start: 0, end: 0 }, message: defect.message, help: defect.help };
      },
    };
  },
});
