import { defineRule, nearest, removePair, replace } from '#lint';

export default defineRule({
  name: 'label-superfluous',
  codes: ['DL3050'],
  category: 'labels',
  summary: 'A label is not among those that the team allows',
  why: `A key that no one has agreed on is one that no tool reads, and often a misspelt one.`,
  severity: 'info',
  policy: 'labels',
  fix: { safety: 'unsafe', note: 'The image then lacks the label, or has it under another key.' },
  off: true,
  examples: [
    {
      title: 'A slip of the pen',
      bad: 'FROM alpine:3.24\nLABEL tema=web\n',
      good: 'FROM alpine:3.24\nLABEL team=web\n',
      policy: { labels: new Map([['team', 'text'] as const]), strictLabels: true },
    },
    {
      title: 'One of its own',
      bad: 'FROM alpine:3.24\nLABEL team=web build.number=7\n',
      good: 'FROM alpine:3.24\nLABEL team=web\n',
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
  check({ file, policy: { labels, strictLabels } }) {
    if (!strictLabels) return {};
    const keys = [...(labels?.keys() ?? [])];
    return {
      *Label(node) {
        for (const pair of node.pairs) {
          const { key } = pair;
          if (key.text === undefined || labels?.has(key.text)) continue;
          const near = nearest(key.text, keys);
          const edit = near ? replace(key, near) : removePair(file, node, pair);
          yield {
            at: key,
            message: `The label \`${key.text}\` is not in the label schema`,
            fix: edit && { title: near ? `Write \`${near}\`` : 'Delete it', edits: [edit] },
            help: near ? `Write \`${near}\`, if that is meant.` : 'Delete it, or add it to the label schema.',
          };
        }
      },
    };
  },
});
