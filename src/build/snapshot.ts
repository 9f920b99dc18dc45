import { type BigIntStats, lstatSync, lutimesSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ImageError } from '../oci/error.ts';
import { onDisk } from '../oci/names.ts';
import { capabilitiesOf, isProgram, opaqueFolders } from './attributes.ts';
import type { SourceFile } from './files.ts';
import { listOf, targetOf } from './listing.ts';
import { deviceOf } from './marks.ts';
import { digestOfFile, readInto } from './read-file.ts';
import { fileTime } from './times.ts';
import { folderOf, joined, nameOf, type Tree, type TreeEntry } from './tree.ts';
import { CAPABILITY } from './xattr.ts';

/** Deletes what was made to mount something on, where the step has left it as it was. */
export const removeStubs = (upper: string, stubs: readonly string[]): void => {
  for (const path of stubs.toReversed()) {
    if (!isBelowFolders(upper, path)) continue;
    const full = join(upper, path);
    const stat = lstatSync(full, { throwIfNoEntry: false });
    if (stat?.isFile() && stat.size === 0) rmSync(full);
    else if (stat?.isDirectory() && readdirSync(full).length === 0) rmdirSync(full);
  }
};

/** A step may have put a link in the place of a folder, which leads to the machine's files. */
const isBelowFolders = (upper: string, path: string): boolean => {
  for (let at = folderOf(path); at !== ''; at = folderOf(at))
    if (!lstatSync(join(upper, at), { throwIfNoEntry: false })?.isDirectory()) return false;
  return true;
};

/**
 * What a step has changed, as the upper folder of its overlay tells: the entries of a layer, in order of path. What was
 * deleted is told besides where there was no overlay.
 */
export const changedFiles = (
  upper: string,
  tree: Tree,
  mtime: number | undefined,
  warn: (text: string) => void,
  deleted?: readonly string[],
): readonly SourceFile[] => {
  const walk: Walk = {
    upper,
    tree,
    mtime,
    links: new Map(),
    opaque: deleted ? new Set() : opaqueFolders(upper, tree),
    deleted: byFolder(deleted ?? []),
    found: [],
    doubtful: new Map(),
    same: [],
  };
  visit(walk, '');
  for (const path of walk.same) forget(walk, path);
  return inOrder(withCapabilities(walk, warn));
};

/** In the order in which they were looked at, so that the first name of a file comes before the links to it. */
const inOrder = (entries: readonly SourceFile[]): readonly SourceFile[] =>
  entries
    .map((entry) => ({ entry, key: entry.path.replaceAll('/', '\0') }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ entry }) => entry);

const byFolder = (paths: readonly string[]): ReadonlyMap<string, readonly string[]> => {
  const folders = new Map<string, string[]>();
  for (const path of paths) {
    const known = folders.get(folderOf(path));
    if (known) known.push(path);
    else folders.set(folderOf(path), [path]);
  }
  return folders;
};

/** Gives the files of a step the time that its layer tells, so that later steps see the same as when the layer is unpacked. */
export const setTimes = (upper: string, entries: readonly SourceFile[]): void => {
  for (const { path, type, mtime } of entries.toReversed()) {
    if (type !== 'hardlink' && !nameOf(path).startsWith('.wh.'))
      lutimesSync(onDisk(join(upper, path)), fileTime(mtime), fileTime(mtime));
  }
};

interface Walk {
  readonly upper: string;
  readonly tree: Tree;
  /** Undefined: each file keeps its own. */
  readonly mtime: number | undefined;
  /** The first path of each inode that has several. */
  readonly links: Map<bigint, string>;
  readonly opaque: ReadonlySet<string>;
  /** By the folders that they were in. */
  readonly deleted: ReadonlyMap<string, readonly string[]>;
  readonly found: SourceFile[];
  /** Programs of which only the capabilities may have changed, which are not known yet, as they were. */
  readonly doubtful: Map<string, TreeEntry>;
  /** Directories in which nothing has changed. */
  readonly same: string[];
}

const visit = (walk: Walk, folder: string): void => {
  const { upper, tree, opaque, found } = walk;
  const names = listOf(join(upper, folder)).toSorted();
  if (opaque.has(folder)) {
    const own = new Set(names);
    for (const name of tree.list(folder)) if (!own.has(name)) found.push(whiteout(walk, joined(folder, name)));
  }
  const isKnown = (path: string) => tree.entry(path) !== undefined || tree.list(path).length > 0;
  for (const path of walk.deleted.get(folder) ?? []) if (isKnown(path)) found.push(whiteout(walk, path));
  for (const name of names) {
    const path = joined(folder, name);
    const stat = lstatSync(onDisk(join(upper, path)), { bigint: true });
    if (stat.isCharacterDevice() && stat.rdev === 0n) {
      if (isKnown(path)) found.push(whiteout(walk, path));
      continue;
    }
    if (name.startsWith('.wh.'))
      throw new ImageError(`a step made /${path}, and such names mean deleted files in a layer`);
    // Nobody listens there any more; what it has replaced is gone all the same.
    if (stat.isSocket()) {
      if (isKnown(path)) found.push(whiteout(walk, path));
      continue;
    }
    visitEntry(walk, path, stat);
  }
};

const visitEntry = (walk: Walk, path: string, stat: BigIntStats): void => {
  const entry = entryOf(walk, path, stat);
  const at = walk.found.length;
  if (stat.isDirectory()) visit(walk, path);
  if (walk.found.length === at && isUnchanged(walk, entry, stat)) {
    if (stat.isDirectory()) walk.same.push(path);
  } else walk.found.push(entry);
};

/** A directory that was only passed through has the time that it had. */
const forget = ({ upper, tree }: Walk, path: string): void => {
  const before = tree.entry(path);
  const full = onDisk(join(upper, path));
  if (readdirSync(full).length === 0) rmdirSync(full);
  else if (before) lutimesSync(full, fileTime(before.mtime), fileTime(before.mtime));
};

const whiteout = ({ mtime = 0 }: Walk, path: string): SourceFile => ({
  path: joined(folderOf(path), `.wh.${nameOf(path)}`),
  type: 'file',
  mode: 0,
  uid: 0,
  gid: 0,
  size: 0,
  mtime,
});

const entryOf = (walk: Walk, path: string, stat: BigIntStats): SourceFile => {
  const full = join(walk.upper, path);
  const mode = Number(stat.mode) & 0o7777;
  const base = {
    path,
    mode,
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    size: 0,
    mtime: walk.mtime ?? secondsOf(stat),
  };
  if (stat.isDirectory()) return { ...base, type: 'directory' };
  const first = stat.nlink > 1n ? walk.links.get(stat.ino) : undefined;
  if (first !== undefined) return { ...base, type: 'hardlink', link: first };
  if (stat.nlink > 1n) walk.links.set(stat.ino, path);
  if (stat.isSymbolicLink()) return { ...base, type: 'symlink', mode: 0o777, link: targetOf(full) };
  if (stat.isFIFO()) return { ...base, type: 'fifo' };
  if (stat.isCharacterDevice() || stat.isBlockDevice())
    return { ...base, type: stat.isBlockDevice() ? 'block' : 'character', device: deviceOf(Number(stat.rdev)) };
  const size = Number(stat.size);
  return { ...base, type: 'file', size, content: (write) => readInto(full, size, write) };
};

const secondsOf = ({ mtimeNs }: BigIntStats): number => Number(mtimeNs / 1_000_000_000n);

/** Whether a file was only looked at for writing, or a directory stands there for what is in it alone. */
const isUnchanged = ({ tree, upper, mtime, doubtful }: Walk, entry: SourceFile, stat: BigIntStats): boolean => {
  const before = tree.entry(entry.path);
  if (!before || before.type !== entry.type) return false;
  // What several names share has to be in the layer for them to share it.
  if (entry.type !== 'directory' && stat.nlink > 1n) return false;
  const isSame =
    before.mode === entry.mode && before.uid === entry.uid && before.gid === entry.gid && before.link === entry.link;
  if (!isSame || entry.type === 'directory') return isSame;
  if (before.mtime !== mtime && BigInt(before.mtime) * 1_000_000_000n !== stat.mtimeNs) return false;
  if (entry.type !== 'file')
    return before.device?.major === entry.device?.major && before.device?.minor === entry.device?.minor;
  if (before.size !== entry.size || digestOfFile(join(upper, entry.path), entry.size) !== tree.digest(before))
    return false;
  if (!isProgram(entry)) return true;
  doubtful.set(entry.path, before);
  return false;
};

const withCapabilities = (
  { upper, found: entries, doubtful }: Walk,
  warn: (text: string) => void,
): readonly SourceFile[] => {
  const paths = entries.filter(isProgram).map(({ path }) => path);
  if (paths.length === 0) return entries;
  const values = capabilitiesOf(upper, paths, warn);
  return entries.flatMap((entry) => {
    const value = values.get(entry.path);
    const before = doubtful.get(entry.path);
    if (before && isSame(before.xattrs?.get(CAPABILITY), value)) return [];
    return value ? [{ ...entry, xattrs: new Map([[CAPABILITY, value]]) }] : [entry];
  });
};

const isSame = (one: Uint8Array | undefined, other: Uint8Array | undefined): boolean =>
  Buffer.from(one ?? []).equals(Buffer.from(other ?? []));
