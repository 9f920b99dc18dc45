import { readFileSync, statSync } from 'node:fs';

/** Flags that only the owner of the machine may take from a mount. */
const LOCKED = ['ro', 'nosuid', 'nodev', 'noexec', 'noatime', 'nodiratime', 'relatime'];

interface KnownMount {
  readonly id: string;
  /** What it is mounted on. */
  readonly parent: string;
  readonly place: string;
  readonly flags: readonly string[];
}

let known: readonly KnownMount[] | undefined;

/** The flags of the mount that a path is on. Who mounts it again has to name them: else they are lost, or it is refused. */
export const lockedFlags = (path: string): readonly string[] => {
  known ??= readMounts();
  const found = known.findLast(({ place }) => path === place || path.startsWith(place === '/' ? '/' : `${place}/`));
  return found?.flags ?? [];
};

/** What is mounted somewhere inside of a folder and can be seen there, the outer before the inner. */
export interface InnerMount {
  readonly place: string;
  readonly isFolder: boolean;
}

export const mountsInside = (folder: string): readonly InnerMount[] => {
  const all = readMounts();
  const byId = new Map(all.map((each) => [each.id, each]));
  const isCovered = ({ id, parent, place }: KnownMount): boolean =>
    all.some((other) => other.parent === parent && other.id !== id && place.startsWith(`${other.place}/`));
  const isSeen = (mount: KnownMount): boolean => {
    if (isCovered(mount)) return false;
    const parent = byId.get(mount.parent);
    return parent === undefined || parent === mount || isSeen(parent);
  };
  const start = folder === '/' ? '/' : `${folder}/`;
  const inside = all.filter((each) => each.place !== '/' && each.place.startsWith(start) && isSeen(each));
  return [...new Set(inside.map(({ place }) => place))].flatMap(placeSeen);
};

/** Some are gone, or nobody but their owner may look at them. */
const placeSeen = (place: string): readonly InnerMount[] => {
  try {
    return [{ place, isFolder: statSync(place).isDirectory() }];
  } catch {
    return [];
  }
};

/** Shorter places first. */
const readMounts = (): readonly KnownMount[] => {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n');
  return lines
    .map((line) => {
      const [id = '', parent = '', , , place = '', flags = ''] = line.split(' ');
      return { id, parent, place: unescaped(place), flags: flags.split(',').filter((flag) => LOCKED.includes(flag)) };
    })
    .toSorted((a, b) => a.place.length - b.place.length);
};

const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
