import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ImageError } from './error.ts';
import { type Descriptor, sizeFlaw } from './image.ts';

type Bytes = AsyncIterable<Uint8Array>;

/** The archive in a blob, by its first bytes: not every media type tells the truth. Throws ImageError. */
export async function* decompressed(stream: Bytes, name: string): AsyncGenerator<Uint8Array> {
  const { first, all } = await headOf(stream);
  const kind = kindOf(first);
  if (kind === 'other') throw new ImageError(`${name} is compressed with bzip2 or xz, which no layer can be`);
  try {
    if (kind === 'gzip') yield* gunzipped(all);
    else if (kind === 'zstd') yield* unzstded(all);
    else yield* all;
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError(`${name} cannot be decompressed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export const kindOf = (first: Uint8Array): 'gzip' | 'zstd' | 'other' | 'none' => {
  const starts = (...bytes: readonly number[]) => bytes.every((byte, at) => first[at] === byte);
  if (starts(0x1f, 0x8b)) return 'gzip';
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return 'zstd';
  return starts(0x42, 0x5a, 0x68) || starts(0xfd, 0x37, 0x7a, 0x58) ? 'other' : 'none';
};

/** As many bytes as tell a format, however they are cut. */
const headOf = async (stream: Bytes): Promise<{ readonly first: Uint8Array; readonly all: Bytes }> => {
  const iterator = stream[Symbol.asyncIterator]();
  let first: Uint8Array = new Uint8Array(0);
  let isDone = false;
  while (first.length < 4 && !isDone) {
    const next = await iterator.next();
    isDone = next.done === true;
    if (next.done !== true) first = Buffer.concat([first, next.value]);
  }
  const all = async function* () {
    try {
      yield first;
      if (isDone) return;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  };
  return { first, all: all() };
};

async function* gunzipped(stream: Bytes): AsyncGenerator<Uint8Array> {
  const unzip = createGunzip({ chunkSize: 1 << 18 });
  const failure: { error?: unknown } = {};
  const done = pipeline(Readable.from(copied(stream), { highWaterMark: 1 }), unzip).catch((error: unknown) => {
    failure.error = error;
  });
  try {
    yield* unzip;
  } catch (error) {
    await done;
    throw failure.error ?? error;
  }
}

/** What decompresses keeps what it is given for a while. */
async function* copied(stream: Bytes): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream)
    for (let at = 0; at < chunk.length; at += INPUT) yield Buffer.from(chunk.subarray(at, at + INPUT));
}

async function* unzstded(stream: Bytes): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import('fzstd');
  let parts: Uint8Array[] = [];
  const decompress = new Decompress((part) => {
    parts.push(part);
  });
  for await (const chunk of copied(stream)) {
    decompress.push(chunk);
    const made = parts;
    parts = [];
    yield* made;
  }
  decompress.push(new Uint8Array(0), true);
  yield* parts;
}

/** Small enough that what comes of it, thousand times as much at worst, fits in memory. */
const INPUT = 1 << 16;

/** The same bytes; at the end an ImageError where they are not those of the descriptor. */
export async function* checked(stream: Bytes, descriptor: Descriptor): AsyncGenerator<Uint8Array> {
  const { digest, size } = descriptor;
  const hash = createHash('sha256');
  let seen = 0;
  for await (const chunk of stream) {
    seen += chunk.length;
    hash.update(chunk);
    yield chunk;
  }
  if (seen !== size) throw new ImageError(sizeFlaw(descriptor, seen));
  const actual = `sha256:${hash.digest('hex')}`;
  if (actual !== digest) throw new ImageError(`the blob ${digest} has another content: its digest is ${actual}`);
}
