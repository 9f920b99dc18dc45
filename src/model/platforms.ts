import { entryOf } from '../source/entry.ts';

/** What `OS[(VERSION[+FEATURE…])]/ARCHITECTURE[/VARIANT]` names. */
export interface PlatformParts {
  readonly os: string;
  readonly version: string;
  readonly architecture: string;
  readonly variant: string;
}

export const platformParts = (text: string): PlatformParts => {
  const [first = '', architecture = '', variant = ''] = text.split('/');
  const [, os = first, version = ''] = WITH_VERSION.exec(first) ?? [];
  return { os, version, architecture, variant };
};

/** As containerd has it, escapes by `%` aside. */
const WITH_VERSION = /^([\w.-]+)\(([\w.-]*)(?:\+[\w.-]+)*\)$/;

/** The system and the processor of a platform in the names that builders give them; undefined where it is none. */
export const readPlatform = (text: string): readonly [system: string, processor: string] | undefined => {
  const [whole = '', second, ...more] = text.toLowerCase().split('/');
  const first = WITH_VERSION.exec(whole)?.[1] ?? whole;
  if (more.length > 1 || first === '' || second === '') return undefined;
  if (second !== undefined) return [systemOf(first), processorOf(second)];
  if (SYSTEMS.includes(first)) return [systemOf(first), 'amd64'];
  return PROCESSORS.includes(first) || Object.hasOwn(OTHER_NAMES, first) ? ['linux', processorOf(first)] : undefined;
};

/** With all its parts, as containerd has them: `linux/arm64` of `arm64`; what is no platform stays as it is. */
export const wholePlatform = (text: string): string => {
  const [first = '', second = first, variant = ''] = text.toLowerCase().split('/');
  const read = readPlatform(text);
  if (!read || text.includes('(')) return text;
  const [system, processor] = read;
  return [system, processor, entryOf(VARIANTS, second) ?? variantOf(processor, variant)].filter(Boolean).join('/');
};

const VARIANTS: Readonly<Record<string, string>> = { armhf: 'v7', armel: 'v6' };

/** One that all of its processors are is not told, and of arm the usual one is. */
const variantOf = (processor: string, variant: string): string => {
  if (processor === 'arm' && variant === '') return 'v7';
  const whole = /^\d+$/.test(variant) ? `v${variant}` : variant;
  return `${processor}/${whole}` === 'arm64/v8' || `${processor}/${whole}` === 'amd64/v1' ? '' : whole;
};

const OTHER_NAMES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  i386: '386',
  armhf: 'arm',
  armel: 'arm',
};

const processorOf = (name: string): string => entryOf(OTHER_NAMES, name) ?? name;

const systemOf = (name: string): string => (name === 'macos' ? 'darwin' : name);

/** Operating systems that a platform may name. */
export const SYSTEMS: readonly string[] = [
  'linux',
  'windows',
  'darwin',
  'freebsd',
  'netbsd',
  'openbsd',
  'dragonfly',
  'solaris',
  'illumos',
  'aix',
  'plan9',
  'wasi',
  'wasip1',
  'js',
  'android',
  'macos',
  'local',
  'unknown',
];

/** Processors that a platform may name. */
export const PROCESSORS: readonly string[] = [
  'amd64',
  'arm64',
  'arm',
  '386',
  'ppc64le',
  's390x',
  'riscv64',
  'loong64',
  'mips64le',
  'mips64',
  'mipsle',
  'mips',
  'ppc64',
  'ppc',
  'riscv',
  'wasm',
  'sparc64',
  'unknown',
  // What is read as one of them.
  'x86_64',
  'x86-64',
  'aarch64',
  'armhf',
  'armel',
  'i386',
];

/** Why containerd would not read a platform, or undefined. Two or three parts may say anything; one must be known. */
export const platformRefusal = (text: string): string | undefined => {
  const [whole = '', ...others] = text.split('/');
  const parts = [WITH_VERSION.exec(whole)?.[1] ?? whole, ...others];
  if (parts.length > 3 || !parts.every((part) => /^[A-Za-z0-9_.-]+$/.test(part))) {
    return `failed to parse platform ${text}: invalid platform specification`;
  }
  const [first = ''] = parts;
  const isKnown = parts.length > 1 || SYSTEMS.includes(first.toLowerCase()) || PROCESSORS.includes(first.toLowerCase());
  return isKnown ? undefined : `failed to parse platform ${text}: unknown operating system or architecture`;
};
