import { createHash } from 'node:crypto';
import { readFileSync, type Stats, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasMarks, isSettled, MARKS, marksOf, namesIn, statOf, surelyHasMarks } from './marks.ts';
import { touch, writeWhole } from './small-files.ts';
import { folderOf, nameOf } from './tree.ts';

/** What came of looking through a folder, kept with all that was seen there. */
export interface Sightings {
  /** What `compute` gives, taken from an earlier build while nothing of what it looked at then has changed. */
  remembered(name: string, compute: () => string): string;
  sawFile(path: string, stat: Stats | undefined): void;
  sawNames(folder: string, names: readonly string[]): void;
  /** What comes of this look is not to be kept. */
  doubt(): void;
}

/** Other ways to compute the same have another number. */
const SHAPE = 2;

/** `given` is what decides what is looked at, besides the name of a look. */
export const openSightings = (store: string, folder: string, given: unknown): Sightings => {
  let seen: Seen | undefined;
  return {
    remembered(name, compute) {
      const id = createHash('sha256').update(JSON.stringify([SHAPE, folder, given, name]));
      const path = join(store, 'contexts', id.digest('hex'));
      const known = readSighting(path);
      if (known && isSame(folder, known)) {
        touch(path);
        return known.result;
      }
      seen = newSeen();
      try {
        const result = compute();
        if (seen.isSettled && seen.count >= LEAST) keep(path, packed(folder, result, seen));
        return result;
      } finally {
        seen = undefined;
      }
    },
    sawFile(path, stat) {
      if (seen) addFile(seen, path, stat);
    },
    sawNames(folder, names) {
      if (seen) addNames(seen, folder, names);
    },
    doubt() {
      if (seen) seen.isSettled = false;
    },
  };
};

/** Fewer files are looked at again as fast as it is told that they have not changed. */
const LEAST = 200;

const keep = (path: string, bytes: Buffer): void => {
  try {
    writeWhole(path, bytes);
  } catch {
    // It makes the next build faster, and nothing else depends on it.
  }
};

// What is seen on the way ---------------------------------------------------------------------------------------------

interface Seen {
  readonly began: number;
  readonly folders: Map<string, SeenFolder>;
  count: number;
  /** Whether nothing has changed meanwhile, or may have. */
  isSettled: boolean;
}

interface SeenFolder {
  /** Undefined where they were not asked for. */
  names: readonly string[] | undefined;
  /** The marks of each name that was looked at. */
  readonly files: Map<string, readonly number[]>;
}

const newSeen = (): Seen => ({ began: Date.now(), folders: new Map(), count: 0, isSettled: true });

const seenFolder = ({ folders }: Seen, path: string): SeenFolder => {
  const known = folders.get(path) ?? { names: undefined, files: new Map() };
  folders.set(path, known);
  return known;
};

const addFile = (seen: Seen, path: string, stat: Stats | undefined): void => {
  const { files } = seenFolder(seen, folderOf(path));
  const name = nameOf(path);
  const marks = stat ? marksOf(stat) : ABSENT;
  const before = files.get(name);
  if ((stat && !isSettled(stat, seen.began)) || (before && String(before) !== String(marks))) seen.isSettled = false;
  files.set(name, marks);
  seen.count++;
};

const addNames = (seen: Seen, path: string, names: readonly string[]): void => {
  const folder = seenFolder(seen, path);
  if (folder.names && String(folder.names) !== String(names)) seen.isSettled = false;
  folder.names = names;
};

const ABSENT: readonly number[] = [0, 0, 0, 0, 0, 0];
const NONE: readonly string[] = [];
const UNSEEN: readonly number[] = [Number.NaN, 0, 0, 0, 0, 0];

// What is kept ------------------------------------------------------------------------------------------------------

interface Sighting {
  readonly result: string;
  readonly folders: readonly KeptFolder[];
  /** A row for each name of each folder, and then for its others. */
  readonly marks: Float64Array;
}

interface KeptFolder {
  readonly path: string;
  /** What was in it, where that was asked for, and what else was looked at, with `/` between them. */
  readonly names: string;
  readonly others: string;
  /** Whether the names have to be read again to know that they are the same. */
  readonly isListed: boolean;
}

const isSame = (root: string, sighting: Sighting): boolean => {
  const before = ownFolder();
  try {
    return hasSameFiles(root, sighting, before !== undefined);
  } catch {
    // Who looks through the files tells what is wrong.
    return false;
  } finally {
    if (before !== undefined) process.chdir(before);
  }
};

/** Where this process is; undefined where it cannot come back to it. */
const ownFolder = (): string | undefined => {
  try {
    const folder = process.cwd();
    process.chdir(folder);
    return folder;
  } catch {
    return undefined;
  }
};

/** From inside a folder the system finds its files a fourth faster. */
const hasSameFiles = (root: string, { folders, marks }: Sighting, mayEnter: boolean): boolean => {
  let row = 0;
  for (const { path, names, others, isListed } of folders) {
    const folder = `${root}/${path}`;
    if (isListed && joinedNames(namesIn(folder)) !== names) return false;
    const isInside = mayEnter && names.length > LONG && folder.isWellFormed();
    if (isInside) process.chdir(folder);
    const start = isInside ? '' : `${folder}/`;
    for (const name of split(names)) if (!isSameFile(`${start}${name}`, marks, row++)) return false;
    for (const name of split(others)) if (!isSameFile(`${folder}/${name}`, marks, row++)) return false;
  }
  return true;
};

/** For few names it is not worth to go there. */
const LONG = 100;

/** The root's own name is empty, and it is the only one of its kind. */
const split = (names: string): readonly string[] => (names === '' ? [] : names.slice(0, -1).split('/'));
const joinedNames = (names: Iterable<string>): string => Array.from(names, (name) => `${name}/`).join('');

const isSameFile = (path: string, marks: Float64Array, row: number): boolean => {
  const first = marks[row * MARKS] ?? 0;
  if (Number.isNaN(first) || surelyHasMarks(marks, row, path)) return true;
  const stat = statOf(path);
  return stat ? hasMarks(marks, row, stat) : first === 0;
};

const packed = (root: string, result: string, { folders }: Seen): Buffer => {
  const rows: number[] = [];
  const device = deviceWithTimes(root);
  const kept = Array.from(folders, ([path, { names = NONE, files }]): KeptFolder => {
    const listed = new Set(names);
    const others = [...files.keys()].filter((name) => !listed.has(name));
    for (const name of [...names, ...others]) rows.push(...(files.get(name) ?? UNSEEN));
    // Where a folder has the change time that it had, nothing was added to it nor taken from it.
    const own = folders.get(folderOf(path))?.files.get(nameOf(path));
    const isListed = names !== NONE && (own === undefined || own[1] !== device);
    return { path, names: joinedNames(names), others: joinedNames(others), isListed };
  });
  const head = Buffer.from(JSON.stringify({ result, folders: kept }));
  const size = Buffer.alloc(8);
  size.writeDoubleLE(head.length);
  const body = Buffer.concat([size, head, Buffer.from(new Float64Array(rows).buffer)]);
  return Buffer.concat([createHash('sha256').update(body).digest(), body]);
};

/** The device of a folder, where its file system is one of those that are known to give every changed folder a new time. */
const deviceWithTimes = (folder: string): number | undefined =>
  WITH_TIMES.has(statfsSync(folder).type) ? statSync(folder).dev : undefined;

/** ext4, XFS, Btrfs, F2FS, tmpfs. */
const WITH_TIMES: ReadonlySet<number> = new Set([0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x01021994]);

// The file: a digest of all behind it, for a damaged file says nothing; how long the head is; the head; the marks.
const START = 32 + 8;

/** Undefined where there is none that is whole. */
const readSighting = (path: string): Sighting | undefined => {
  try {
    const bytes = readFileSync(path);
    const digest = createHash('sha256').update(bytes.subarray(32)).digest();
    if (!digest.equals(bytes.subarray(0, 32))) return undefined;
    const end = START + bytes.readDoubleLE(32);
    const head: Omit<Sighting, 'marks'> = JSON.parse(bytes.toString('utf8', START, end));
    const marks = bytes.buffer.slice(bytes.byteOffset + end, bytes.byteOffset + bytes.length);
    return { ...head, marks: new Float64Array(marks) };
  } catch {
    return undefined;
  }
};
