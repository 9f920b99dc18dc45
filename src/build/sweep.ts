import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { ImageError } from '../oci/error.ts';
import { hexOf } from '../oci/image.ts';
import { DRAFT } from './small-files.ts';
import type { CacheEntry, Store } from './store.ts';
import { guardedSync, storeTrouble } from './trouble.ts';
import { isMarked, othersIn, sweepText } from './work-folder.ts';

/** Keeps builds from starting while files are deleted. Throws ImageError while one goes on. */
export const sweeping = <T>(store: Store, action: () => T): T => {
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

/** Files of other users, as steps without root make them, are deleted in a namespace of theirs. */
export const removeTree = (path: string): void => {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    const args = ['--user', '--map-root-user', '--map-auto', 'rm', '-rf', path];
    if (spawnSync('unshare', args, { stdio: 'ignore' }).status !== 0) throw storeTrouble(path, error);
  }
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
