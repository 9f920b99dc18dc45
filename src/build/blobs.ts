import { createHash, randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ImageError } from '../oci/error.ts';
import { type Digest, digestOf, type Layer } from '../oci/image.ts';
import { writeAll } from '../oci/write-all.ts';
import { sizeAt } from './small-files.ts';
import type { Store } from './store.ts';
import { guardedSync } from './trouble.ts';

/** A blob on its way into the store: its digest is known when all is written. */
export interface BlobWriter {
  write(chunk: Uint8Array): void;
  /** Puts it in its place; what is not as expected is forgotten. */
  finish(expected?: Digest): Layer;
  /** Forgets it. */
  drop(): void;
}

export const newBlob = (store: Store): BlobWriter => {
  const draft = join(store.workFolder(), randomUUID());
  const out = guardedSync(store.folder, () => openSync(draft, 'wx'));
  const hash = createHash('sha256');
  let size = 0;
  const { write, flush } = gathered((chunk) => {
    hash.update(chunk);
    guardedSync(store.folder, () => writeAll(out, chunk));
    size += chunk.length;
  });
  return {
    write,
    finish(expected) {
      flush();
      closeSync(out);
      const diffId = `sha256:${hash.digest('hex')}`;
      const isWrong = expected !== undefined && expected !== diffId;
      // To replace a file makes the file system write it out at once.
      if (isWrong || isSmallBlob(store.blobPath(diffId), diffId, size)) rmSync(draft, { force: true });
      else renameSync(draft, store.blobPath(diffId));
      return { diffId, size };
    },
    drop() {
      closeSync(out);
      rmSync(draft, { force: true });
    },
  };
};

const GATHERED = 1 << 20;

/** Small writes are gathered, since each costs as much as a large one. */
const gathered = (put: (chunk: Uint8Array) => void): { readonly flush: () => void } & Pick<BlobWriter, 'write'> => {
  const buffer = Buffer.allocUnsafe(GATHERED);
  let filled = 0;
  const flush = () => {
    if (filled === 0) return;
    put(buffer.subarray(0, filled));
    filled = 0;
  };
  return {
    flush,
    write(chunk) {
      if (filled + chunk.length > GATHERED) flush();
      if (chunk.length >= GATHERED) put(chunk);
      else {
        buffer.set(chunk, filled);
        filled += chunk.length;
      }
    },
  };
};

/** Whether the blob is there already, so small that it is sooner looked at than replaced. */
const isSmallBlob = (path: string, digest: Digest, size: number): boolean =>
  size < GATHERED && sizeAt(path) === size && digestOf(readFileSync(path)) === digest;

/** Reads parts of a blob. */
export const readBlob = <T>(
  store: Store,
  digest: Digest,
  use: (read: (offset: number, length: number) => Buffer) => T,
): T => {
  const input = openSync(store.blobPath(digest), 'r');
  try {
    return use((offset, length) => {
      const buffer = Buffer.allocUnsafe(length);
      const taken = readSync(input, buffer, 0, length, offset);
      return buffer.subarray(0, taken);
    });
  } finally {
    closeSync(input);
  }
};

const PART = 1 << 20;

/** Hands on so many bytes from an offset on, in parts. Throws where there are fewer. */
export const writeParts = (
  read: (offset: number, length: number) => Uint8Array,
  at: number,
  size: number,
  write: (part: Uint8Array) => void,
): void => {
  for (let done = 0; done < size; done += PART) {
    const part = read(at + done, Math.min(PART, size - done));
    if (part.length === 0) throw new ImageError('the archive is cut short');
    write(part);
  }
};
