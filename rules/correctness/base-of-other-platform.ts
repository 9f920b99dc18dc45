import { defineRule, readPlatform, readReference } from '#lint';

export default defineRule({
  name: 'base-of-other-platform',
  codes: ['InvalidBaseImagePlatform'],
  category: 'correctness',
  summary: 'FROM asks for a platform that the image is not for',
  why: `The builder takes the image all the same, and its programs then fail with \`exec format error\`, or run in slow emulation.`,
  severity: 'warning',
  when: { instructions: ['From'] },
  examples: [
    {
      bad: 'FROM --platform=linux/amd64 arm64v8/alpine:3.24\n',
      good: 'FROM --platform=linux/arm64 arm64v8/alpine:3.24\n',
    },
    { title: 'With the name of the registry', bad: 'FROM --platform=linux/arm64 docker.io/i386/debian:13\n' },
    { title: 'Windows', bad: 'FROM --platform=linux/amd64 mcr.microsoft.com/windows/nanoserver:ltsc2025\n' },
    { title: 'An image for many platforms', good: 'FROM --platform=linux/arm64 alpine:3.24\n' },
    { title: 'A variant', good: 'FROM --platform=linux/arm/v7 arm32v7/alpine:3.24\n' },
    { title: 'Another registry', good: 'FROM --platform=linux/arm64 quay.io/amd64/alpine:3.24\n' },
  ],
  check({ model }) {
    return {
      *From(node) {
        const flag = node.flags.find(({ name }) => name.text === 'platform');
        const asked = flag?.value?.text === undefined ? undefined : readPlatform(flag.value.text);
        const image = model.imageByDefault(node).value;
        const actual = image && platformOf(image);
        if (!flag || !asked || !actual || asked.join() === actual.join()) return;
        yield {
          at: flag,
          message: `\`${flag.text}\` asks for another platform than \`${node.image.raw}\` is for`,
          help: `Write \`--platform=${actual.join('/')}\`, or name an image for \`${asked.join('/')}\`.`,
        };
      },
    };
  },
});

/** The platform that the name of an image tells: official images are kept for each processor too. */
const platformOf = (image: string): readonly [system: string, processor: string] | undefined => {
  const { registry, repository } = readReference(image) ?? { registry: '', repository: '' };
  if (registry === 'mcr.microsoft.com' && repository.startsWith('windows/')) return ['windows', 'amd64'];
  const processor = registry === 'docker.io' ? PROCESSORS.get(repository.replace(/\/.*$/, '')) : undefined;
  return processor === undefined ? undefined : ['linux', processor];
};

const PROCESSORS: ReadonlyMap<string, string> = new Map([
  ...['amd64', 'mips64le', 'ppc64le', 'riscv64', 's390x'].map((name) => [name, name] as const),
  ...['arm32v5', 'arm32v6', 'arm32v7'].map((name) => [name, 'arm'] as const),
  ['arm64v8', 'arm64'],
  ['i386', '386'],
]);
