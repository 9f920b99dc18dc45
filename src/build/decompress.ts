import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { decompressed as unpacked } from '../oci/decompress.ts';

/** How a file is compressed, as its first bytes tell. */
export type Packing = 'gzip' | 'bzip2' | 'xz' | 'zstd';

const MAGIC: readonly (readonly [Packing, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

export const compressionOf = (head: Uint8Array): Packing | undefined =>
  MAGIC.find(([, bytes]) => bytes.every((byte, at) => head[at] === byte))?.[0];

const PACKAGES = { bzip2: 'bzip2', xz: 'xz-utils' } as const;

/** What is in a compressed file. Throws an Error that says what is missing or damaged. */
export const decompressed = (file: string, kind: Packing): AsyncIterable<Uint8Array> =>
  kind === 'gzip' || kind === 'zstd' ? unpacked(createReadStream(file), 'the archive') : byProgram(file, kind);

/** Of these Node has none, so that the program of that name does it. */
async function* byProgram(file: string, kind: keyof typeof PACKAGES): AsyncGenerator<Uint8Array> {
  const child = spawn(kind, ['-d', '-c', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, 500);
  });
  const ended = new Promise<Error | undefined>((resolve) => {
    child.once('error', () =>
      resolve(
        new Error(
          `${kind} is not installed, which unpacks it: apt-get install ${PACKAGES[kind]}, or write --unpack=false`,
        ),
      ),
    );
    child.once('close', (code) => resolve(code === 0 ? undefined : new Error(complaint.trim() || `${kind} failed`)));
  });
  try {
    yield* child.stdout;
    const failure = await ended;
    if (failure) throw failure;
  } finally {
    child.kill();
  }
}
