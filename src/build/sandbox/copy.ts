import {
  type BigIntStats,
  chmodSync,
  copyFileSync,
  existsSync,
  lchownSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { onDisk } from '../../oci/names.ts';
import { listOf, targetOf } from '../listing.ts';
import { type ExitCode, MOUNT_POINTS, type Runner, type RunRequest, type SandboxMount } from './port.ts';

/** Runs a step on a copy of its files, and leaves in `upper` what an overlay would have left there, deleted files apart. */
export const runOnCopy = async (sandbox: Runner, request: RunRequest): Promise<ExitCode> => {
  const { work } = request;
  const upper = join(work, 'upper');
  const root = mkdtempSync(join(work, 'files-'));
  await request.place(root);
  layOver(upper, root, '');
  makePoints(root);
  const mounts = await Promise.all(request.mounts.map((mount) => boundMount(mount, work)));
  const before = look(root);
  const code = await sandbox.run({ ...request, root, mounts });
  request.onDeleted?.(collect(root, before, upper));
  return code;
};

/** A mount of an image's files is one of a copy. */
const boundMount = async (mount: SandboxMount, work: string): Promise<SandboxMount> => {
  if (mount.type !== 'overlay') return mount;
  const { place, path, target, isFolder, isReadOnly } = mount;
  const folder = mkdtempSync(join(work, 'from-'));
  chmodSync(folder, 0o755);
  await place(folder);
  return { type: 'bind', source: join(folder, path), target, isFolder, isReadOnly };
};

/** Puts the files of one folder, such as places to mount on, over those of another. */
export const layOver = (from: string, to: string, path: string): void => {
  const [source, target] = [join(from, path), onDisk(join(to, path))];
  const { mode, uid, gid } = statSync(onDisk(source));
  mkdirSync(target, { recursive: true });
  lchownSync(target, uid, gid);
  chmodSync(target, mode & 0o7777);
  for (const name of listOf(source)) {
    const at = join(path, name);
    const stat = lstatSync(onDisk(join(source, name)));
    if (!(stat.isDirectory() && lstatSync(onDisk(join(to, at)), { throwIfNoEntry: false })?.isDirectory()))
      rmSync(onDisk(join(to, at)), { recursive: true, force: true });
    if (stat.isDirectory()) layOver(from, to, at);
    else if (stat.isSymbolicLink()) symlinkSync(onDisk(targetOf(join(source, name))), onDisk(join(to, at)));
    else if (stat.isFile()) {
      copyFileSync(onDisk(join(source, name)), onDisk(join(to, at)));
      lchownSync(onDisk(join(to, at)), stat.uid, stat.gid);
      chmodSync(onDisk(join(to, at)), stat.mode & 0o7777);
    }
  }
};

const makePoints = (root: string): void => {
  for (const { path, isFolder } of MOUNT_POINTS) {
    const full = join(root, path);
    if (existsSync(full)) continue;
    mkdirSync(isFolder ? full : dirname(full), { recursive: true, mode: 0o755 });
    if (!isFolder) writeFileSync(full, '', { mode: 0o644 });
  }
};

// What has changed --------------------------------------------------------------------------------------------------

interface Look {
  readonly stat: BigIntStats;
  /** All that changes when a file does; the change time nobody can set. */
  readonly marks: string;
}

/** Every file by its path, a folder before what is in it. */
const look = (root: string, folder = '', found = new Map<string, Look>()): ReadonlyMap<string, Look> => {
  for (const name of listOf(join(root, folder)).toSorted()) {
    const path = join(folder, name);
    const stat = lstatSync(onDisk(join(root, path)), { bigint: true });
    const { ino, mode, uid, gid, size, rdev, mtimeNs, ctimeNs } = stat;
    found.set(path, { stat, marks: [ino, mode, uid, gid, size, rdev, mtimeNs, ctimeNs].join(' ') });
    if (stat.isDirectory()) look(root, path, found);
  }
  return found;
};

/** Moves what has changed, and tells what is gone; the rest of the copy is of no use any more. */
const collect = (root: string, before: ReadonlyMap<string, Look>, upper: string): readonly string[] => {
  const after = look(root);
  const changed = Array.from(after).filter(([path, { marks }]) => before.get(path)?.marks !== marks);
  for (const [path, { stat }] of changed) {
    makeFolders(root, upper, stat.isDirectory() ? path : dirname(path));
    if (stat.isDirectory()) continue;
    rmSync(onDisk(join(upper, path)), { recursive: true, force: true });
    renameSync(onDisk(join(root, path)), onDisk(join(upper, path)));
  }
  const isFolder = (path: string) => path === '.' || after.get(path)?.stat.isDirectory() === true;
  const gone = Array.from(before.keys()).filter((path) => !after.has(path) && isFolder(dirname(path)));
  for (const path of gone) {
    makeFolders(root, upper, dirname(path));
    rmSync(onDisk(join(upper, path)), { recursive: true, force: true });
  }
  for (const [path, { stat }] of changed.toReversed())
    if (stat.isDirectory())
      lutimesSync(onDisk(join(upper, path)), Number(stat.atimeNs) / 1e9, Number(stat.mtimeNs) / 1e9);
  return gone;
};

/** The folders to a path, as they are in the copy. */
const makeFolders = (root: string, upper: string, path: string): void => {
  if (path === '.' || path === '') return;
  makeFolders(root, upper, dirname(path));
  const { mode, uid, gid } = lstatSync(onDisk(join(root, path)));
  const full = onDisk(join(upper, path));
  if (lstatSync(full, { throwIfNoEntry: false })?.isDirectory() === false) rmSync(full);
  mkdirSync(full, { recursive: true });
  lchownSync(full, uid, gid);
  chmodSync(full, mode & 0o7777);
};
