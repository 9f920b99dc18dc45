import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { constants, crc32, deflateRaw } from 'node:zlib';
import { writeAll } from '../oci/write-all.ts';
import { zstdPart } from '../oci/zstd.ts';
import { partsOfFile } from './read-file.ts';

/** How one part is compressed, and what stands before and after all. */
interface Method {
  readonly part: number;
  readonly head: Uint8Array;
  compress(part: Uint8Array): Promise<Uint8Array>;
  /** Sees each part in its order. */
  count(part: Uint8Array): void;
  tail(): Uint8Array;
}

export interface Compressed {
  readonly digest: string;
  readonly size: number;
}

/**
 * Compresses a file into an open one, in parts on all cores. The parts are cut in the same places and know nothing of
 * one another, so that the bytes are the same however many cores there are.
 */
export const compressFile = async (
  from: string,
  out: number,
  compression: 'gzip' | 'zstd',
  level: number,
  workers = availableParallelism(),
): Promise<Compressed> => {
  // Node compresses in four threads unless told otherwise before the first of them starts.
  if (workers > 4) process.env.UV_THREADPOOL_SIZE ??= String(workers);
  const method = compression === 'gzip' ? gzip(level) : zstd(level);
  const hash = createHash('sha256');
  let size = 0;
  const write = (bytes: Uint8Array) => {
    hash.update(bytes);
    writeAll(out, bytes);
    size += bytes.length;
  };
  write(method.head);
  const waiting: Promise<Uint8Array>[] = [];
  for (const part of partsOfFile(from, method.part)) {
    method.count(part);
    waiting.push(quiet(method.compress(part)));
    if (waiting.length > workers) write((await waiting.shift()) ?? new Uint8Array(0));
  }
  for (const each of waiting) write(await each);
  write(method.tail());
  return { digest: `sha256:${hash.digest('hex')}`, size };
};

/** A failure is told when its turn comes, not before. */
const quiet = <T>(promise: Promise<T>): Promise<T> => {
  promise.catch(() => undefined);
  return promise;
};

/** No name, no time, no system: the same content gives the same bytes. */
const GZIP_HEAD = new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

/** Each part ends on a byte, and an empty last one ends all. */
const gzip = (level: number): Method => {
  let sum = 0;
  let size = 0;
  return {
    part: 1 << 20,
    head: GZIP_HEAD,
    compress: (part) =>
      new Promise((resolve, reject) => {
        const options = { level, finishFlush: constants.Z_SYNC_FLUSH };
        deflateRaw(part, options, (error, compressed) => (error ? reject(error) : resolve(compressed)));
      }),
    count(part) {
      sum = crc32(part, sum);
      size += part.length;
    },
    tail() {
      const tail = Buffer.alloc(10);
      tail.writeUInt16LE(3, 0);
      tail.writeUInt32LE(sum, 2);
      tail.writeUInt32LE(size % 2 ** 32, 6);
      return tail;
    },
  };
};

/** Frames one after the other are a zstd file too. */
const zstd = (level: number): Method => {
  let isEmpty = true;
  return {
    part: 8 << 20,
    head: new Uint8Array(0),
    compress: (part) => zstdPart(part, level),
    count() {
      isEmpty = false;
    },
    tail: () => (isEmpty ? EMPTY_FRAME : new Uint8Array(0)),
  };
};

/** Magic number, one segment of no bytes, one last raw block of none. */
const EMPTY_FRAME = new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 1, 0, 0]);
