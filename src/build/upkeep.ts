import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ImageError } from '../oci/error.ts';
import { digestOf, hexOf } from '../oci/image.ts';
import { readTar } from '../oci/untar.ts';
import { partsOfFile } from './compress.ts';
import { DRAFT } from './small-files.ts';
import { type CacheEntry, readBlob, type Store } from './store.ts';
import { guardedSync, storeTrouble } from './trouble.ts';
import { isMarked, othersIn, sweepText } from './work-folder.ts';

/** Keeps builds from starting while files are deleted. Throws ImageError while one goes on. */
const sweeping = <T>(store: Store, action: () => T): T => {
  store.workFolder();
  const mark = store.path('sweep');
  if (isMarked(mark)) throw new ImageError('another process cleans the store already');
  guardedSync(store.folder, () => writeFileSync(mark, sweepText()));
  try {
    const [other] = othersIn(store.path('work'));
    if (other !== undefined)
      throw new ImageError(`process ${other} builds with the store ${store.folder}; try again when it has ended`);
    clearDrafts(store);
    return action();
  } finally {
    rmSync(mark, { force: true });
  }
};

/** Deletes what was being written when a process was killed. */
const clearDrafts = (store: Store): void => {
  for (const folder of ['names', 'images', 'sizes', 'cache', 'compressed', 'origins'])
    for (const name of readdirSync(store.path(folder), { recursive: true, encoding: 'utf8' }))
      if (name.includes(DRAFT)) rmSync(store.path(folder, name), { force: true });
};

// Names -------------------------------------------------------------------------------------------------------------

/** Takes the name away, and the image with its last name. Its layers stay for builds, until `prune`. */
export const removeImage = (store: Store, name: string): { readonly untagged: string; readonly deleted?: string } => {
  const id = store.names().find((each) => each.name === name)?.id;
  store.removeName(name);
  if (id === undefined || store.names().some((each) => each.id === id)) return { untagged: name };
  forgetImage(store, hexOf(id));
  return { untagged: name, deleted: id };
};

/** Deletes an image that has no name. */
export const removeNameless = (store: Store, id: string): void => forgetImage(store, hexOf(id));

const forgetImage = (store: Store, hex: string): void => {
  rmSync(store.path('images', hex), { force: true });
  rmSync(store.path('sizes', hex), { force: true });
};

// Pruning -----------------------------------------------------------------------------------------------------------

export interface Pruned {
  /** Bytes on disk. */
  readonly freed: number;
  readonly kept: number;
  readonly images: number;
  readonly steps: number;
}

interface CacheFile {
  readonly path: string;
  readonly used: number;
  /** Names of files among the blobs. */
  readonly blob: string | undefined;
}

/** Deletes what no named image needs; what builds made is kept, the last used first, while all stays below `keep` bytes. */
export const prune = (store: Store, keep: number): Pruned =>
  sweeping(store, () => {
    const before = sizeOf(store.path());
    const images = forgetNameless(store);
    const needed = new Set(neededBlobs(store));
    let room = keep - sumOf([...needed].map((blob) => sizeOfLayer(store, blob)));
    let steps = 0;
    for (const { path, blob } of cacheFiles(store)) {
      const size = blob === undefined || needed.has(blob) ? 0 : sizeOfLayer(store, blob);
      const isKept = blob !== undefined && (needed.has(blob) || size <= room);
      if (isKept) {
        room -= size;
        needed.add(blob);
      } else if (blob !== undefined || keep === 0) {
        rmSync(path, { force: true });
        steps++;
      }
    }
    forgetBlobs(store, needed);
    const kept = sizeOf(store.path());
    return { freed: Math.max(0, before - kept), kept, images, steps };
  });

const forgetNameless = (store: Store): number => {
  const named = new Set(store.names().map(({ id }) => hexOf(id)));
  const nameless = readdirSync(store.path('images')).filter((hex) => !named.has(hex));
  for (const hex of nameless) forgetImage(store, hex);
  return nameless.length;
};

const neededBlobs = (store: Store): readonly string[] =>
  store.names().flatMap(({ id }) => store.image(id)?.layers.map(({ diffId }) => hexOf(diffId)) ?? []);

const sumOf = (sizes: readonly number[]): number => {
  let sum = 0;
  for (const size of sizes) sum += size;
  return sum;
};

const sizeOfLayer = (store: Store, blob: string): number =>
  sizeOf(store.path('blobs', 'sha256', blob)) + sizeOf(store.path('layers', blob));

/** On disk, with all that is below. */
const sizeOf = (path: string): number => {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.blocks * 512;
  return sumOf(readdirSync(path).map((name) => sizeOf(join(path, name))));
};

const cacheFiles = (store: Store): readonly CacheFile[] =>
  readdirSync(store.path('cache'), { recursive: true, encoding: 'utf8' })
    .map((name) => store.path('cache', name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
    .map((path) => ({ path, used: statSync(path).mtimeMs, blob: blobOf(path) }))
    .toSorted((a, b) => b.used - a.used);

const blobOf = (path: string): string | undefined => {
  try {
    const { layer }: CacheEntry = JSON.parse(readFileSync(path, 'utf8'));
    return layer && hexOf(layer.diffId);
  } catch {
    return undefined;
  }
};

const forgetBlobs = (store: Store, needed: ReadonlySet<string>): void => {
  const kept = new Set(needed);
  for (const file of readdirSync(store.path('compressed'))) {
    const made = needed.has(file.replace(/\..*$/, '')) ? compressedIn(store.path('compressed', file)) : undefined;
    if (made === undefined) rmSync(store.path('compressed', file), { force: true });
    else kept.add(made);
  }
  const folders = [
    ['blobs/sha256', kept],
    ['layers', needed],
    ['origins', needed],
  ] as const;
  for (const [folder, keeps] of folders)
    for (const name of readdirSync(store.path(folder))) if (!keeps.has(name)) removeTree(store.path(folder, name));
};

/** Files of other users, as steps without root make them, are deleted in a namespace of theirs. */
const removeTree = (path: string): void => {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    const args = ['--user', '--map-root-user', '--map-auto', 'rm', '-rf', path];
    if (spawnSync('unshare', args, { stdio: 'ignore' }).status !== 0) throw storeTrouble(path, error);
  }
};

const compressedIn = (path: string): string | undefined => {
  try {
    const { digest }: { digest: string } = JSON.parse(readFileSync(path, 'utf8'));
    return hexOf(digest);
  } catch {
    return undefined;
  }
};

// Verifying ---------------------------------------------------------------------------------------------------------

export interface Verified {
  readonly blobs: number;
  /** A line for each thing that was wrong, and what was done. */
  readonly problems: readonly string[];
}

/** Recomputes every digest; what is wrong is deleted, so that the next build or pull makes it anew. */
export const verifyStore = (store: Store): Verified =>
  sweeping(store, () => {
    const blobs = readdirSync(store.path('blobs', 'sha256'));
    const problems = [
      ...blobs.flatMap((name) => brokenBlob(store, name)),
      ...brokenFolders(store),
      ...readdirSync(store.path('images')).flatMap((hex) => brokenImage(store, hex)),
      ...store.names().flatMap(({ name, id }) => lostImage(store, name, id)),
      ...cacheFiles(store).flatMap((file) => brokenStep(store, file)),
    ];
    return { blobs: blobs.length, problems };
  });

const brokenBlob = (store: Store, name: string): readonly string[] => {
  const path = store.path('blobs', 'sha256', name);
  const hash = createHash('sha256');
  for (const part of partsOfFile(path, 1 << 20)) hash.update(part);
  const actual = hash.digest('hex');
  if (actual === name) return [];
  rmSync(path, { recursive: true, force: true });
  removeTree(store.path('layers', name));
  return [`the blob sha256:${name} had another content, with the digest ${actual}: deleted`];
};

const brokenFolders = (store: Store): readonly string[] =>
  readdirSync(store.path('layers')).flatMap((name) => {
    const flaw = store.hasBlob(`sha256:${name}`) ? flawIn(store, name) : 'had no blob';
    if (flaw === undefined) return [];
    removeTree(store.path('layers', name));
    return [`the files of the layer sha256:${name.slice(0, 12)} ${flaw}: deleted`];
  });

/** What is unpacked must have the size that the archive tells; undefined where all has, or nobody may look. */
const flawIn = (store: Store, name: string): string | undefined => {
  const sizes = new Map<string, number>();
  readBlob(store, `sha256:${name}`, (read) => {
    for (const { path, type, size } of readTar(read))
      if (type !== 'file' || /(?:^|\/)\.wh\./.test(path)) sizes.delete(path);
      else sizes.set(path, size);
  });
  try {
    const lost = [...sizes].find(([path, size]) => {
      const stat = lstatSync(store.path('layers', name, path), { throwIfNoEntry: false });
      return stat?.size !== size;
    });
    return lost && `had lost \`${lost[0]}\``;
  } catch {
    return undefined;
  }
};

const brokenImage = (store: Store, hex: string): readonly string[] => {
  if (digestOf(readFileSync(store.path('images', hex))) === `sha256:${hex}`) return [];
  forgetImage(store, hex);
  return [`the configuration of the image sha256:${hex} had another content: deleted`];
};

const lostImage = (store: Store, name: string, id: string): readonly string[] => {
  if (store.image(id)) return [];
  store.removeName(name);
  return [`the image ${name} has lost a layer: its name is deleted; build or pull it again`];
};

const brokenStep = (store: Store, { path, blob }: CacheFile): readonly string[] => {
  if (blob === undefined || store.hasBlob(`sha256:${blob}`)) return [];
  rmSync(path, { force: true });
  return [`a step's layer sha256:${blob.slice(0, 12)} is gone: the step will run again`];
};
