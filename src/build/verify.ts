import { existsSync, lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../oci/image.ts';
import { onDisk } from '../oci/names.ts';
import { readTar } from '../oci/untar.ts';
import { readBlob } from './blobs.ts';
import { forgetImage } from './prune.ts';
import { digestOfAll } from './read-file.ts';
import type { Store } from './store.ts';
import { type CacheFile, cacheFiles, removeFolder, sweeping } from './sweep.ts';

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
      ...brokenDownloads(store),
      ...cacheFiles(store).flatMap((file) => brokenStep(store, file)),
    ];
    return { blobs: blobs.length, problems };
  });

const brokenBlob = (store: Store, name: string): readonly string[] => {
  const path = store.path('blobs', 'sha256', name);
  const actual = digestOfAll(path);
  if (actual === name) return [];
  rmSync(path, { recursive: true, force: true });
  removeFolder(store, store.path('layers', name));
  return [`the blob sha256:${name} had another content, with the digest ${actual}: deleted`];
};

const brokenFolders = (store: Store): readonly string[] =>
  readdirSync(store.path('layers')).flatMap((name) => {
    const flaw = store.hasBlob(`sha256:${name}`) ? flawIn(store, name) : 'had no blob';
    if (flaw === undefined) return [];
    removeFolder(store, store.path('layers', name));
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
      const stat = lstatSync(onDisk(store.path('layers', name, path)), { throwIfNoEntry: false });
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
  const parts = store.platforms(id);
  if (parts.length > 0 ? parts.every((each) => store.image(each.id)) : store.image(id)) return [];
  store.removeName(name);
  return [`the image ${name} has lost a layer: its name is deleted; build or pull it again`];
};

const brokenDownloads = ({ folder }: Store): readonly string[] => {
  const downloads = join(folder, 'downloads');
  if (!existsSync(downloads)) return [];
  return readdirSync(downloads).flatMap((name) => {
    const path = join(downloads, name);
    if (!/^[0-9a-f]{64}$/.test(name) || digestOfAll(path) === name) return [];
    rmSync(path, { force: true });
    return [`the download ${name.slice(0, 12)} had another content: deleted`];
  });
};

const brokenStep = (store: Store, { path, blob }: CacheFile): readonly string[] => {
  if (blob === undefined || store.hasBlob(`sha256:${blob}`)) return [];
  rmSync(path, { force: true });
  return [`a step's layer sha256:${blob.slice(0, 12)} is gone: the step will run again`];
};
