import { defineRule, type Edit, type Iechorfile, type Label, type Pair, remove, removeInstruction } from '#lint';

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
            const edit = removal(label, pair, file);
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

/** Takes the pair out with what stands between it and its neighbour; undefined where that holds a comment. */
const removal = (label: Label, pair: Pair, file: Iechorfile): Edit | undefined => {
  const { pairs } = label;
  if (pairs.length === 1) {
    const hasComment = file.comments.some(({ start }) => start > label.start && start < label.end);
    return hasComment ? undefined : removeInstruction(file, label);
  }
  const at = pairs.indexOf(pair);
  const [before, after] = [pairs[at - 1], pairs[at + 1]];
  const range = after ? { start: pair.start, end: after.start } : { start: before?.end ?? pair.start, end: pair.end };
  const hasComment = file.comments.some(({ start }) => start > range.start && start < range.end);
  return hasComment ? undefined : remove(range);
};
