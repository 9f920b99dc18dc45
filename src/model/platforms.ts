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
  const parts = text.split('/');
  if (parts.length > 3 || !parts.every((part) => /^[A-Za-z0-9_.-]+$/.test(part))) {
    return `failed to parse platform ${text}: invalid platform specification`;
  }
  const [first = ''] = parts;
  const isKnown = parts.length > 1 || SYSTEMS.includes(first.toLowerCase()) || PROCESSORS.includes(first.toLowerCase());
  return isKnown ? undefined : `failed to parse platform ${text}: unknown operating system or architecture`;
};
