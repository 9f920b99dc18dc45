import { createHash } from 'node:crypto';
import { readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { hasMarks, isSettled, MARKS, marksOf } from './marks.ts';
import { writeWhole } from './small-files.ts';

/** The digests of a context's files. One that is known is used as long as nothing about its file has changed. */
export interface DigestCache {
  /** The place of a file's digest, for `digest`; undefined where the file has to be read. */
  placeOf(stat: Stats): number | undefined;
  digest(place: number): Digest;
  learn(stat: Stats, digest: Digest): void;
  save(): void;
}

/** sha256 in hexadecimal digits. */
type Digest = string;

/** `context` is what the folder is known by. */
export const openDigestCache = (folder: string, context: string): DigestCache => {
  const path = join(folder, 'contexts', createHash('sha256').update(context).digest('hex'));
  let read: { readonly known: Known; readonly used: Uint8Array } | undefined;
  const all = () => {
    if (read) return read;
    const known = readKnown(path);
    read = { known, used: new Uint8Array(known.marks.length / MARKS) };
    return read;
  };
  const fresh: Fresh[] = [];
  const began = Date.now();
  return {
    placeOf(stat) {
      const { known, used } = all();
      const place = search(known.marks, stat.ino);
      if (place === undefined || !hasMarks(known.marks, place, stat)) return undefined;
      used[place] = 1;
      return place;
    },
    digest: (place) => digestAt(all().known, place),
    learn(stat, digest) {
      if (isSettled(stat, began)) fresh.push({ marks: marksOf(stat), digest });
    },
    save() {
      if (fresh.length > 0) writeWhole(path, packed(all().known, all().used, fresh));
    },
  };
};

interface Fresh {
  readonly marks: readonly number[];
  readonly digest: Digest;
}

/** What earlier builds have learnt: the marks of each file, in order of inode, and the digests in the same order. */
interface Known {
  readonly marks: Float64Array;
  readonly digests: Buffer;
}

const search = (marks: Float64Array, ino: number): number | undefined => {
  let low = 0;
  let high = marks.length / MARKS - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = marks[middle * MARKS] ?? 0;
    if (found === ino) return middle;
    if (found < ino) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
};

const digestAt = ({ digests }: Known, place: number): Digest => digests.toString('hex', place * 32, place * 32 + 32);

// The file: how many, marks, digests, and before all their digest, for a damaged file says nothing.
const HEAD = 32 + 8;

/** Of files that this build has not met so many are kept: they may be of another target, or gone. */
const MOST_UNUSED = 50_000;

const packed = (known: Known, used: Uint8Array, fresh: readonly Fresh[]): Buffer => {
  const all = new Map<number, Fresh>();
  let unused = 0;
  for (const [place, isUsed] of used.entries()) {
    if (!isUsed && ++unused > MOST_UNUSED) continue;
    const marks = Array.from(known.marks.subarray(place * MARKS, (place + 1) * MARKS));
    all.set(marks[0] ?? 0, { marks, digest: digestAt(known, place) });
  }
  for (const each of fresh) all.set(each.marks[0] ?? 0, each);
  const sorted = [...all.values()].sort((a, b) => (a.marks[0] ?? 0) - (b.marks[0] ?? 0));
  const count = Buffer.alloc(8);
  count.writeDoubleLE(sorted.length);
  const marks = new Float64Array(sorted.length * MARKS);
  for (let place = 0; place < sorted.length; place++)
    for (let mark = 0; mark < MARKS; mark++) marks[place * MARKS + mark] = sorted[place]?.marks[mark] ?? 0;
  const digests = Buffer.from(sorted.map(({ digest }) => digest).join(''), 'hex');
  const body = Buffer.concat([count, Buffer.from(marks.buffer), digests]);
  return Buffer.concat([createHash('sha256').update(body).digest(), body]);
};

const NOTHING: Known = { marks: new Float64Array(0), digests: Buffer.alloc(0) };

const readKnown = (path: string): Known => {
  const bytes = readIfThere(path);
  if (bytes.length < HEAD || !createHash('sha256').update(bytes.subarray(32)).digest().equals(bytes.subarray(0, 32)))
    return NOTHING;
  const end = HEAD + bytes.readDoubleLE(32) * MARKS * 8;
  const marks = new Float64Array(bytes.buffer.slice(bytes.byteOffset + HEAD, bytes.byteOffset + end));
  return { marks, digests: bytes.subarray(end) };
};

const readIfThere = (path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
};
