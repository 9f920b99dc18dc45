import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeFolders } from '../oci/folders.ts';
import { type Digest, hexOf, type Image, type Layer, type PlatformImage } from '../oci/image.ts';
import type { Compressed } from './compress.ts';
import { namedImages, type PlatformId, type StoredName } from './named-images.ts';
import { readJson, sizeAt, touch, writeOther, writeWhole } from './small-files.ts';
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

/** Where a store is. */
export type StorePlace = Pick<Store, 'folder' | 'isReadOnly' | 'path' | 'blobPath'>;

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
  const path = (...parts: readonly string[]) => join(folder, SHAPE, ...parts);
  const blobPath = (digest: Digest) => path('blobs', 'sha256', hexOf(digest));
  const place: StorePlace = { folder, isReadOnly, path, blobPath };
  if (!isReadOnly)
    guardedSync(folder, () => {
      for (const name of FOLDERS) makeFolders(path(name));
    });
  return {
    ...place,
    hasBlob: (digest) => existsSync(blobPath(digest)),
    blobSize: (digest) => statSync(blobPath(digest)).size,
    layerFolder: (diffId) => path('layers', hexOf(diffId)),
    workFolder: workFolderOf(place),
    ...namedImages(place),
    ...knownSteps(place),
    ...compressedLayers(place),
  };
};

const workFolderOf = ({ folder, isReadOnly, path }: StorePlace): Store['workFolder'] => {
  let work: string | undefined;
  return () => {
    if (isReadOnly) throw new Error(READ_ONLY);
    if (work === undefined) {
      work = guardedSync(folder, () => newWorkFolder(path('work')));
      awaitSweep(path('sweep'));
    }
    return work;
  };
};

const knownSteps = ({ isReadOnly, path, blobPath }: StorePlace): Pick<Store, 'cached' | 'remember'> => {
  const pathOf = (key: string) => path('cache', key.slice(0, 2), key.slice(2));
  return {
    cached(key) {
      const entry = readJson<CacheEntry>(pathOf(key));
      if (!entry || (entry.layer && sizeAt(blobPath(entry.layer.diffId)) !== entry.layer.size)) return undefined;
      if (!isReadOnly) touch(pathOf(key));
      return entry;
    },
    remember(key, entry) {
      if (!isReadOnly) writeOther(pathOf(key), JSON.stringify(entry));
    },
  };
};

const compressedLayers = ({ path, blobPath }: StorePlace): Pick<Store, 'compressed' | 'rememberCompressed'> => {
  const pathOf = (diffId: Digest, form: string) => path('compressed', `${hexOf(diffId)}.${form}`);
  return {
    compressed(diffId, form) {
      const made = readJson<Compressed>(pathOf(diffId, form));
      return made && sizeAt(blobPath(made.digest)) === made.size ? made : undefined;
    },
    rememberCompressed: (diffId, form, made) => writeWhole(pathOf(diffId, form), JSON.stringify(made)),
  };
};

/** Of small files, each of which is a draft beside its place first. */
export const FILE_FOLDERS = [
  ...['images', 'sizes', 'indexes', 'names', 'cache'],
  ...['compressed', 'origins', 'pulled', 'attestations', 'notes', 'records'],
] as const;

const FOLDERS = ['blobs/sha256', 'layers', ...FILE_FOLDERS, 'work'] as const;
