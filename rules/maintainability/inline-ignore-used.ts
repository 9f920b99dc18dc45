import { defineRule } from '#lint';

export default defineRule({
  name: 'inline-ignore-used',
  codes: ['DL1001'],
  category: 'maintainability',
  summary: 'A comment in the file says what to ignore',
  why: `Where a team settles its exceptions in one configuration, a comment that makes one more is easily overlooked.`,
  severity: 'info',
  off: true,
  policy: true,
  tags: ['ignores'],
  exceptions: { laterStage: 'A `check` directive stands at the top of the file.' },
  examples: [
    { bad: 'FROM alpine:3.24\n# iechorlint ignore=sudo-used\nRUN sudo make\n' },
    {
      title: 'As other tools have it',
      bad: '# check=skip=JSONArgsRecommended\nFROM alpine:3.24\n# hadolint ignore=DL3004\nRUN sudo make\n',
    },
    {
      title: 'Its own alone, where hadolint is reproduced',
      bad: '# hadolint ignore=DL3004\nFROM alpine:3.24\n',
      as: 'hadolint',
    },
    { title: 'What decides how the file is read', good: '# hadolint shell=powershell\nFROM alpine:3.24\nRUN make\n' },
    { title: 'Another comment', good: 'FROM alpine:3.24\n# ignore what this prints\nRUN make\n' },
  ],
  check({ as }) {
    return {
      *ignores(outcomes) {
        for (const { ignore } of outcomes) {
          if (ignore.flaw || (as && ignore.tool !== as)) continue;
          yield {
            at: ignore,
            message: 'A comment says what to ignore, which the configuration is for',
            help: 'Delete it, or put it into the configuration.',
          };
        }
      },
    };
  },
});
