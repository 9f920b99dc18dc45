import { spawn } from 'node:child_process';
import * as zlib from 'node:zlib';
import { ImageError } from './error.ts';

type Compress = (
  part: Uint8Array,
  options: object,
  done: (error: Error | null, compressed: Uint8Array) => void,
) => void;

const own: Compress | undefined = Reflect.get(zlib, 'zstdCompress');

/** `ZSTD_c_compressionLevel` of zstd.h. */
const LEVEL = 100;

/** A part as a frame of its own; Node has this from 22.15, else the program zstd does it. Throws ImageError. */
export const zstdPart = (part: Uint8Array, level: number): Promise<Uint8Array> =>
  own
    ? new Promise((resolve, reject) => {
        own(part, { params: { [LEVEL]: level } }, (error, compressed) => (error ? reject(error) : resolve(compressed)));
      })
    : byProgram(part, level);

const byProgram = (part: Uint8Array, level: number): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const child = spawn('zstd', ['-q', `-${level}`, '--single-thread', '--no-check', '-c'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const parts: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => parts.push(chunk));
    child.on('error', () =>
      reject(
        new ImageError('--compression zstd needs Node 22.15 or the program zstd; neither is here, but gzip works too'),
      ),
    );
    child.on('close', (code) =>
      code === 0 ? resolve(Buffer.concat(parts)) : reject(new ImageError(`zstd ended with ${code}`)),
    );
    child.stdin.on('error', () => undefined);
    child.stdin.end(part);
  });
