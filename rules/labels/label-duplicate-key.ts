import { defineRule, type Pair, removePair } from '#lint';

export default defineRule({
  name: 'label-duplicate-key',
  codes: ['tally/labels/no-duplicate-keys'],
  category: 'labels',
  summary: 'A label is set twice in a stage',
  why: `Only the last value is in the image, so the other one misleads who reads the file.`,
  severity: 'warning',
  fix: { safety: 'safe' },
  examples: [
    {
      bad: 'FROM alpine:3.24\nLABEL version=1.0\nLABEL version=2.0\n',
      good: 'FROM alpine:3.24\nLABEL version=2.0\n',
    },
    {
      title: 'In one LABEL',
      bad: 'FROM alpine:3.24\nLABEL team=web \\\n      contact=ada \\\n      team=shop\n',
      good: 'FROM alpine:3.24\nLABEL contact=ada \\\n      team=shop\n',
    },
    {
      title: 'Behind a comment',
      bad: 'FROM alpine:3.24\nLABEL a=1 \\\n  # Who made it\n  team=web\nLABEL team=shop\n',
    },
    { title: 'What the stage below has set', good: 'FROM alpine AS base\nLABEL a=1\nFROM base\nLABEL a=2\n' },
    { title: 'The same value in two stages', good: 'FROM alpine AS base\nLABEL a=1\nFROM alpine\nLABEL a=1\n' },
    { title: 'Letter case counts', good: 'FROM alpine:3.24\nLABEL Team=web team=web\n' },
  ],
  exceptions: { onbuild: 'The one that replaces it has to be a trigger too.' },
  when: { instructions: ['Label'] },
  check({ file }) {
    return {
      *Stage({ instructions }) {
        const last = new Map<string, Pair>();
        const labels = instructions.filter((node) => node.kind === 'Label');
        for (const { pairs } of labels) for (const pair of pairs) if (pair.key.text) last.set(pair.key.text, pair);
        for (const label of labels) {
          for (const pair of label.pairs) {
            const winner = last.get(pair.key.text ?? '');
            if (!winner || winner === pair) continue;
            const edit = removePair(file, label, pair);
            const isSame = winner.value.raw === pair.value.raw;
            yield {
              at: pair.key,
              message: `The label \`${pair.key.text}\` is set again below${isSame ? '' : ' to another value'}`,
              help: isSame ? 'Delete this one.' : 'Delete the one that is not wanted; this one has no effect.',
              related: [{ range: winner, message: 'This value takes effect' }],
              ...(isSame ? { severity: 'style' } : {}),
              fix: edit && { title: 'Delete this one', edits: [edit] },
            };
          }
        }
      },
    };
  },
});
