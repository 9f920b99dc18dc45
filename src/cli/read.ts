import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { decode, tooLarge } from '../source/decode.ts';
import type { Document } from '../source/document.ts';
import type { Target } from './discover.ts';
import type { Io } from './io.ts';
import { codeOf, reasonOf } from './system-error.ts';

/** A file that was read, with its bytes as they came; of one over the limit at most the start. */
export interface Source {
  readonly document: Document;
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array();

/** Reads a file or standard input up to a size in bytes, or says why it cannot be read. */
export const readTarget = ({ path, file }: Target, io: Pick<Io, 'stdin'>, limit: number): Source | string =>
  file === undefined ? readStream(path, io.stdin, limit) : readFile(path, file, limit);

const readFile = (path: string, file: string, limit: number): Source | string => {
  try {
    // Opening a named pipe would wait for a writer; the name may have become one since it was looked at.
    const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      return readDescriptor(path, descriptor, limit);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    // Such a name comes with replacement characters, under which there is no file.
    return codeOf(error) === 'ENOENT' && file.includes('\uFFFD') ? 'its name is not UTF-8' : reasonOf(error);
  }
};

const readDescriptor = (path: string, descriptor: number, limit: number): Source | string => {
  const stat = fstatSync(descriptor);
  if (!stat.isFile()) return 'it is not a file';
  if (stat.size > limit) return { document: tooLarge(path, stat.size, limit), bytes: NOTHING };
  const bytes = readFileSync(descriptor);
  return { document: decode(path, bytes), bytes };
};

/** Of more than the limit only so much is read, and kept in the bytes, as shows that it is more. */
const readStream = (path: string, next: Io['stdin'], limit: number): Source | string => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (let chunk = next(); chunk; chunk = next()) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) break;
    }
  } catch (error) {
    return reasonOf(error);
  }
  const bytes = Buffer.concat(chunks);
  return { document: size > limit ? tooLarge(path, undefined, limit) : decode(path, bytes), bytes };
};
