import { readFileSync } from 'node:fs';

/** Flags that only the owner of the machine may take from a mount. */
const LOCKED = ['nosuid', 'nodev', 'noexec', 'noatime', 'nodiratime', 'relatime'];

interface KnownMount {
  readonly place: string;
  readonly flags: readonly string[];
}

let known: readonly KnownMount[] | undefined;

/** The flags of the mount that a path is on: whoever is root of a namespace alone has to name them again. */
export const lockedFlags = (path: string): readonly string[] => {
  known ??= readMounts();
  const found = known.findLast(({ place }) => path === place || path.startsWith(place === '/' ? '/' : `${place}/`));
  return found?.flags ?? [];
};

/** What is mounted somewhere inside of a folder. */
export const mountsInside = (folder: string): readonly string[] => {
  known ??= readMounts();
  const start = folder === '/' ? '/' : `${folder}/`;
  return known.map(({ place }) => place).filter((place) => place.startsWith(start) && place !== '/');
};

/** Shorter places first. */
const readMounts = (): readonly KnownMount[] => {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n');
  return lines
    .map((line) => {
      const [, , , , place = '', flags = ''] = line.split(' ');
      return { place: unescaped(place), flags: flags.split(',').filter((flag) => LOCKED.includes(flag)) };
    })
    .toSorted((a, b) => a.place.length - b.place.length);
};

const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
