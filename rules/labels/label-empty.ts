import { asWritten, defineRule } from '#lint';

export default defineRule({
  name: 'label-empty',
  codes: ['DL3051'],
  category: 'labels',
  summary: 'A label that the team requires is empty',
  why: `An empty value says no more than a missing label, and hides that of the base image.`,
  severity: 'warning',
  policy: 'labels',
  off: true,
  examples: [
    { bad: 'FROM alpine:3.24\nLABEL team=""\n', policy: { labels: new Map([['team', 'text'] as const]) } },
    {
      title: 'With a value',
      good: 'FROM alpine:3.24\nLABEL team=web\n',
      policy: { labels: new Map([['team', 'text'] as const]) },
    },
    {
      title: 'Another label',
      good: 'FROM alpine:3.24\nLABEL team=web maintainer=""\n',
      policy: { labels: new Map([['team', 'text'] as const]) },
    },
  ],
  when: { instructions: ['Label'] },
  check({ policy: { labels } }) {
    if (!labels?.size) return {};
    return {
      *Label(node) {
        for (const { key, value } of node.pairs) {
          if (!labels.has(key.text ?? '') || asWritten(value).trim() !== '') continue;
          yield {
            at: key,
            message: `The label \`${key.text}\` is empty`,
            help: 'Give it a value.',
          };
        }
      },
    };
  },
});
