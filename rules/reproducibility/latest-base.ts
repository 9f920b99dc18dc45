import {
  asWritten,
  defineRule,
  type From,
  imageReferences,
  isOfficialImage,
  nameRangeOf,
  readReference,
  versionAsWritten,
} from '#lint';

export default defineRule({
  name: 'latest-base',
  codes: ['DL3007', 'DF024'],
  category: 'reproducibility',
  summary: 'An image is named with the tag `latest`',
  why: `\`latest\` moves: the next build may get another version, and no one can tell from the file which one was used.`,
  severity: 'warning',
  examples: [
    { bad: 'FROM alpine:latest\nRUN apk add curl\n' },
    { title: 'Behind an ARG', bad: 'ARG VERSION=latest\nFROM alpine:$VERSION\n' },
    { title: 'In `COPY --from`', bad: 'FROM alpine:3.24\nCOPY --from=team/tools:latest /tool /bin/\n' },
    { title: 'hadolint reads FROM as it is written', bad: 'ARG TEAM\nFROM $TEAM/tools:latest\n', as: 'hadolint' },
    { title: 'A version', good: 'FROM alpine:3.24\n' },
    {
      title: 'A digest beside it',
      good: 'FROM alpine:latest@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1\n',
    },
    { title: 'A variant that only begins so', good: 'FROM team/tools:latest-2.1\n' },
  ],
  reproduces: 'hadolint',
  when: { instructions: ['From', 'Copy', 'Run'] },
  check({ file, as }) {
    if (as === 'hadolint') return { From: withLatest };
    const seen = new Set<string>();
    return {
      *Stage(_node, { stage }) {
        if (!stage) return;
        for (const reference of imageReferences(stage)) {
          const { kind, text, at } = reference;
          if (!text.includes(':latest') || seen.has(`${kind} ${text}`)) continue;
          const image = readReference(text);
          if (image?.tag !== 'latest' || image.digest) continue;
          if (kind !== 'from') seen.add(`${kind} ${text}`);
          const range = nameRangeOf(file, reference);
          yield {
            at: range ?? at,
            // Who builds is meant to choose, and may give a version.
            ...(kind === 'from' && !range ? { severity: 'info' } : {}),
            message: `\`${text}\` may be another image tomorrow`,
            help:
              text.includes('/') || isOfficialImage(image.name)
                ? `Write the version instead of \`latest\`; \`skopeo list-tags docker://${image.registry}/${image.repository}\` lists the tags.`
                : 'Write the version instead of `latest`.',
          };
        }
      },
    };
  },
});

const withLatest = function* ({ image }: From) {
  const { tag, digest } = versionAsWritten(asWritten(image));
  if (tag === 'latest' && !digest) yield { at: image, message: `\`${image.raw}\` may be another image tomorrow` };
};
