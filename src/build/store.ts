import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Digest, digestOf, hexOf, type Image, type ImageJson, type Layer } from '../oci/image.ts';
import { writeAll } from '../oci/layout.ts';

/** Layers, images and what steps made, in a folder that several builds use at once: a file is there whole or not at all. */
export interface Store {
  readonly folder: string;
  /** The file of a blob. */
  blobPath(digest: Digest): string;
  hasBlob(digest: Digest): boolean;
  blobSize(digest: Digest): number;
  /** Where a layer's files are unpacked, or are to be. */
  layerFolder(diffId: Digest): string;
  /** A folder for this process, gone when it ends. */
  workFolder(): string;
  saveImage(image: Image, names: readonly string[]): Digest;
  image(nameOrId: string): Image | undefined;
  names(): readonly StoredName[];
  removeName(name: string): boolean;
  cached(key: string): CacheEntry | undefined;
  remember(key: string, entry: CacheEntry): void;
}

export interface StoredName {
  readonly name: string;
  readonly id: Digest;
}

/** What a step made: a layer, or nothing but a change of the configuration. */
export interface CacheEntry {
  readonly layer: Layer | undefined;
  readonly created: string;
}

/** Where images are kept unless told otherwise. */
export const usualStoreFolder = (env: NodeJS.ProcessEnv): string =>
  env.IECHORLINT_STORE || join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'iechorlint');

const SHAPE = '1';

export const openStore = (folder: string): Store => {
  const at = (...parts: string[]) => join(folder, SHAPE, ...parts);
  for (const name of ['blobs/sha256', 'layers', 'images', 'names', 'cache', 'work'])
    mkdirSync(at(name), { recursive: true });
  const blobPath = (digest: Digest) => at('blobs', 'sha256', hexOf(digest));
  const hasBlob = (digest: Digest) => existsSync(blobPath(digest));
  const cachePath = (key: string) => at('cache', key.slice(0, 2), key.slice(2));
  const namePath = (name: string) => at('names', encodeURIComponent(name));
  let work: string | undefined;
  const image = (nameOrId: string): Image | undefined => {
    const id = readText(namePath(nameOrId)) ?? idIn(at('images'), nameOrId);
    const json = id && readJson<ImageJson>(at('images', hexOf(id)));
    return json ? imageOf(json, blobPath) : undefined;
  };
  return {
    folder,
    blobPath,
    hasBlob,
    blobSize: (digest) => statSync(blobPath(digest)).size,
    layerFolder: (diffId) => at('layers', hexOf(diffId)),
    workFolder: () => (work ??= newWorkFolder(at('work'))),
    saveImage(built, names) {
      const text = JSON.stringify(built.json);
      const id = digestOf(text);
      writeWhole(at('images', hexOf(id)), text);
      for (const name of names) writeWhole(namePath(name), id);
      return id;
    },
    image,
    names: () =>
      readdirSync(at('names')).flatMap((file) => {
        const id = readText(at('names', file));
        return id ? [{ name: decodeURIComponent(file), id }] : [];
      }),
    removeName(name) {
      const isThere = existsSync(namePath(name));
      rmSync(namePath(name), { force: true });
      return isThere;
    },
    cached(key) {
      const entry = readJson<CacheEntry>(cachePath(key));
      return entry && (entry.layer === undefined || hasBlob(entry.layer.diffId)) ? entry : undefined;
    },
    remember: (key, entry) => writeWhole(cachePath(key), JSON.stringify(entry)),
  };
};

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** A file of ours; one that was damaged counts as missing. */
const readJson = <T>(path: string): T | undefined => {
  const text = readText(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The image whose id begins so, where it is one alone. */
const idIn = (folder: string, prefix: string): Digest | undefined => {
  const hex = prefix.replace(/^sha256:/, '');
  if (!/^[0-9a-f]{6,64}$/.test(hex)) return undefined;
  const found = readdirSync(folder).filter((name) => name.startsWith(hex));
  return found.length === 1 ? `sha256:${found[0]}` : undefined;
};

/** Undefined where a layer has been deleted. */
const imageOf = (json: ImageJson, blobPath: (digest: Digest) => string): Image | undefined => {
  const layers: Layer[] = [];
  for (const diffId of json.rootfs.diff_ids) {
    const size = statSync(blobPath(diffId), { throwIfNoEntry: false })?.size;
    if (size === undefined) return undefined;
    layers.push({ diffId, size });
  }
  return { json, layers };
};

/** Readers see the old file or the new one, whenever this process is killed. */
export const writeWhole = (path: string, content: string | Uint8Array): void => {
  const draft = `${path}.${randomUUID()}`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(draft, content);
  renameSync(draft, path);
};

// Work folders ------------------------------------------------------------------------------------------------------

const newWorkFolder = (folder: string): string => {
  forgetDead(folder);
  const own = join(folder, `${process.pid}-${bootId()}-${randomUUID()}`);
  mkdirSync(own);
  process.once('exit', () => rmSync(own, { recursive: true, force: true, maxRetries: 3 }));
  return own;
};

const bootId = (): string => (readText('/proc/sys/kernel/random/boot_id') ?? '').slice(0, 8);

/** Deletes what builds have left that were killed. */
const forgetDead = (folder: string): void => {
  for (const name of readdirSync(folder)) {
    const [pid, boot] = name.split('-', 2);
    if (boot === bootId() && isAlive(Number(pid))) continue;
    rmSync(join(folder, name), { recursive: true, force: true });
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

// Blobs -------------------------------------------------------------------------------------------------------------

/** A blob on its way into the store: its digest is known when all is written. */
export interface BlobWriter {
  write(chunk: Uint8Array): void;
  /** Puts it in its place. */
  finish(): Layer;
  /** Forgets it. */
  drop(): void;
}

/** Small writes are gathered, since each costs as much as a large one. */
const GATHERED = 1 << 20;

export const newBlob = (store: Store): BlobWriter => {
  const draft = join(store.workFolder(), randomUUID());
  const out = openSync(draft, 'wx');
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(GATHERED);
  let filled = 0;
  let size = 0;
  const flush = () => {
    if (filled === 0) return;
    const chunk = buffer.subarray(0, filled);
    hash.update(chunk);
    writeAll(out, chunk);
    filled = 0;
  };
  return {
    write(chunk) {
      size += chunk.length;
      if (filled + chunk.length > GATHERED) flush();
      if (chunk.length >= GATHERED) {
        hash.update(chunk);
        writeAll(out, chunk);
      } else {
        buffer.set(chunk, filled);
        filled += chunk.length;
      }
    },
    finish() {
      flush();
      closeSync(out);
      const diffId = `sha256:${hash.digest('hex')}`;
      renameSync(draft, store.blobPath(diffId));
      return { diffId, size };
    },
    drop() {
      closeSync(out);
      rmSync(draft, { force: true });
    },
  };
};

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
