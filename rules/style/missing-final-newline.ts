import { defineRule, insertAfter, lineEndOf } from '#lint';

export default defineRule({
  name: 'missing-final-newline',
  codes: ['tally/eol-last'],
  category: 'style',
  summary: 'The last line has no line end',
  why: 'What is appended to the file becomes part of its last instruction, and a comparison shows that line as changed.',
  severity: 'style',
  off: true,
  tags: ['format'],
  fix: { safety: 'safe' },
  examples: [
    { bad: 'FROM alpine\nRUN true', good: 'FROM alpine\nRUN true\n' },
    { title: 'After a heredoc', bad: 'FROM alpine\nRUN <<EOF\ntrue\nEOF', good: 'FROM alpine\nRUN <<EOF\ntrue\nEOF\n' },
  ],
  check({ file }) {
    return {
      *done() {
        const { text } = file;
        if (text === '' || text.endsWith('\n')) return;
        const end = { start: text.length, end: text.length };
        yield {
          at: end,
          message: 'The file does not end with a line end',
          help: 'End the last line.',
          fix: { title: 'End the last line', edits: [insertAfter(end, lineEndOf(file, end))] },
        };
      },
    };
  },
});
