import {
  chmodSync,
  closeSync,
  existsSync,
  futimesSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ImageError } from '../oci/error.ts';
import type { Image } from '../oci/image.ts';
import { onDisk } from '../oci/names.ts';
import { paddingOf, TAR_END, tarHeader } from '../oci/tar.ts';
import { writeAll } from '../oci/write-all.ts';
import { readBlob, writeParts } from './blobs.ts';
import type { SourceFile } from './files.ts';
import type { Store } from './store.ts';
import { fileTime } from './times.ts';
import { joined, type Tree, type TreeEntry, treeOf } from './tree.ts';
import { placeFiles } from './unpack.ts';
import { setAttributes } from './xattr.ts';

type Write = (chunk: Uint8Array) => void;

/** An image whose files are to be in a folder of their own, or in none. */
export interface FilesPart {
  readonly image: Image;
  readonly folder: string | undefined;
}

/** Writes all files of images as one archive; those that are one file by hard links stay so. */
export const writeRootArchive = (store: Store, parts: readonly FilesPart[], write: Write): void => {
  const folders = new Set<string>();
  for (const { image, folder } of parts) {
    if (folder !== undefined) write(tarHeader({ ...FOLDER, path: folder }));
    for (const entry of rootEntries(store, image)) {
      if (folder === undefined && entry.type === 'directory' && folders.has(entry.path)) continue;
      folders.add(entry.path);
      write(tarHeader(folder === undefined ? entry : inFolder(entry, folder)));
      if (entry.type !== 'file') continue;
      readContent(store, entry, write);
      write(new Uint8Array(paddingOf(entry.size)));
    }
  }
  write(TAR_END);
};

const FOLDER = { type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0 } as const;

const inFolder = (entry: TreeEntry, folder: string): TreeEntry => ({
  ...entry,
  path: joined(folder, entry.path),
  ...(entry.type === 'hardlink' && entry.link !== undefined ? { link: joined(folder, entry.link) } : {}),
});

/** Every file, a directory before what is in it; the second name of a file is a hard link to the first. */
export function* rootEntries(store: Store, { layers }: Pick<Image, 'layers'>): Generator<TreeEntry> {
  const tree = treeOf(store, layers);
  const seen = new Map<string, string>();
  for (const entry of below(tree, '')) {
    if (entry.path.split('/').includes('..') || entry.type === 'hardlink')
      throw new ImageError(`the image has an entry that leads nowhere in it: ${entry.path}`);
    const place = `${entry.layer} ${entry.at}`;
    const first = entry.type === 'file' ? seen.get(place) : undefined;
    if (entry.type === 'file' && first === undefined) seen.set(place, entry.path);
    yield first === undefined ? entry : { ...entry, type: 'hardlink', link: first, size: 0 };
  }
}

function* below(tree: Tree, folder: string): Generator<TreeEntry> {
  for (const name of tree.list(folder)) {
    const path = joined(folder, name);
    const entry = tree.entry(path);
    if (entry) yield entry;
    if (!entry || entry.type === 'directory') yield* below(tree, path);
  }
}

const readContent = (store: Store, { layer, at, size }: TreeEntry, write: Write): void =>
  readBlob(store, layer, (read) => writeParts(read, at, size, write));

/** Puts all files into an empty folder, devices and all, for a step to work on. */
export const placeImage = (store: Store, image: Pick<Image, 'layers'>, folder: string): void => {
  const files = Array.from(rootEntries(store, image), (entry): SourceFile => {
    const content = (write: Write) => readContent(store, entry, write);
    return entry.type === 'file' ? { ...entry, content } : entry;
  });
  placeFiles(folder, files);
};

/** What of an image a folder did not take. */
export interface Omissions {
  readonly devices: number;
  /** Only root may give files to others. */
  readonly owners: number;
  /** Only root may give them, and the optional package has to be there. */
  readonly capabilities: number;
}

/** Writes all files of an image into a folder; what is in the way there is replaced, and links are not followed. */
export const writeRootFolder = (store: Store, image: Image, folder: string): Omissions => {
  const isRoot = process.geteuid?.() === 0;
  const folders: TreeEntry[] = [];
  let [devices, owners, capabilities] = [0, 0, 0];
  makeFolder(folder);
  for (const entry of rootEntries(store, image)) {
    const full = join(folder, entry.path);
    if (entry.type === 'character' || entry.type === 'block' || entry.type === 'fifo') {
      devices++;
      continue;
    }
    makeRoom(folder, entry.path, entry.type === 'directory');
    place(store, entry, folder);
    if (entry.type === 'directory') folders.push(entry);
    if (!isRoot) owners += entry.uid !== 0 || entry.gid !== 0 ? 1 : 0;
    else if (entry.type !== 'hardlink') lchownSync(onDisk(full), entry.uid, entry.gid);
    finish(full, entry);
    // Another mode or owner would take them away.
    if (entry.type === 'file' && entry.xattrs && setAttributes(full, entry.xattrs)) capabilities++;
  }
  for (const { path, mode, mtime } of folders.reverse()) {
    chmodSync(onDisk(join(folder, path)), mode);
    lutimesSync(onDisk(join(folder, path)), fileTime(mtime), fileTime(mtime));
  }
  return { devices, owners, capabilities };
};

/** Node itself tries for ever where a folder takes none, as `/proc` does. */
const makeFolder = (folder: string): void => {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
};

/** Above a path are folders, and nothing that is in the way is at it. */
const makeRoom = (folder: string, path: string, isFolder: boolean): void => {
  const parts = path.split('/');
  for (let length = 1; length <= parts.length; length++) {
    const full = onDisk(join(folder, ...parts.slice(0, length)));
    const stat = lstatSync(full, { throwIfNoEntry: false });
    const isLast = length === parts.length;
    if (stat && !(stat.isDirectory() && (!isLast || isFolder))) rmSync(full, { recursive: true, force: true });
    if (!isLast) mkdirSync(full, { recursive: true });
  }
};

const place = (store: Store, entry: TreeEntry, folder: string): void => {
  const full = join(folder, entry.path);
  if (entry.type === 'directory') mkdirSync(onDisk(full), { recursive: true, mode: 0o700 });
  else if (entry.type === 'hardlink') linkSync(onDisk(join(folder, entry.link ?? '')), onDisk(full));
  else if (entry.type === 'symlink') symlinkSync(onDisk(entry.link ?? ''), onDisk(full));
  else {
    const out = openSync(onDisk(full), 'wx', 0o600);
    try {
      readContent(store, entry, (chunk) => writeAll(out, chunk));
      futimesSync(out, fileTime(entry.mtime), fileTime(entry.mtime));
    } finally {
      closeSync(out);
    }
  }
};

/** After the owner, for a change of it takes setuid away. */
const finish = (full: string, { type, mode, mtime }: TreeEntry): void => {
  if (type === 'file') chmodSync(onDisk(full), mode);
  if (type === 'symlink') lutimesSync(onDisk(full), fileTime(mtime), fileTime(mtime));
};
