import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeFolders } from '../oci/folders.ts';
import { type Digest, digestOf, hexOf, type Image, imageText, type Layer, type PlatformImage } from '../oci/image.ts';
import { plainIndex } from '../oci/indexes.ts';
import { writeAll } from '../oci/layout.ts';
import type { Compressed } from './compress.ts';
import { DRAFT, readJson, readText, sizeAt, touch, writeOther, writeWhole } from './small-files.ts';
import { chosen, idIn, imageOf, type PlatformId, readImage } from './stored-image.ts';
import { guardedSync } from './trouble.ts';
import { awaitSweep, newWorkFolder } from './work-folder.ts';

/** Layers, images and what steps made, in a folder that several builds use at once: a file is there whole or not at all. */
export interface Store {
  readonly folder: string;
  /** Whether it is looked at alone: nothing is written. */
  readonly isReadOnly: boolean;
  /** The file of a blob. */
  blobPath(digest: Digest): string;
  hasBlob(digest: Digest): boolean;
  blobSize(digest: Digest): number;
  /** Where a layer's files are unpacked, or are to be. */
  layerFolder(diffId: Digest): string;
  /** A folder for this process, gone when it ends. */
  workFolder(): string;
  saveImage(image: Image, names: readonly string[]): Digest;
  /** Images for several platforms under one id and the same names. */
  saveIndex(images: readonly PlatformImage[], names: readonly string[]): Digest;
  /** Of several the one for the platform; where none is told, that for this machine, else the first. */
  image(nameOrId: string, platform?: string): Image | undefined;
  /** The whole one of an image, or of images for several platforms. */
  id(nameOrId: string): Digest | undefined;
  /** What there is for which platform; nothing of a single image. */
  platforms(nameOrId: string): readonly PlatformId[];
  names(): readonly StoredName[];
  removeName(name: string): boolean;
  cached(key: string): CacheEntry | undefined;
  remember(key: string, entry: CacheEntry): void;
  /** The blob of a layer that was compressed in such a form. */
  compressed(diffId: Digest, form: string): Compressed | undefined;
  rememberCompressed(diffId: Digest, form: string, made: Compressed): void;
  /** A folder or file of the store itself. */
  path(...parts: readonly string[]): string;
}

export interface StoredName {
  readonly name: string;
  readonly id: Digest;
}

/** What a step made: a layer, or nothing but a change of the configuration. */
export interface CacheEntry {
  readonly layer: Layer | undefined;
  readonly created: string;
  /** Under which it is known too. */
  readonly keys?: readonly string[];
}

/** Where images are kept unless told otherwise. */
export const usualStoreFolder = (env: NodeJS.ProcessEnv): string =>
  env.IECHORLINT_STORE || join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'iechorlint');

const SHAPE = '1';

/** What is said of a store in which something would have to be written, and may not. */
export const READ_ONLY = 'the store is only looked at, and this would have to be put into it';

export const openStore = (folder: string, isReadOnly = false): Store => {
  const at = (...parts: string[]) => join(folder, SHAPE, ...parts);
  if (!isReadOnly)
    guardedSync(folder, () => {
      for (const name of FOLDERS) makeFolders(at(name));
    });
  const blobPath = (digest: Digest) => at('blobs', 'sha256', hexOf(digest));
  const hasBlob = (digest: Digest) => existsSync(blobPath(digest));
  const cachePath = (key: string) => at('cache', key.slice(0, 2), key.slice(2));
  const namePath = (name: string) => at('names', encodeURIComponent(name));
  let work: string | undefined;
  const idOf = (nameOrId: string): Digest | undefined =>
    readText(namePath(nameOrId)) ?? idIn(at('images'), nameOrId) ?? idIn(at('indexes'), nameOrId);
  const platformsOf = (id: Digest) => readJson<readonly PlatformId[]>(at('indexes', hexOf(id))) ?? [];
  const image = (nameOrId: string, platform?: string): Image | undefined => {
    const named = idOf(nameOrId);
    const alone = named && readImage(at('images', hexOf(named)), named);
    const id = alone ? named : named && chosen(platformsOf(named), platform)?.id;
    const json = alone || (id && readImage(at('images', hexOf(id)), id));
    const sizes = id && readJson<readonly number[]>(at('sizes', hexOf(id)));
    return json ? imageOf(json, sizes || undefined, blobPath, isReadOnly) : undefined;
  };
  const workFolder = (): string => {
    if (isReadOnly) throw new Error(READ_ONLY);
    if (work === undefined) {
      work = guardedSync(folder, () => newWorkFolder(at('work')));
      awaitSweep(at('sweep'));
    }
    return work;
  };
  const saveImage = (built: Image, names: readonly string[]): Digest => {
    const text = imageText(built.json);
    const id = digestOf(text);
    writeOther(at('sizes', hexOf(id)), JSON.stringify(built.layers.map(({ size }) => size)));
    writeOther(at('images', hexOf(id)), text);
    for (const name of names) writeOther(namePath(name), id);
    return id;
  };
  const compressedPath = (diffId: Digest, form: string) => at('compressed', `${hexOf(diffId)}.${form}`);
  return {
    folder,
    isReadOnly,
    blobPath,
    hasBlob,
    blobSize: (digest) => statSync(blobPath(digest)).size,
    layerFolder: (diffId) => at('layers', hexOf(diffId)),
    workFolder,
    saveImage,
    saveIndex(images, names) {
      const id = plainIndex(images);
      const all = images.map((each) => ({ platform: each.platform, id: saveImage(each.image, []) }));
      writeOther(at('indexes', hexOf(id)), JSON.stringify(all));
      for (const name of names) writeOther(namePath(name), id);
      return id;
    },
    image,
    id: idOf,
    platforms(nameOrId) {
      const id = idOf(nameOrId);
      return id === undefined ? [] : platformsOf(id);
    },
    names: () =>
      readdirSync(at('names')).flatMap((file) => {
        const id = file.includes(DRAFT) ? undefined : readText(at('names', file));
        return id ? [{ name: decodeURIComponent(file), id }] : [];
      }),
    removeName(name) {
      const isThere = existsSync(namePath(name));
      rmSync(namePath(name), { force: true });
      return isThere;
    },
    cached(key) {
      const entry = readJson<CacheEntry>(cachePath(key));
      if (!entry || (entry.layer && sizeAt(blobPath(entry.layer.diffId)) !== entry.layer.size)) return undefined;
      if (!isReadOnly) touch(cachePath(key));
      return entry;
    },
    remember(key, entry) {
      if (!isReadOnly) writeOther(cachePath(key), JSON.stringify(entry));
    },
    compressed(diffId, form) {
      const made = readJson<Compressed>(compressedPath(diffId, form));
      return made && sizeAt(blobPath(made.digest)) === made.size ? made : undefined;
    },
    rememberCompressed: (diffId, form, made) => writeWhole(compressedPath(diffId, form), JSON.stringify(made)),
    path: at,
  };
};

const FOLDERS = [
  'blobs/sha256',
  'layers',
  'images',
  'sizes',
  'indexes',
  'names',
  'cache',
  'compressed',
  'origins',
  'pulled',
  'attestations',
  'records',
  'work',
] as const;

// Blobs -------------------------------------------------------------------------------------------------------------

/** A blob on its way into the store: its digest is known when all is written. */
export interface BlobWriter {
  write(chunk: Uint8Array): void;
  /** Puts it in its place; what is not as expected is forgotten. */
  finish(expected?: Digest): Layer;
  /** Forgets it. */
  drop(): void;
}

/** Small writes are gathered, since each costs as much as a large one. */
const GATHERED = 1 << 20;

export const newBlob = (store: Store): BlobWriter => {
  const draft = join(store.workFolder(), randomUUID());
  const out = guardedSync(store.folder, () => openSync(draft, 'wx'));
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(GATHERED);
  let filled = 0;
  let size = 0;
  const put = (chunk: Uint8Array) => {
    hash.update(chunk);
    guardedSync(store.folder, () => writeAll(out, chunk));
  };
  const flush = () => {
    if (filled === 0) return;
    put(buffer.subarray(0, filled));
    filled = 0;
  };
  return {
    write(chunk) {
      size += chunk.length;
      if (filled + chunk.length > GATHERED) flush();
      if (chunk.length >= GATHERED) put(chunk);
      else {
        buffer.set(chunk, filled);
        filled += chunk.length;
      }
    },
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
