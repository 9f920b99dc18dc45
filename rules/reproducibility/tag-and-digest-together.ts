import { defineRule, type Iechorfile, imageReferences, nameRangeOf, type Range, readReference, remove } from '#lint';

export default defineRule({
  name: 'tag-and-digest-together',
  codes: ['S8431'],
  category: 'reproducibility',
  summary: 'An image is named with a tag and a digest',
  why: `The digest decides, and no one checks whether it still belongs to the tag. The tag is for people and update bots, so many teams want both.`,
  severity: 'info',
  off: true,
  fix: { safety: 'manual', note: 'Who reads the file no longer sees the tag.' },
  examples: [
    {
      bad: 'FROM alpine:3.24@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1\n',
      good: 'FROM alpine@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1\n',
    },
    { title: 'A tag alone', good: 'FROM alpine:3.24\n' },
  ],
  when: { instructions: ['From', 'Copy', 'Run'] },
  check({ file }) {
    return {
      *Stage(_node, { stage }) {
        if (!stage) return;
        for (const reference of imageReferences(stage)) {
          const { text, at } = reference;
          const image = text.includes('@') ? readReference(text) : undefined;
          if (!image?.digest || !image.tag) continue;
          const range = nameRangeOf(file, reference);
          yield {
            at: range ?? at,
            message: `The tag \`${image.tag}\` is not used: the digest decides`,
            help: 'Delete the tag, or keep it for people and update bots to read.',
            fix: range && { title: 'Delete the tag', edits: [remove(tagIn(range, `:${image.tag}`, file))] },
          };
        }
      },
    };
  },
});

const tagIn = ({ start, end }: Range, tag: string, { text }: Iechorfile): Range => {
  const at = start + text.slice(start, end).lastIndexOf(`${tag}@`);
  return { start: at, end: at + tag.length };
};
