import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hexOf } from '../oci/image.ts';
import type { Compressed } from './compress.ts';
import type { Pulled } from './origins.ts';
import { readJson } from './small-files.ts';
import type { Store } from './store.ts';
import { cacheFiles, removeFolder, sweeping } from './sweep.ts';

/** Takes the name away, and the image with its last name. Its layers stay for builds, until `prune`. */
export const removeImage = (store: Store, name: string): { readonly untagged: string; readonly deleted?: string } => {
  const id = store.names().find((each) => each.name === name)?.id;
  store.removeName(name);
  if (id === undefined || store.names().some((each) => each.id === id)) return { untagged: name };
  removeNameless(store, id);
  return { untagged: name, deleted: id };
};

/** Deletes an image that has no name, or those for several platforms; one that a name needs stays, which is false. */
export const removeNameless = (store: Store, id: string): boolean => {
  const parts = store.platforms(id);
  rmSync(store.path('indexes', hexOf(id)), { force: true });
  const kept = keptImages(store);
  const gone = (parts.length > 0 ? parts : [{ id }]).map((each) => hexOf(each.id)).filter((hex) => !kept.has(hex));
  for (const hex of gone) forgetImage(store, hex);
  return parts.length > 0 || gone.length > 0;
};

/** The images that names and indexes stand for. */
const keptImages = (store: Store): ReadonlySet<string> => {
  const ids = store.names().flatMap(({ id }) => [id, ...store.platforms(id).map((each) => each.id)]);
  return new Set(ids.map(hexOf));
};

/** Deletes an image with all that is known of it, whoever needs it. */
export const forgetImage = (store: Store, hex: string): void => {
  rmSync(store.path('images', hex), { force: true });
  rmSync(store.path('sizes', hex), { force: true });
  rmSync(store.path('notes', `${hex}.json`), { force: true });
  rmSync(store.path('attestations', hex), { force: true });
};

export interface Pruned {
  /** Bytes on disk. */
  readonly freed: number;
  readonly kept: number;
  readonly images: number;
  /** Steps, downloads and cache mounts. */
  readonly items: number;
}

/** Something that makes builds faster, and that they do without. */
interface Item {
  readonly used: number;
  /** The layer, for a step. */
  readonly blob?: string | undefined;
  readonly size: () => number;
  readonly forget: () => void;
}

/** Deletes what no named image needs; what builds made is kept, the last used first, while all stays below `keep` bytes. */
export const prune = (store: Store, keep: number): Pruned =>
  sweeping(store, () => {
    const before = sizeOf(store.folder);
    const images = forgetNameless(store);
    const needed = new Set(neededBlobs(store));
    let room = keep - sumOf([...needed].map((blob) => sizeOfLayer(store, blob)));
    let items = 0;
    for (const { blob, size: sizeOfItem, forget } of itemsOf(store)) {
      const size = blob !== undefined && needed.has(blob) ? 0 : sizeOfItem();
      if (size <= room || (blob !== undefined && needed.has(blob))) {
        room -= size;
        if (blob !== undefined) needed.add(blob);
      } else {
        forget();
        items++;
      }
    }
    forgetBlobs(store, needed);
    forgetPulled(store);
    forgetRecords(store);
    const kept = sizeOf(store.folder);
    return { freed: Math.max(0, before - kept), kept, images, items };
  });

const itemsOf = (store: Store): readonly Item[] => {
  const steps = cacheFiles(store).map(({ path, used, blob }) => ({
    used,
    blob,
    size: () => sizeOf(path) + (blob === undefined ? 0 : sizeOfLayer(store, blob)),
    forget: () => rmSync(path, { force: true }),
  }));
  const files = ['downloads', 'mounts', 'contexts'].flatMap((folder) =>
    namesIn(join(store.folder, folder)).map((name) => {
      const path = join(store.folder, folder, name);
      const used = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      return { used, size: () => sizeOf(path), forget: () => removeFolder(store, path) };
    }),
  );
  return [...steps, ...files].toSorted((a, b) => b.used - a.used);
};

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

const forgetNameless = (store: Store): number => {
  const kept = keptImages(store);
  const nameless = readdirSync(store.path('images')).filter((hex) => !kept.has(hex));
  for (const hex of nameless) forgetImage(store, hex);
  for (const hex of namesIn(store.path('indexes')))
    if (!kept.has(hex)) rmSync(store.path('indexes', hex), { force: true });
  return nameless.length;
};

/** Of images that are not here any more nobody asks what they were. */
const forgetPulled = (store: Store): void => {
  for (const name of namesIn(store.path('pulled'))) {
    const path = store.path('pulled', name);
    const pulled = readJson<Pulled>(path);
    if (!pulled || store.image(pulled.id) === undefined) rmSync(path, { force: true });
  }
};

const neededBlobs = (store: Store): readonly string[] =>
  [...keptImages(store)].flatMap((hex) => store.image(hex)?.layers.map(({ diffId }) => hexOf(diffId)) ?? []);

const sumOf = (sizes: readonly number[]): number => {
  let sum = 0;
  for (const size of sizes) sum += size;
  return sum;
};

const sizeOfLayer = (store: Store, blob: string): number =>
  sizeOf(store.path('blobs', 'sha256', blob)) + sizeOf(store.path('layers', blob));

/** On disk, with all that is below and may be seen. */
const sizeOf = (path: string): number => {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.blocks * 512;
  return sumOf(namesIn(path).map((name) => sizeOf(join(path, name))));
};

const RECORDS_KEPT = 90 * 24 * 3600 * 1000;

/** Of a step that is gone nothing has to be told but that it was there, for a while. */
const forgetRecords = (store: Store): void => {
  for (const folder of namesIn(store.path('records', 'steps')))
    for (const name of namesIn(store.path('records', 'steps', folder)))
      if (!existsSync(store.path('cache', folder, name))) rmSync(store.path('records', 'steps', folder, name));
  for (const kind of ['files', 'builds']) {
    for (const name of namesIn(store.path('records', kind))) {
      const path = store.path('records', kind, name);
      if (Date.now() - lstatSync(path).mtimeMs > RECORDS_KEPT) rmSync(path);
    }
  }
};

const forgetBlobs = (store: Store, needed: ReadonlySet<string>): void => {
  const kept = new Set(needed);
  for (const file of readdirSync(store.path('compressed'))) {
    const path = store.path('compressed', file);
    const made = needed.has(file.replace(/\..*$/, '')) ? readJson<Compressed>(path) : undefined;
    if (made === undefined) rmSync(path, { force: true });
    else kept.add(hexOf(made.digest));
  }
  const folders = [
    [store.path('blobs', 'sha256'), kept],
    [store.path('layers'), needed],
    [store.path('origins'), needed],
    [join(store.folder, 'layer-digests'), needed],
  ] as const;
  for (const [folder, keeps] of folders)
    for (const name of namesIn(folder)) if (!keeps.has(name)) removeFolder(store, join(folder, name));
};
