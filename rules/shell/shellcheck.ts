import { defineRule } from '#lint';

export default defineRule({
  name: 'shellcheck',
  codes: [],
  codesLike: /^SC\d{4}$/,
  category: 'shell',
  summary: 'ShellCheck has something to say of a script',
  why: `ShellCheck knows hundreds of mistakes in shell scripts. With \`--shellcheck=on\` every command and heredoc is handed to it, as the
    shell that reads it in the image; what it says takes the place of what other rules say of the same.`,
  severity: 'warning',
  needs: ['shellcheck'],
  fix: { safety: 'unsafe', note: 'ShellCheck does not promise that the script does the same.' },
  examples: [
    {
      title: 'A variable without quotes',
      bad: 'FROM alpine\nARG DIR\nRUN cd $DIR\n',
      good: 'FROM alpine\nARG DIR\nRUN cd "$DIR"\n',
      shellcheck: [
        {
          code: 'SC2086',
          level: 'info',
          message: 'Double quote to prevent splitting.',
          at: 'cd $DIR',
          instead: 'cd "$DIR"',
        },
      ],
    },
    {
      title: 'Something else',
      bad: 'FROM alpine\nRUN ls | grep a\n',
      shellcheck: [{ code: 'SC2010', level: 'warning', message: "Don't use ls | grep.", at: 'ls | grep' }],
    },
    { title: 'Not asked', good: 'FROM alpine\nRUN ls | grep a\n' },
  ],
  check({ facts, document }) {
    const report = facts.shellcheck;
    return {
      *done() {
        if (report?.text !== document.text) return;
        for (const { start, end, code, level, message, edits } of report.comments) {
          yield {
            at: { start, end },
            message: `${code}: ${message.replace(/\.$/, '')}`,
            help: `See https://www.shellcheck.net/wiki/${code}.`,
            severity: level,
            codes: [code],
            fix: edits ? { title: 'Do what ShellCheck proposes', edits } : undefined,
          };
        }
      },
    };
  },
});
