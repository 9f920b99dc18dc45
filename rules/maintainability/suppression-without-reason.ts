import { defineRule, type Ignore } from '#lint';

export default defineRule({
  name: 'suppression-without-reason',
  codes: [],
  category: 'maintainability',
  summary: 'An ignore comment gives no reason',
  why: 'Who comes across it later cannot tell whether it is still right, and what would have to change for it to go.',
  severity: 'warning',
  off: true,
  tags: ['ignores'],
  examples: [
    {
      bad: 'FROM alpine\n# iechorlint ignore=relative-workdir\nWORKDIR srv\n',
    },
    { good: 'FROM alpine\n# iechorlint ignore=relative-workdir -- the base image ends in /opt\nWORKDIR srv\n' },
    { title: 'As other tools have it', bad: 'FROM alpine\n# hadolint ignore=DL3000\nWORKDIR srv\n' },
    { good: 'FROM alpine\n# hadolint ignore=DL3000 # the base image ends in /opt\nWORKDIR srv\n' },
    { good: 'FROM alpine\n# tally ignore=DL3000;reason=the base image ends in /opt\nWORKDIR srv\n' },
    { good: 'FROM alpine\n# check=skip=WorkdirRelativePath the base image ends in /opt\nWORKDIR srv\n' },
    {
      title: 'Said where it starts',
      good: 'FROM alpine\n# iechorlint ignore-start=relative-workdir -- the base image ends in /opt\nWORKDIR srv\n# iechorlint ignore-end\n',
    },
  ],
  check() {
    return {
      *ignores(outcomes) {
        for (const { ignore } of outcomes) {
          if (ignore.reason || ignore.flaw || ignore.scope === 'end') continue;
          yield {
            at: ignore,
            message: 'The ignore comment gives no reason',
            help: `Write it behind ${MARKS[ignore.tool]}.`,
          };
        }
      },
    };
  },
});

/** What stands before a reason. */
const MARKS: Readonly<Record<Ignore['tool'], string>> = {
  iechorlint: 'the names and ` -- `',
  hadolint: 'the codes and ` # `',
  tally: 'the names and `;reason=`',
  buildkit: 'the value and a blank',
};
