import { createHash } from 'node:crypto';
import type { Digest, Layer } from '../oci/image.ts';
import { type PlacedEntry, readTar } from '../oci/untar.ts';
import { readBlob } from './blobs.ts';
import type { Store } from './store.ts';

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
  /** Whether a layer has deleted what was below it at this place, and nothing is there now. */
  isDeleted(path: string): boolean;
  read(entry: TreeEntry): Buffer;
  /** Hands on what reads parts of a file, by offsets from its start. */
  readParts<T>(entry: TreeEntry, use: (read: (offset: number, length: number) => Buffer) => T): T;
  /** sha256 of a file's content, in hexadecimal digits. */
  digest(entry: TreeEntry): string;
}

/** What the image's files are once the layers are laid on one another. Each layer's headers are read once for all. */
export const treeOf = (store: Store, layers: readonly Layer[]): Tree => {
  const known = trees.get(store) ?? new Map<string, Sheet>();
  trees.set(store, known);
  const sheet = sheetOf(store, layers, known);
  const tree: Tree = {
    entry: (path) => find(sheet, path),
    list: (path) => namesIn(sheet, path),
    resolve: (path) => resolveIn(tree, path),
    isDeleted: (path) => isDeletedIn(sheet, path),
    read: ({ layer, at, size }) => readBlob(store, layer, (read) => read(at, size)),
    readParts: ({ layer, at }, use) =>
      readBlob(store, layer, (read) => use((offset, length) => read(at + offset, length))),
    digest: ({ layer, at, size }) => readBlob(store, layer, (read) => digestOfPart(read, at, size)),
  };
  return tree;
};

/** A folder of a tree as if it were all of it: links in it lead nowhere else. */
export const below = (tree: Tree, folder: string): Tree => {
  const inside: Tree = {
    ...tree,
    entry: (path) => tree.entry(path === '' ? folder : joined(folder, path)),
    list: (path) => tree.list(path === '' ? folder : joined(folder, path)),
    resolve: (path) => resolveIn(inside, path),
    isDeleted: (path) => tree.isDeleted(joined(folder, path)),
  };
  return inside;
};

const PART = 1 << 20;

const digestOfPart = (read: (offset: number, length: number) => Buffer, at: number, size: number): string => {
  const hash = createHash('sha256');
  for (let done = 0; done < size; done += PART) hash.update(read(at + done, Math.min(PART, size - done)));
  return hash.digest('hex');
};

// Sheets ------------------------------------------------------------------------------------------------------------

/** What one layer adds to those below, and takes from them. */
interface Sheet {
  readonly below: Sheet | undefined;
  readonly entries: Map<string, TreeEntry>;
  /** The names that the layer has in each directory. */
  readonly children: Map<string, Set<string>>;
  /** Paths at which nothing of the layers below is seen any more. */
  readonly hidden: Set<string>;
}

const trees = new WeakMap<Store, Map<string, Sheet>>();

const sheetOf = (store: Store, layers: readonly Layer[], known: Map<string, Sheet>): Sheet => {
  let below: Sheet | undefined;
  let chain = '';
  for (const { diffId } of layers) {
    chain += diffId;
    const sheet: Sheet = known.get(chain) ?? lay(store, diffId, below);
    known.set(chain, sheet);
    below = sheet;
  }
  return below ?? newSheet(undefined);
};

const newSheet = (below: Sheet | undefined): Sheet => ({
  below,
  entries: new Map(),
  children: new Map(),
  hidden: new Set(),
});

const find = (top: Sheet | undefined, path: string): TreeEntry | undefined => {
  for (let sheet = top; sheet; sheet = sheet.below) {
    const entry = sheet.entries.get(path);
    if (entry || isHidden(sheet, path)) return entry;
  }
  return undefined;
};

const isHidden = ({ hidden }: Sheet, path: string): boolean => {
  if (hidden.size === 0) return false;
  for (let at = path; at !== ''; at = folderOf(at)) if (hidden.has(at)) return true;
  return false;
};

const isDeletedIn = (top: Sheet, path: string): boolean => {
  if (find(top, path)) return false;
  for (let sheet: Sheet | undefined = top; sheet; sheet = sheet.below) if (isHidden(sheet, path)) return true;
  return false;
};

const namesIn = (top: Sheet | undefined, path: string): readonly string[] => {
  const names = new Set<string>();
  const above: Sheet[] = [];
  for (let sheet = top; sheet; sheet = sheet.below) {
    for (const name of sheet.children.get(path) ?? [])
      if (!above.some(({ hidden }) => hidden.has(joined(path, name)))) names.add(name);
    if (isHidden(sheet, path)) break;
    if (sheet.hidden.size > 0) above.push(sheet);
  }
  return [...names].sort();
};

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/** A layer's own entries win over its whiteouts, in whatever order they stand. */
const lay = (store: Store, layer: Digest, below: Sheet | undefined): Sheet => {
  const sheet = newSheet(below);
  readBlob(store, layer, (read) => {
    for (const entry of readTar(windowed(read))) {
      const name = nameOf(entry.path);
      const folder = folderOf(entry.path);
      if (name === OPAQUE) for (const child of namesIn(below, folder)) sheet.hidden.add(joined(folder, child));
      else if (name.startsWith(WHITEOUT)) sheet.hidden.add(joined(folder, name.slice(WHITEOUT.length)));
      else add(sheet, entry, layer);
    }
  });
  return sheet;
};

const add = (sheet: Sheet, entry: PlacedEntry, layer: Digest): void => {
  const { path } = entry;
  const target = entry.type === 'hardlink' ? find(sheet, clean(entry.link ?? '')) : undefined;
  // A hard link is what it is linked to.
  sheet.entries.set(path, target ? { ...target, path } : { ...entry, layer });
  if (path === '') return;
  if (entry.type !== 'directory' && find(sheet.below, path)?.type === 'directory') sheet.hidden.add(path);
  announce(path, sheet.children);
};

const announce = (path: string, children: Map<string, Set<string>>): void => {
  for (let rest = path; rest !== ''; rest = folderOf(rest)) {
    const folder = folderOf(rest);
    const known = children.get(folder);
    if (known?.has(nameOf(rest))) return;
    if (known) known.add(nameOf(rest));
    else children.set(folder, new Set([nameOf(rest)]));
  }
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

/** What is told of a path where links are followed. */
interface Entries {
  entry(path: string): { readonly type: string; readonly link?: string | undefined } | undefined;
}

/** Where a path leads when links are followed inside the root. */
export const resolveIn = (tree: Entries, path: string): string => {
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

const LEAST_WINDOW = 1 << 12;
const MOST_WINDOW = 1 << 18;

/** Headers are read in windows, which grow while they stand close together: most do, but not those of large files. */
export const windowed = (
  read: (offset: number, length: number) => Buffer,
): ((offset: number, length: number) => Buffer) => {
  let size = LEAST_WINDOW;
  let start = 0;
  let window: Buffer = Buffer.alloc(0);
  return (offset, length) => {
    if (length > size) return read(offset, length);
    const end = start + window.length;
    if (offset < start || offset + length > end) {
      size = offset <= end + LEAST_WINDOW ? Math.min(size * 4, MOST_WINDOW) : LEAST_WINDOW;
      start = offset;
      window = read(offset, Math.max(size, length));
    }
    return window.subarray(offset - start, offset - start + length);
  };
};
