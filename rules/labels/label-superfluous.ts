import { defineRule, nearest } from '#lint';

export default defineRule({
  name: 'label-superfluous',
  codes: ['DL3050'],
  category: 'labels',
  summary: 'A label is not among those that the team allows',
  why: `A key that no one has agreed on is one that no tool reads, and often a misspelt one.`,
  severity: 'info',
  policy: 'labels',
  off: true,
  examples: [
    {
      bad: 'FROM alpine:3.24\nLABEL team=web tema=web\n',
      policy: { labels: new Map([['team', 'text'] as const]), strictLabels: true },
    },
    {
      title: 'One of them',
      good: 'FROM alpine:3.24\nLABEL team=web\n',
      policy: { labels: new Map([['team', 'text'] as const]), strictLabels: true },
    },
    {
      title: 'Others are allowed',
      good: 'FROM alpine:3.24\nLABEL more=yes\n',
      policy: { labels: new Map([['team', 'text'] as const]) },
    },
  ],
  when: { instructions: ['Label'] },
  check({ policy: { labels, strictLabels } }) {
    if (!strictLabels) return {};
    const keys = [...(labels?.keys() ?? [])];
    return {
      *Label(node) {
        for (const { key } of node.pairs) {
          if (key.text === undefined || labels?.has(key.text)) continue;
          const near = nearest(key.text, keys);
          yield {
            at: key,
            message: `The label \`${key.text}\` is not in the label schema`,
            help: near ? `Write \`${near}\`, if that is meant.` : 'Delete it, or add it to the label schema.',
          };
        }
      },
    };
  },
});
