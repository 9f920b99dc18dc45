import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ImageError } from '../oci/error.ts';
import { hexOf } from '../oci/image.ts';
import { removeTree } from './remove-tree.ts';
import { DRAFT } from './small-files.ts';
import { type CacheEntry, FILE_FOLDERS, type Store } from './store.ts';
import { guardedSync } from './trouble.ts';
import { isSwept, othersIn, sweepText } from './work-folder.ts';

/** Keeps builds from starting while files are deleted. Throws ImageError while one goes on. */
export const sweeping = <T>(store: Store, action: () => T): T => {
  store.workFolder();
  const mark = store.path('sweep');
  if (isSwept(mark)) throw new ImageError('another process cleans the store already');
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
  for (const folder of FILE_FOLDERS)
    for (const name of readdirSync(store.path(folder), { recursive: true, encoding: 'utf8' }))
      if (name.includes(DRAFT)) rmSync(store.path(folder, name), { force: true });
};

/** Deletes a folder of the store at once: who is killed half-way leaves it whole or not at all. */
export const removeFolder = (store: Store, path: string): void => {
  const moved = join(store.workFolder(), randomUUID());
  try {
    renameSync(path, moved);
  } catch {
    return removeTree(path);
  }
  removeTree(moved);
};

/** What is known of a step that was run. */
export interface CacheFile {
  readonly path: string;
  readonly used: number;
  /** Names of files among the blobs. */
  readonly blob: string | undefined;
}

/** The steps that were run, the last used first. */
export const cacheFiles = (store: Store): readonly CacheFile[] =>
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
