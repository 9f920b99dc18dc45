import { defineRule, imageReferences, nameRangeOf, readReference } from '#lint';

export default defineRule({
  name: 'base-image-not-digest-pinned',
  codes: ['S7023', 'dockerfile-source-not-pinned'],
  category: 'reproducibility',
  summary: 'An image is not pinned by its digest',
  why: `A tag can be moved to another image, by mistake or by an attacker. A digest names one image and no other, and update bots keep it
    current.`,
  severity: 'info',
  off: true,
  examples: [
    { bad: 'FROM alpine:3.24\n' },
    { title: 'In `COPY --from`', bad: 'FROM scratch\nCOPY --from=busybox:1.37 /bin/busybox /bin/\n' },
    { good: 'FROM alpine:3.24@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1\n' },
    { title: 'A stage, and the empty base', good: 'FROM scratch AS base\nFROM base\nCOPY --from=base /a /a\n' },
    { title: 'The caller decides', good: 'ARG BASE\nFROM $BASE\n' },
    { title: 'A context that the caller names', good: 'FROM scratch\nCOPY --from=docs /index.html /srv/\n' },
  ],
  when: { instructions: ['From', 'Copy', 'Run'] },
  check({ file }) {
    return {
      *Stage(_node, { stage }) {
        if (!stage) return;
        for (const reference of imageReferences(stage)) {
          const { kind, text, at } = reference;
          const image = readReference(text);
          if (!image || image.digest || (kind !== 'from' && !/[/:]/.test(text))) continue;
          yield {
            at: nameRangeOf(file, reference) ?? at,
            message: `\`${text}\` is not pinned by a digest`,
            help: `Write \`${text}@sha256:…\`; \`docker buildx imagetools inspect ${text}\` prints the digest.`,
          };
        }
      },
    };
  },
});
