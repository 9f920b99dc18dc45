import { defineRule } from '#lint';

export default defineRule({
  name: 'syntax',
  codes: ['DL1000', 'DL3043'],
  category: 'syntax',
  summary: 'BuildKit refuses the line',
  why: `A build stops here. The other lines are linted all the same, so one bad line hides nothing.`,
  severity: 'error',
  always: true,
  fix: { safety: 'unsafe', note: 'Takes the nearest known name.' },
  examples: [
    { title: 'An unknown instruction', bad: 'FROM alpine\nRUNN true\n', good: 'FROM alpine\nRUN true\n' },
    { title: 'An unknown flag', bad: 'FROM alpine\nCOPY --form=0 a b\n', good: 'FROM alpine\nCOPY --from=0 a b\n' },
    { title: 'Too few arguments', bad: 'FROM alpine\nCOPY app\n' },
    { title: 'A heredoc that never ends', bad: 'FROM alpine\nRUN <<EOF\necho hello\n' },
  ],
  exceptions: {
    onbuild: 'BuildKit checks a trigger only when a child image runs it.',
  },
  check({ file }) {
    return {
      *done() {
        for (const problem of file.problems) {
          const { help, message, phase, suggestion } = problem;
          yield {
            at: problem,
            message,
            // Elsewhere a trigger that may not be one has an id of its own.
            ...(/\bONBUILD\b/.test(message) && phase === 'semantic' ? { codes: ['DL3043'] } : {}),
            ...(help ? { help } : {}),
            ...(suggestion
              ? {
                  fix: {
                    title: `Write \`${suggestion.text}\``,
                    edits: [{ range: suggestion.range, text: suggestion.text }],
                  },
                }
              : {}),
          };
        }
      },
    };
  },
});
