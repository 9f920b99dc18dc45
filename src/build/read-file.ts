import crypto, { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { onDisk } from '../oci/names.ts';

const buffer = Buffer.allocUnsafe(1 << 20);

/** Exactly `size` bytes: a file that changes under the build is an error, never a broken archive. */
export const readInto = (path: string, size: number, write: (chunk: Uint8Array) => void): void => {
  const input = openSync(onDisk(path), 'r');
  try {
    let taken = 0;
    for (let length = readSync(input, buffer); length > 0; length = readSync(input, buffer)) {
      taken += length;
      if (taken > size) break;
      write(buffer.subarray(0, length));
      // A file gives less than it is asked for at its end alone.
      if (taken === size && length < buffer.length) break;
    }
    if (taken !== size) throw changed(path);
  } finally {
    closeSync(input);
  }
};

/** All of a file of at most a mebibyte, as a copy. */
export const readSmall = (path: string, size: number): Buffer => {
  const input = openSync(onDisk(path), 'r');
  try {
    if (readSync(input, buffer, 0, Math.min(size + 1, buffer.length), 0) !== size) throw changed(path);
    return Buffer.from(buffer.subarray(0, size));
  } finally {
    closeSync(input);
  }
};

const changed = (path: string): Error => new Error(`${path} changed while it was copied`);

/** sha256 in hexadecimal digits, by the call that makes no object where Node has it. */
export const digestOfBytes = (bytes: Uint8Array): string =>
  typeof crypto.hash === 'function' ? crypto.hash('sha256', bytes) : createHash('sha256').update(bytes).digest('hex');

export const digestOfFile = (path: string, size: number): string => {
  const hash = createHash('sha256');
  readInto(path, size, (chunk) => hash.update(chunk));
  return hash.digest('hex');
};

/** The content of a file, cut every so many bytes. */
export function* partsOfFile(path: string, length: number): Generator<Uint8Array> {
  const input = openSync(path, 'r');
  try {
    for (;;) {
      const buffer = Buffer.allocUnsafeSlow(length);
      const taken = readSync(input, buffer);
      if (taken === 0) return;
      yield buffer.subarray(0, taken);
    }
  } finally {
    closeSync(input);
  }
}

/** As `digestOfFile`, of a file whose size nobody has told. */
export const digestOfAll = (path: string): string => {
  const hash = createHash('sha256');
  for (const part of partsOfFile(path, buffer.length)) hash.update(part);
  return hash.digest('hex');
};
