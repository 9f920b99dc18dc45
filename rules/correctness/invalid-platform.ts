import { defineRule, entryOf, flagValue, nearest, PROCESSORS, replace, SYSTEMS } from '#lint';

export default defineRule({
  name: 'invalid-platform',
  codes: ['FromInvalidPlatform'],
  category: 'correctness',
  summary: '`FROM --platform` names a platform that does not exist',
  why: `A platform is \`os/arch\` or \`os/arch/variant\` in the terms of Go, such as \`linux/arm64\`. Other words are refused, or no image has
    them.`,
  severity: 'error',
  when: { text: /--platform/i },
  fix: { safety: 'unsafe', note: 'Takes the platform that was probably meant.' },
  examples: [
    {
      title: 'The name of a vendor',
      bad: 'FROM --platform=linux/x64 alpine:3.24\n',
      good: 'FROM --platform=linux/amd64 alpine:3.24\n',
    },
    {
      title: 'A variant without its slash',
      bad: 'FROM --platform=linux/armv7 alpine:3.24\n',
      good: 'FROM --platform=linux/arm/v7 alpine:3.24\n',
    },
    {
      title: 'A misspelling',
      bad: 'FROM --platform=linux/adm64 alpine:3.24\n',
      good: 'FROM --platform=linux/amd64 alpine:3.24\n',
    },
    {
      title: 'Another sign than `/`',
      bad: 'FROM --platform=linux-amd64 alpine:3.24\n',
      good: 'FROM --platform=linux/amd64 alpine:3.24\n',
    },
    { title: 'Too many parts', bad: 'FROM --platform=docker/linux/arm/v7 alpine:3.24\n' },
    {
      title: 'Usual platforms',
      good: 'FROM --platform=linux/arm/v7 alpine:3.24 AS a\nFROM --platform=arm64 alpine:3.24 AS b\nFROM a\n',
    },
    {
      title: 'Other words for the same',
      good: 'FROM --platform=linux/x86_64 alpine:3.24 AS a\nFROM --platform=linux/aarch64 alpine:3.24\n',
    },
    { title: 'A variable', good: 'FROM --platform=$BUILDPLATFORM golang:1.26\n' },
  ],
  check() {
    return {
      *From({ flags }) {
        const flag = flags.find(({ name }) => name.text === 'platform');
        const platform = flag && flagValue(flag);
        if (!flag?.value || !platform || flag.value.text === undefined || isPlatform(platform)) return;
        const meant = platformMeant(platform);
        yield {
          at: flag.value,
          message: `\`${platform}\` is not a platform`,
          help: meant
            ? `Write \`--platform=${meant}\`.`
            : 'Write an operating system and an architecture, such as `linux/amd64`.',
          fix: meant ? { title: `Write \`${meant}\``, edits: [replace(flag.value, meant)] } : undefined,
        };
      },
    };
  },
});

const isPlatform = (text: string): boolean => {
  const [first = '', second, third, fourth] = text.toLowerCase().split('/');
  if (fourth !== undefined || third === '') return false;
  if (second === undefined) return SYSTEMS.includes(first) || PROCESSORS.includes(first);
  return isSystem(first) && PROCESSORS.includes(second);
};

/** \`windows(10.0.20348)\` tells the version too. */
const isSystem = (text: string): boolean => SYSTEMS.includes(text.replace(/\([^)]*\)$/, ''));

const ALIASES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  x86: '386',
  i686: '386',
  x86_32: '386',
  intel: 'amd64',
  armv6: 'arm/v6',
  armv6l: 'arm/v6',
  arm32v6: 'arm/v6',
  armv7: 'arm/v7',
  armv7l: 'arm/v7',
  arm32v7: 'arm/v7',
  armv8: 'arm64',
  arm64v8: 'arm64',
  riscv: 'riscv64',
  loongarch64: 'loong64',
};

const platformMeant = (text: string): string | undefined => {
  const lower = text.toLowerCase();
  const parts = (lower.includes('/') ? lower : lower.replace(/^(linux|windows)[-_:]/, '$1/')).split('/');
  const [first = '', second = first, third] = parts;
  if (parts.length > 3 || third === '') return undefined;
  const system = parts.length === 1 ? 'linux' : SYSTEMS.includes(first) ? first : nearest(first, SYSTEMS);
  const processor = PROCESSORS.includes(second) ? second : (entryOf(ALIASES, second) ?? nearest(second, PROCESSORS));
  return system && processor ? [system, processor, third].filter(Boolean).join('/') : undefined;
};
