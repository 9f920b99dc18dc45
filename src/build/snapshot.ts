import { type BigIntStats, lstatSync, readdirSync, readlinkSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ImageError } from '../oci/error.ts';
import type { SourceFile } from './files.ts';
import { opaqueFolders } from './opaque.ts';
import { digestOfFile, readInto } from './read-file.ts';
import { folderOf, joined, nameOf, type Tree } from './tree.ts';

/** Deletes what was made to mount something on, where the step has left it as it was. */
export const removeStubs = (upper: string, stubs: readonly string[]): void => {
  for (const path of stubs.toReversed()) {
    const full = join(upper, path);
    const stat = lstatSync(full, { throwIfNoEntry: false });
    if (stat?.isFile() && stat.size === 0) rmSync(full);
    else if (stat?.isDirectory() && readdirSync(full).length === 0) rmdirSync(full);
  }
};

/** What a step has changed, as the upper folder of its overlay tells: the entries of a layer, in order of path. */
export const changedFiles = (upper: string, tree: Tree, mtime: number): readonly SourceFile[] => {
  const found: SourceFile[] = [];
  visit({ upper, tree, mtime, links: new Map(), opaque: opaqueFolders(upper, tree) }, '', found);
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
};

interface Walk {
  readonly upper: string;
  readonly tree: Tree;
  readonly mtime: number;
  /** The first path of each inode that has several. */
  readonly links: Map<bigint, string>;
  readonly opaque: ReadonlySet<string>;
}

const visit = (walk: Walk, folder: string, found: SourceFile[]): void => {
  const names = readdirSync(join(walk.upper, folder)).sort();
  if (walk.opaque.has(folder)) {
    for (const name of walk.tree.list(folder))
      if (!names.includes(name)) found.push(whiteout(walk, joined(folder, name)));
  }
  for (const name of names) {
    const path = joined(folder, name);
    const stat = lstatSync(join(walk.upper, path), { bigint: true });
    if (stat.isCharacterDevice() && stat.rdev === 0n) {
      if (walk.tree.entry(path)) found.push(whiteout(walk, path));
      continue;
    }
    if (name.startsWith('.wh.'))
      throw new ImageError(`a step made /${path}, and such names mean deleted files in a layer`);
    const entry = entryOf(walk, path, stat);
    if (!entry) continue;
    const at = found.length;
    if (stat.isDirectory()) {
      visit(walk, path, found);
      if (found.length === at && isUnchanged(walk, entry, stat)) continue;
    } else if (isUnchanged(walk, entry, stat)) continue;
    found.push(entry);
  }
};

const whiteout = ({ mtime }: Walk, path: string): SourceFile => ({
  path: joined(folderOf(path), `.wh.${nameOf(path)}`),
  type: 'file',
  mode: 0,
  uid: 0,
  gid: 0,
  size: 0,
  mtime,
});

const entryOf = (walk: Walk, path: string, stat: BigIntStats): SourceFile | undefined => {
  const full = join(walk.upper, path);
  const mode = Number(stat.mode) & 0o7777;
  const base = { path, mode, uid: Number(stat.uid), gid: Number(stat.gid), size: 0, mtime: walk.mtime };
  if (stat.isDirectory()) return { ...base, type: 'directory' };
  if (stat.isSymbolicLink()) return { ...base, type: 'symlink', mode: 0o777, link: readlinkSync(full) };
  if (stat.isFIFO()) return { ...base, type: 'fifo' };
  if (stat.isCharacterDevice() || stat.isBlockDevice())
    return { ...base, type: stat.isBlockDevice() ? 'block' : 'character', device: deviceOf(Number(stat.rdev)) };
  if (!stat.isFile()) return undefined;
  const first = stat.nlink > 1n ? walk.links.get(stat.ino) : undefined;
  if (first !== undefined) return { ...base, type: 'hardlink', link: first };
  if (stat.nlink > 1n) walk.links.set(stat.ino, path);
  const size = Number(stat.size);
  return { ...base, type: 'file', size, content: (write) => readInto(full, size, write) };
};

const deviceOf = (rdev: number): { readonly major: number; readonly minor: number } => ({
  major: (rdev >>> 8) & 0xfff,
  minor: (rdev & 0xff) | ((rdev >>> 12) & 0xfff00),
});

/** Whether a file was only looked at for writing, or a directory stands there for what is in it alone. */
const isUnchanged = ({ tree, upper }: Walk, entry: SourceFile, stat: BigIntStats): boolean => {
  const before = tree.entry(entry.path);
  if (!before || before.type !== entry.type || entry.type === 'hardlink') return false;
  const isSame =
    before.mode === entry.mode && before.uid === entry.uid && before.gid === entry.gid && before.link === entry.link;
  if (!isSame || entry.type !== 'file') return isSame;
  if (before.size !== entry.size || BigInt(before.mtime) * 1_000_000_000n !== stat.mtimeNs) return false;
  return digestOfFile(join(upper, entry.path), entry.size) === digestOfEntry(tree, entry.path);
};

const digestOfEntry = (tree: Tree, path: string): string => {
  const entry = tree.entry(path);
  return entry ? tree.digest(entry) : '';
};
