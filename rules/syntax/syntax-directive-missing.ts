import { defineRule, insertBefore, lineEndOf } from '#lint';

export default defineRule({
  name: 'syntax-directive-missing',
  codes: [],
  category: 'syntax',
  summary: 'No `# syntax=` says which version of the format the file is written in',
  why: `Without it the frontend that is built into the builder reads the file, and an older builder may not know what the file uses. With
    \`docker/dockerfile:1\` every BuildKit fetches the newest stable frontend.`,
  severity: 'info',
  off: true,
  fix: { safety: 'unsafe', note: 'The build then has to fetch that image.' },
  examples: [
    { bad: 'FROM alpine\n', good: '# syntax=docker/dockerfile:1\nFROM alpine\n' },
    { bad: '# My image\nFROM alpine\n', good: '# syntax=docker/dockerfile:1\n# My image\nFROM alpine\n' },
    {
      title: 'Its place among others does not matter',
      good: '# escape=`\n# syntax=docker/dockerfile:1\nFROM alpine\n',
    },
    { title: 'A fragment', good: 'RUN true\n' },
  ],
  exceptions: {
    laterStage: 'It looks at the top of the file.',
  },
  check({ file }) {
    return {
      *done() {
        if (file.directives.some(({ name }) => name === 'syntax') || file.text.startsWith('#!')) return;
        const first = file.stages.find(({ from }) => from)?.from;
        if (!first) return;
        const top = { start: 0, end: 0 };
        const line = `# syntax=docker/dockerfile:1${lineEndOf(file, top)}`;
        yield {
          at: first.keyword,
          message: 'No `# syntax=` says which version of the format this file is written in',
          help: 'Begin the file with `# syntax=docker/dockerfile:1`.',
          fix: { title: 'Name the frontend', edits: [insertBefore(top, line)] },
        };
      },
    };
  },
});
