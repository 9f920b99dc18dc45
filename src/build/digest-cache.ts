import { createHash } from 'node:crypto';
import { readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from './small-files.ts';

/** The digests of a context's files. One that is known is used as long as nothing about its file has changed. */
export interface DigestCache {
  /** Undefined where the file has to be read. Paths are those inside of the context. */
  known(path: string, stat: Stats): Digest | undefined;
  learn(path: string, stat: Stats, digest: Digest): void;
  save(): void;
}

/** sha256 in hexadecimal digits. */
type Digest = string;

/**
 * Inode, size, mode and both times: a file that was written keeps its change time from nobody. A file changed so
 * shortly before it was looked at that it may change again within the same tick of the clock is not remembered.
 */
const marksOf = ({ dev, ino, size, mode, mtimeMs, ctimeMs }: Stats): readonly number[] => [
  dev,
  ino,
  size,
  mode,
  mtimeMs,
  ctimeMs,
];
const MARKS = 6;
const RACY = 2000;

/** `context` is what the folder is known by. */
export const openDigestCache = (folder: string, context: string): DigestCache => {
  const path = join(folder, 'contexts', createHash('sha256').update(context).digest('hex'));
  const known = readKnown(path);
  const used = new Map<string, Entry>();
  const began = Date.now();
  let hasChanged = false;
  return {
    known(file, stat) {
      const entry = known.get(file);
      if (!entry || !hasMarks(entry, stat)) return undefined;
      used.set(file, entry);
      return entry.digest();
    },
    learn(file, stat, digest) {
      if (began - stat.ctimeMs <= RACY) return;
      hasChanged = true;
      used.set(file, { marks: Float64Array.from(marksOf(stat)), at: 0, digest: () => digest });
    },
    save() {
      if (!hasChanged) return;
      for (const [file, entry] of known) if (!used.has(file)) used.set(file, entry);
      writeWhole(path, packed(used));
    },
  };
};

interface Entry {
  readonly marks: Float64Array;
  /** Where its marks begin. */
  readonly at: number;
  readonly digest: () => Digest;
}

const hasMarks = ({ marks, at }: Entry, stat: Stats): boolean =>
  marks[at + 5] === stat.ctimeMs &&
  marks[at + 4] === stat.mtimeMs &&
  marks[at + 2] === stat.size &&
  marks[at + 1] === stat.ino &&
  marks[at + 3] === stat.mode &&
  marks[at] === stat.dev;

// The file: how many, marks, digests, paths, and before all their digest, for a damaged file says nothing.
const HEAD = 32 + 8;

const packed = (entries: ReadonlyMap<string, Entry>): Buffer => {
  const count = Buffer.alloc(8);
  count.writeDoubleLE(entries.size);
  const marks = new Float64Array(entries.size * MARKS);
  const digests: string[] = [];
  for (const { marks: own, at, digest } of entries.values()) {
    marks.set(own.subarray(at, at + MARKS), digests.length * MARKS);
    digests.push(digest());
  }
  const paths = Buffer.from([...entries.keys()].join('\0'));
  const body = Buffer.concat([count, Buffer.from(marks.buffer), Buffer.from(digests.join(''), 'hex'), paths]);
  return Buffer.concat([createHash('sha256').update(body).digest(), body]);
};

const readKnown = (path: string): ReadonlyMap<string, Entry> => {
  const bytes = readIfThere(path);
  if (bytes.length < HEAD || !createHash('sha256').update(bytes.subarray(32)).digest().equals(bytes.subarray(0, 32)))
    return new Map();
  const count = bytes.readDoubleLE(32);
  const digests = HEAD + count * MARKS * 8;
  const marks = new Float64Array(Uint8Array.from(bytes.subarray(HEAD, digests)).buffer);
  const paths = bytes.toString('utf8', digests + count * 32).split('\0');
  const known = new Map<string, Entry>();
  for (let index = 0; index < count; index++) {
    const start = digests + index * 32;
    known.set(paths[index] ?? '', { marks, at: index * MARKS, digest: () => bytes.toString('hex', start, start + 32) });
  }
  return known;
};

const readIfThere = (path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
};
