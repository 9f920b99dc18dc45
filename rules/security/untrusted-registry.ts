import { defineRule, imageReferences, isOfficialImage, nameRangeOf, readReference } from '#lint';

export default defineRule({
  name: 'untrusted-registry',
  codes: ['DL3026', 'DF065', 'CIS-DI-0002'],
  category: 'security',
  summary: 'An image comes from a registry that the team does not trust',
  why: `Whatever the image holds is run while building and, most often, in production. The team has settled where such images may come from.`,
  severity: 'error',
  off: true,
  policy: 'registries',
  examples: [
    { bad: 'FROM quay.io/team/app:1.0\n', policy: { trustedRegistries: ['registry.example.com'] } },
    { title: 'From Docker Hub', bad: 'FROM alpine:3.24\n', policy: { trustedRegistries: ['registry.example.com'] } },
    {
      title: 'In COPY and in a mount',
      bad: 'FROM scratch\nCOPY --from=quay.io/team/tool:1 /a /a\nRUN --mount=from=quay.io/team/tool:1,target=/t /t/run\n',
      policy: { trustedRegistries: ['docker.io', '*.example.com'] },
    },
    {
      title: 'In a trigger',
      bad: 'FROM scratch\nONBUILD COPY --from=quay.io/team/tool:1 /a /a\n',
      policy: { trustedRegistries: ['docker.io', '*.example.com'] },
    },
    {
      title: 'One that is trusted',
      good: 'FROM docker.example.com/team/app:1.0\nCOPY --from=alpine:3.24 /a /a\n',
      policy: { trustedRegistries: ['docker.io', '*.example.com'] },
    },
    {
      title: 'Stages, the empty base, and what the caller names',
      good: 'ARG BASE\nFROM scratch AS base\nFROM base\nFROM $BASE\nCOPY --from=docs / /\n',
      policy: { trustedRegistries: ['registry.example.com'] },
    },
    { title: 'Nothing is settled', good: 'FROM quay.io/team/app:1.0\n' },
  ],
  when: { instructions: ['From', 'Copy', 'Run'] },
  check({ file, policy: { trustedRegistries }, as }) {
    if (!trustedRegistries) return {};
    const isTrusted = trustOf(trustedRegistries);
    return {
      *Stage(_node, { stage }) {
        if (!stage) return;
        for (const reference of imageReferences(stage)) {
          const { kind, text, at } = reference;
          // Under a bare name the caller may give a build context.
          if (!as && kind !== 'from' && !/[/:]/.test(text) && !isOfficialImage(text)) continue;
          const registry = readReference(text)?.registry;
          if (registry === undefined || isTrusted(registry)) continue;
          yield {
            at: nameRangeOf(file, reference) ?? at,
            message: `\`${text}\` comes from \`${registry}\`, which is not among the trusted registries`,
            help: `Take it from ${trustedRegistries.map((each) => `\`${each}\``).join(', ')}, or add the registry to those.`,
          };
        }
      },
    };
  },
});

/** Docker Hub has two names; a `*` stands for any characters. */
const trustOf = (trusted: readonly string[]): ((registry: string) => boolean) => {
  const patterns = trusted.map((each) => new RegExp(`^${each.split('*').map(escaped).join('.*')}$`, 'i'));
  return (registry) => {
    const names = registry === 'docker.io' ? ['docker.io', 'hub.docker.com'] : [registry];
    return names.some((name) => patterns.some((pattern) => pattern.test(name)));
  };
};

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
