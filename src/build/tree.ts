import { createHash } from 'node:crypto';
import type { Digest, Layer } from '../oci/image.ts';
import { type PlacedEntry, readTar } from '../oci/untar.ts';
import { readBlob, type Store } from './store.ts';

/** A file of an image, and the layer that has its content. */
export interface TreeEntry extends PlacedEntry {
  readonly layer: Digest;
}

/** The files of an image as its layers tell, without unpacking any. Paths have no `/` at their start; `` is the root. */
export interface Tree {
  /** The entry itself, links not followed. */
  entry(path: string): TreeEntry | undefined;
  /** The names in a directory, sorted. */
  list(path: string): readonly string[];
  /** Where the path leads when links are followed inside the root; what is missing stays as it is written. */
  resolve(path: string): string;
  read(entry: TreeEntry): Buffer;
  /** sha256 of a file's content, in hexadecimal digits. */
  digest(entry: TreeEntry): string;
}

/** What the image's files are once the layers are laid on one another. */
export const treeOf = (store: Store, layers: readonly Layer[]): Tree => {
  const entries = new Map<string, TreeEntry>();
  const children = new Map<string, Set<string>>();
  for (const { diffId } of layers) lay(store, diffId, entries, children);
  const tree: Tree = {
    entry: (path) => entries.get(path),
    list: (path) => [...(children.get(path) ?? [])].sort(),
    resolve: (path) => resolveIn(tree, path),
    read: ({ layer, at, size }) => readBlob(store, layer, (read) => read(at, size)),
    digest: ({ layer, at, size }) => readBlob(store, layer, (read) => digestOfPart(read, at, size)),
  };
  return tree;
};

const PART = 1 << 20;

const digestOfPart = (read: (offset: number, length: number) => Buffer, at: number, size: number): string => {
  const hash = createHash('sha256');
  for (let done = 0; done < size; done += PART) hash.update(read(at + done, Math.min(PART, size - done)));
  return hash.digest('hex');
};

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/** A layer's own entries win over its whiteouts, in whatever order they stand. */
const lay = (
  store: Store,
  layer: Digest,
  entries: Map<string, TreeEntry>,
  children: Map<string, Set<string>>,
): void => {
  const added: PlacedEntry[] = [];
  readBlob(store, layer, (read) => {
    for (const entry of readTar(windowed(read))) {
      const name = nameOf(entry.path);
      const folder = folderOf(entry.path);
      if (name === OPAQUE)
        for (const child of children.get(folder) ?? []) drop(joined(folder, child), entries, children);
      else if (name.startsWith(WHITEOUT)) drop(joined(folder, name.slice(WHITEOUT.length)), entries, children);
      else added.push(entry);
    }
  });
  for (const entry of added) {
    if (entry.path === '') continue;
    const before = entries.get(entry.path);
    if (before && (before.type !== 'directory' || entry.type !== 'directory')) drop(entry.path, entries, children);
    entries.set(entry.path, { ...linked(entry, entries), layer: layerOf(entry, entries, layer) });
    announce(entry.path, children);
  }
};

/** A hard link is what it is linked to. */
const linked = (entry: PlacedEntry, entries: ReadonlyMap<string, TreeEntry>): PlacedEntry => {
  const target = entry.type === 'hardlink' ? entries.get(clean(entry.link ?? '')) : undefined;
  return target ? { ...target, path: entry.path } : entry;
};

const layerOf = (entry: PlacedEntry, entries: ReadonlyMap<string, TreeEntry>, layer: Digest): Digest =>
  entry.type === 'hardlink' ? (entries.get(clean(entry.link ?? ''))?.layer ?? layer) : layer;

const announce = (path: string, children: Map<string, Set<string>>): void => {
  for (let rest = path; rest !== ''; rest = folderOf(rest)) {
    const folder = folderOf(rest);
    const known = children.get(folder);
    if (known?.has(nameOf(rest))) return;
    if (known) known.add(nameOf(rest));
    else children.set(folder, new Set([nameOf(rest)]));
  }
};

const drop = (path: string, entries: Map<string, TreeEntry>, children: Map<string, Set<string>>): void => {
  for (const child of children.get(path) ?? []) drop(joined(path, child), entries, children);
  children.delete(path);
  children.get(folderOf(path))?.delete(nameOf(path));
  entries.delete(path);
};

export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const joined = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

/** A path as trees have it: `..` never leaves the root. */
export const clean = (path: string): string => {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
};

/** As many as Linux follows. */
const MOST_LINKS = 40;

const resolveIn = (tree: Tree, path: string): string => {
  let rest = clean(path).split('/').filter(Boolean);
  let at = '';
  for (let links = 0; rest.length > 0; ) {
    const [name = '', ...behind] = rest;
    const next = joined(at, name);
    const entry = tree.entry(next);
    if (entry?.type === 'symlink' && entry.link !== undefined && links++ < MOST_LINKS) {
      const target = entry.link.startsWith('/') ? clean(entry.link) : clean(`${at}/${entry.link}`);
      rest = [...target.split('/').filter(Boolean), ...behind];
      at = '';
      continue;
    }
    at = next;
    rest = behind;
  }
  return at;
};

/** Headers are read in windows, since most stand close together. */
const windowed = (read: (offset: number, length: number) => Buffer): ((offset: number, length: number) => Buffer) => {
  const WINDOW = 1 << 16;
  let start = 0;
  let window: Buffer = Buffer.alloc(0);
  return (offset, length) => {
    if (length > WINDOW) return read(offset, length);
    if (offset < start || offset + length > start + window.length) {
      start = offset;
      window = read(offset, WINDOW);
    }
    return window.subarray(offset - start, offset - start + length);
  };
};
