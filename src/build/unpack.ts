import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  futimesSync,
  lchownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { ImageError } from '../oci/error.ts';
import type { Layer } from '../oci/image.ts';
import { writeAll } from '../oci/layout.ts';
import { type PlacedEntry, readTar } from '../oci/untar.ts';
import { readBlob, type Store } from './store.ts';
import { clean, folderOf, joined, nameOf, treeOf } from './tree.ts';

/** The folders of the layers, the top one first, each unpacked once for all builds, as an overlay takes them. */
export const layerFolders = (store: Store, layers: readonly Layer[]): readonly string[] =>
  layers.map((_layer, at) => unpacked(store, layers, at)).reverse();

const unpacked = (store: Store, layers: readonly Layer[], at: number): string => {
  const layer = layers[at];
  if (!layer) throw new Error('there is no such layer');
  const folder = store.layerFolder(layer.diffId);
  if (existsSync(folder)) return folder;
  const draft = join(store.workFolder(), `unpack-${at}-${layer.diffId.slice(7, 19)}`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft);
  const umask = process.umask(0);
  try {
    unpack(store, layers, at, draft);
  } finally {
    process.umask(umask);
  }
  return settle(draft, folder);
};

/** Another build may have been faster. */
export const settle = (draft: string, folder: string): string => {
  try {
    renameSync(draft, folder);
  } catch {
    if (!existsSync(folder)) throw new Error(`the layer folder ${folder} cannot be made`);
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
};

const OPAQUE = '.wh..wh..opq';

const unpack = (store: Store, layers: readonly Layer[], at: number, draft: string): void => {
  const layer = layers[at];
  if (!layer) return;
  const folders: PlacedEntry[] = [];
  const whiteouts: string[] = [];
  readBlob(store, layer.diffId, (read) => {
    for (const entry of readTar(read)) {
      if (clean(entry.path) !== entry.path)
        throw new ImageError(`the layer ${layer.diffId} has an entry outside of it: ${entry.path}`);
      const name = nameOf(entry.path);
      if (name === OPAQUE) whiteouts.push(...hiddenBy(store, layers.slice(0, at), folderOf(entry.path)));
      else if (name.startsWith('.wh.')) whiteouts.push(joined(folderOf(entry.path), name.slice(4)));
      else {
        place(draft, entry, read);
        if (entry.type === 'directory') folders.push(entry);
      }
    }
  });
  for (const path of new Set(whiteouts)) makeWhiteout(draft, path);
  for (const folder of folders.reverse()) lutimesSync(join(draft, folder.path), folder.mtime, folder.mtime);
};

/** What an opaque directory hides, one by one. */
const hiddenBy = (store: Store, below: readonly Layer[], folder: string): readonly string[] =>
  treeOf(store, below)
    .list(folder)
    .map((name) => joined(folder, name));

/** An overlay's own sign for a deleted file; what the layer itself has there stays. */
const makeWhiteout = (draft: string, path: string): void => {
  const full = join(draft, path);
  if (existsSync(full)) return;
  mkdirSync(join(draft, folderOf(path)), { recursive: true, mode: 0o755 });
  node(full, ['c', '0', '0'], 0);
};

const node = (full: string, kind: readonly string[], mode: number): void => {
  const { status, stderr } = spawnSync('mknod', ['-m', mode.toString(8), full, ...kind], { encoding: 'utf8' });
  if (status !== 0) throw new ImageError(`cannot make the device ${full}: ${stderr?.trim() ?? 'mknod is missing'}`);
};

const isRoot = process.geteuid?.() === 0;

const place = (draft: string, entry: PlacedEntry, read: (offset: number, length: number) => Uint8Array): void => {
  const { path, type, mode, mtime } = entry;
  const full = join(draft, path);
  if (path === '') return;
  if (type === 'directory') {
    mkdirSync(full, { recursive: true, mode });
    chmodSync(full, mode);
    own(full, entry);
    return;
  }
  mkdirSync(join(draft, folderOf(path)), { recursive: true, mode: 0o755 });
  if (existsSync(full)) rmSync(full, { recursive: true, force: true });
  if (type === 'hardlink') return linkSync(join(draft, clean(entry.link ?? '')), full);
  if (type === 'symlink') symlinkSync(entry.link ?? '', full);
  else if (type === 'file') writeContent(full, entry, read);
  else if (type === 'fifo') node(full, ['p'], mode);
  else
    node(
      full,
      [type === 'block' ? 'b' : 'c', String(entry.device?.major ?? 0), String(entry.device?.minor ?? 0)],
      mode,
    );
  own(full, entry);
  if (type === 'file' && mode & 0o7000) chmodSync(full, mode);
  if (type !== 'file') lutimesSync(full, mtime, mtime);
};

/** Who unpacks as root owns what he makes. */
const own = (full: string, { uid, gid }: PlacedEntry): void => {
  if (isRoot && (uid !== 0 || gid !== 0)) lchownSync(full, uid, gid);
};

const PART = 1 << 20;

const writeContent = (full: string, entry: PlacedEntry, read: (offset: number, length: number) => Uint8Array): void => {
  const out = openSync(full, 'wx', entry.mode & 0o777);
  try {
    for (let done = 0; done < entry.size; done += PART) {
      writeAll(out, read(entry.at + done, Math.min(PART, entry.size - done)));
    }
    futimesSync(out, entry.mtime, entry.mtime);
  } finally {
    closeSync(out);
  }
};
