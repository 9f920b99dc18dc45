import { chmodSync, lchownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Owner } from './accounts.ts';
import { MOUNT_POINTS, type SandboxMount } from './sandbox/port.ts';
import { folderOf, type Tree } from './tree.ts';

/** The folder of a step's changes; what is seen of it as `/` is what the image has there. */
export const newUpper = (work: string, tree: Tree): string => {
  const upper = join(work, 'upper');
  const root = tree.entry('');
  mkdirSync(upper);
  chmodSync(upper, root?.mode ?? 0o755);
  if (root && (root.uid !== 0 || root.gid !== 0)) lchownSync(upper, root.uid, root.gid);
  return upper;
};

/** A place to mount on. */
export interface MountPlace {
  readonly path: string;
  readonly isFolder: boolean;
}

/** Why something cannot be mounted where it is to be: only files go on files, and directories on directories. */
export const misplacement = (tree: Tree, places: readonly MountPlace[]): string | undefined => {
  for (const { path, isFolder } of places) {
    const real = tree.resolve(path);
    const type = tree.entry(real)?.type;
    if (real === 'proc' || real.startsWith('proc/')) return `/${path} cannot be mounted on: /proc is not of the image`;
    if (type === 'symlink') return `/${path} cannot be mounted on: it is a link that leads on and on`;
    if (!isFolder && type === 'directory') return `a file cannot be mounted on the directory /${path}`;
    const file = isFolder && isFileIn(tree, real) ? real : fileAbove(tree, real);
    if (file !== undefined) return `/${path} cannot be mounted on: /${file} is a file`;
  }
  return undefined;
};

const isFileIn = (tree: Tree, path: string): boolean => (tree.entry(path)?.type ?? 'directory') !== 'directory';

const fileAbove = (tree: Tree, path: string): string | undefined => {
  for (let at = folderOf(path); at !== ''; at = folderOf(at)) if (isFileIn(tree, at)) return at;
  return undefined;
};

/** Makes what has to be there to mount on, where the image has it not; tells what was made. */
export const makeStubs = (upper: string, tree: Tree, places: readonly MountPlace[]): readonly string[] => {
  const made = new Set<string>();
  const make = (path: string, isFolder: boolean): void => {
    const real = tree.resolve(path);
    // Each step has a `/dev`, a `/proc` and a `/sys` of its own.
    if (real === '' || tree.entry(real) || made.has(real) || /^(?:dev|proc|sys)\//.test(real)) return;
    if (tree.list(real).length === 0) make(folderOf(real), true);
    copyFolders(upper, tree, folderOf(real));
    if (isFolder) makeFolder(join(upper, real), 0o755);
    else writeFileSync(join(upper, real), '', { mode: 0o644 });
    made.add(real);
  };
  // Below all layers there is one with these places.
  for (const { path, isFolder } of MOUNT_POINTS)
    if (tree.resolve(path) !== path || tree.isDeleted(path)) make(path, isFolder);
  for (const { path, isFolder } of places) make(path, isFolder);
  return [...made];
};

/** Where the target's links lead; what is in memory has the mode of the directory that it lies on, as in runc. */
export const placed = (mount: SandboxMount, tree: Tree): SandboxMount => {
  const path = tree.resolve(mount.target);
  const target = `/${path}`;
  if (mount.type !== 'tmpfs') return { ...mount, target };
  const mode = tree.entry(path)?.mode ?? 0o1777;
  return { ...mount, target, options: `${mount.options},mode=${mode.toString(8)}` };
};

/** The working directory where the image has it not, with what is missing above it; the step's user owns it. */
export const makeWorkdir = (upper: string, tree: Tree, workdir: string, { uid, gid }: Owner): void => {
  const path = tree.resolve(workdir);
  if (path === '' || tree.entry(path) || tree.list(path).length > 0 || /^(?:dev|proc|sys)\//.test(path)) return;
  makeWorkdir(upper, tree, folderOf(path), { uid, gid, groups: [] });
  const full = join(upper, path);
  copyFolders(upper, tree, folderOf(path));
  if (mkdirSync(full, { recursive: true }) === undefined) return;
  chmodSync(full, 0o755);
  if (uid !== 0 || gid !== 0) lchownSync(full, uid, gid);
};

/** A folder in the upper layer hides the attributes of the one below: it has to have the same. */
const copyFolders = (upper: string, tree: Tree, folder: string): void => {
  if (folder === '') return;
  const entry = tree.entry(folder);
  if (!entry) return makeFolder(join(upper, folder), 0o755);
  copyFolders(upper, tree, folderOf(folder));
  const full = join(upper, folder);
  if (mkdirSync(full, { recursive: true }) === undefined) return;
  if (entry.uid !== 0 || entry.gid !== 0) lchownSync(full, entry.uid, entry.gid);
  chmodSync(full, entry.mode);
};

/** Whatever the umask is. */
const makeFolder = (full: string, mode: number): void => {
  if (mkdirSync(full, { recursive: true }) !== undefined) chmodSync(full, mode);
};

/** The home of the user by the image's `/etc/passwd`, as `runc` sets it. */
export const homeOf = (tree: Tree, { uid }: Owner): string => {
  const entry = tree.entry(tree.resolve('etc/passwd'));
  if (entry?.type !== 'file') return '/';
  const lines = tree.read(entry).toString('utf8').split('\n');
  return lines.map((line) => line.split(':')).find(([, , id]) => id === String(uid))?.[5] || '/';
};
