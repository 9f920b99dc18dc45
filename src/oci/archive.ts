import { closeSync, createReadStream, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ImageError } from './error.ts';
import { type PlacedEntry, readTar } from './untar.ts';

/** A layout or an archive of images on disk: its files by their paths. */
export interface Files {
  /** For messages. */
  readonly place: string;
  readonly names: () => readonly string[];
  readonly size: (path: string) => number | undefined;
  /** All of a file that must not be long. Throws ImageError. */
  readonly bytes: (path: string) => Uint8Array;
  /** Each part is good until the next is asked for. */
  readonly stream: (path: string) => AsyncIterable<Uint8Array>;
  readonly close: () => void;
}

/** Configurations and manifests are small; what is longer is none. */
const MOST_JSON = 16 * 1024 * 1024;

const tooLong = (place: string, path: string): ImageError =>
  new ImageError(`${path} in ${place} is too long for what it has to be`);

const missing = (place: string, path: string): ImageError => new ImageError(`${place} has no ${path}`);

export const folderFiles = (folder: string): Files => {
  const statOf = (path: string) => {
    const stat = isInside(path) ? statSync(join(folder, path), { throwIfNoEntry: false }) : undefined;
    return stat?.isFile() ? stat : undefined;
  };
  return {
    place: folder,
    names: () =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((path) => path.replaceAll('\\', '/'))
        .filter((path) => statOf(path)),
    size: (path) => statOf(path)?.size,
    bytes(path) {
      const stat = statOf(path);
      if (!stat) throw missing(folder, path);
      if (stat.size > MOST_JSON) throw tooLong(folder, path);
      return readFileSync(join(folder, path));
    },
    stream(path) {
      if (!statOf(path)) throw missing(folder, path);
      return createReadStream(join(folder, path), { highWaterMark: PART / 4 });
    },
    close: () => undefined,
  };
};

const isInside = (path: string): boolean => !path.startsWith('/') && !path.split('/').includes('..');

const PART = 1 << 20;

/** The files of an archive that is not compressed. Throws ImageError. */
export const archiveFiles = (file: string, place = file): Files => {
  const input = openSync(file, 'r');
  const read = (offset: number, length: number): Buffer => {
    const buffer = Buffer.allocUnsafe(length);
    return buffer.subarray(0, readSync(input, buffer, 0, length, offset));
  };
  const entries = entriesIn(read, input, place);
  const find = (path: string): PlacedEntry | undefined => followed(entries, path);
  return {
    place,
    names: () => [...entries.keys()].filter((path) => find(path) !== undefined),
    size: (path) => find(path)?.size,
    bytes(path) {
      const entry = find(path);
      if (!entry) throw missing(place, path);
      if (entry.size > MOST_JSON) throw tooLong(place, path);
      return read(entry.at, entry.size);
    },
    stream(path) {
      const entry = find(path);
      if (!entry) throw missing(place, path);
      return partsOf(input, entry);
    },
    close: () => closeSync(input),
  };
};

const entriesIn = (
  read: (offset: number, length: number) => Buffer,
  input: number,
  place: string,
): ReadonlyMap<string, PlacedEntry> => {
  const entries = new Map<string, PlacedEntry>();
  try {
    for (const entry of readTar(read)) entries.set(entry.path, entry);
  } catch (error) {
    closeSync(input);
    throw error instanceof ImageError ? new ImageError(`${place} is no whole archive: ${error.message}`) : error;
  }
  return entries;
};

/** Docker once wrote a layer that is there twice as a link to the first. */
const followed = (entries: ReadonlyMap<string, PlacedEntry>, path: string): PlacedEntry | undefined => {
  let at = path;
  for (let links = 0; links < 8; links++) {
    const entry = entries.get(at);
    if (entry?.type === 'file') return entry;
    if (entry?.link === undefined) return undefined;
    at = entry.type === 'hardlink' ? joined('', entry.link) : joined(at.replace(/[^/]*$/, ''), entry.link);
  }
  return undefined;
};

const joined = (folder: string, link: string): string => {
  const parts: string[] = [];
  for (const part of `${folder}/${link}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
};

/** What is yielded is good until the next part is asked for: one buffer serves all. */
async function* partsOf(input: number, { at, size }: PlacedEntry): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(PART, size));
  for (let done = 0; done < size; ) {
    const taken = readSync(input, buffer, 0, Math.min(PART, size - done), at + done);
    if (taken === 0) return;
    yield buffer.subarray(0, taken);
    done += taken;
  }
}
