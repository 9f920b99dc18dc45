import {
  asWritten,
  defineRule,
  imageReferences,
  isOfficialImage,
  nameRangeOf,
  readReference,
  type Visitor,
  versionAsWritten,
} from '#lint';

export default defineRule({
  name: 'untagged-base',
  codes: ['DL3006', 'DS-0001', 'CKV_DOCKER_7', 'S6596', 'DF001'],
  category: 'reproducibility',
  summary: 'An image is named without tag or digest',
  why: `Without a tag the image is whatever \`latest\` is on the day of the build: the next build may get another version, and
    no one can tell from the file which one was used.`,
  severity: 'warning',
  examples: [
    { bad: 'FROM alpine\nRUN apk add curl\n' },
    { title: 'Behind an ARG', bad: 'ARG BASE=registry.example/base\nFROM $BASE\n' },
    { title: 'In `COPY --from`', bad: 'FROM alpine:3.24\nCOPY --from=busybox /bin/busybox /bin/\n' },
    { title: 'In a mount', bad: 'FROM alpine:3.24\nRUN --mount=from=team/tools,target=/tools /tools/run\n' },
    { title: 'An image that only this machine has, or a build context', bad: 'FROM our-base\nRUN make\n' },
    { title: 'A version', good: 'ARG VERSION=3.24\nFROM alpine:$VERSION\n' },
    {
      title: 'A digest',
      good: 'FROM alpine@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1\n',
    },
    { title: 'A stage, and the empty base', good: 'FROM scratch AS base\nFROM base\nCOPY --from=base /app /app\n' },
    {
      title: 'hadolint takes an argument for a part of the name',
      bad: 'ARG SYSTEM\nFROM base-$SYSTEM\n',
      as: 'hadolint',
    },
    { title: 'The caller decides', good: 'ARG BASE\nFROM $BASE\n' },
    { title: 'A context that the caller names', good: 'FROM alpine:3.24\nCOPY --from=docs /index.html /srv/\n' },
  ],
  exceptions: { onbuild: 'A trigger takes from the stages of the file that builds on the image.' },
  reproduces: 'hadolint',
  when: { instructions: ['From', 'Copy', 'Run'] },
  check({ file, as }) {
    if (as === 'hadolint') return withoutVersion();
    const seen = new Set<string>();
    return {
      *Stage(_node, { stage }) {
        if (!stage) return;
        for (const reference of imageReferences(stage)) {
          const { kind, text, at } = reference;
          const image = readReference(text);
          if (!image || image.tag || image.digest) continue;
          if (kind !== 'from' && (seen.has(text) || !(text.includes('/') || isOfficialImage(text)))) continue;
          if (kind !== 'from') seen.add(text);
          const range = nameRangeOf(file, reference);
          // Docker Hub serves no others under a bare name.
          const isLocal = !text.includes('/') && !isOfficialImage(text);
          yield {
            at: range ?? at,
            // Who builds is meant to choose, and may give a tag.
            ...(isLocal || (kind === 'from' && !range) ? { severity: 'info' } : {}),
            message: `\`${text}\` has no tag, so each build may get another version`,
            help: isLocal
              ? `Add a version, \`${text}:…\`, unless the caller names a build context so.`
              : `Add a version, \`${text}:…\`; \`skopeo list-tags docker://${image.registry}/${image.repository}\` lists the tags.`,
          };
        }
      },
    };
  },
});

/** hadolint reads names as they are written, and leaves alone what begins with a variable. */
const withoutVersion = (): Visitor => {
  const stages = new Set(['scratch']);
  return {
    *From({ image, name }) {
      const text = asWritten(image);
      const { tag, digest } = versionAsWritten(text);
      if (tag === undefined && !digest && !text.startsWith('$') && !stages.has(text))
        yield { at: image, message: `\`${image.raw}\` has no tag` };
      if (name) stages.add(name.text);
    },
  };
};
