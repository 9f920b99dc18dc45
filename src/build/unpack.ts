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
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { ImageError } from '../oci/error.ts';
import type { Layer } from '../oci/image.ts';
import { onDisk } from '../oci/names.ts';
import { paddingOf, TAR_END, tarHeader } from '../oci/tar.ts';
import { type PlacedEntry, readTar } from '../oci/untar.ts';
import { writeAll } from '../oci/write-all.ts';
import { readBlob } from './blobs.ts';
import type { SourceFile } from './files.ts';
import type { Place } from './sandbox/port.ts';
import { isRootless } from './sandbox/rootless.ts';
import { takenFrom } from './stage-files.ts';
import type { Store } from './store.ts';
import { fileTime } from './times.ts';
import { clean, folderOf, joined, nameOf, type Tree, treeOf, windowed } from './tree.ts';
import { attributeLibrary, setAttributes } from './xattr.ts';

/** Puts the files of all layers into an empty folder. */
export const placeOf =
  (store: Store, layers: readonly Layer[]): Place =>
  async (folder) =>
    (await import('./rootfs.ts')).placeImage(store, { layers }, folder);

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
  mkdirSync(draft, { mode: 0o755 });
  unpack(store, layers, at, draft);
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
const PART = 1 << 20;

const unpack = (store: Store, layers: readonly Layer[], at: number, draft: string): void => {
  const layer = layers[at];
  if (!layer) return;
  const files: SourceFile[] = [];
  const [deleted, emptied]: [string[], string[]] = [[], []];
  readBlob(store, layer.diffId, (readPart) => {
    const read = windowed(readPart);
    for (const entry of readTar(read)) {
      if (clean(entry.path) !== entry.path)
        throw new ImageError(`the layer ${layer.diffId} has an entry outside of it: ${entry.path}`);
      const [folder, name] = [folderOf(entry.path), nameOf(entry.path)];
      if (name === OPAQUE) emptied.push(folder);
      else if (name.startsWith('.wh.')) deleted.push(joined(folder, name.slice(4)));
      else files.push({ ...entry, content: contentOf(read, entry) });
    }
    const areWhole = deleted.length + emptied.length === 0 && !files.some(({ type }) => type === 'hardlink');
    if (areWhole) return placeFiles(draft, files);
    const whiteouts = new Set<string>();
    const hiding = { ...namesOf(files), below: treeOf(store, layers.slice(0, at)), whiteouts };
    for (const path of deleted) hide(hiding, path);
    for (const folder of emptied) hideIn(hiding, folder);
    placeFiles(draft, [...files.map((file) => ownFile(file, hiding)), ...Array.from(whiteouts, whiteout)]);
  });
};

const contentOf =
  (
    read: (offset: number, length: number) => Uint8Array,
    { at, size }: PlacedEntry,
  ): NonNullable<SourceFile['content']> =>
  (write) => {
    for (let done = 0; done < size; done += PART) write(read(at + done, Math.min(PART, size - done)));
  };

/** What a layer has itself. */
interface OwnNames {
  /** Those too of which only what is in them is told. */
  readonly folders: Set<string>;
  readonly others: Set<string>;
}

const namesOf = (files: readonly SourceFile[]): OwnNames => {
  const names: OwnNames = { folders: new Set(), others: new Set() };
  for (const { path, type } of files) {
    if (type === 'directory') names.folders.add(path);
    else names.others.add(path);
    for (let at = folderOf(path); at !== '' && !names.folders.has(at); at = folderOf(at)) names.folders.add(at);
  }
  return names;
};

interface Hiding extends OwnNames {
  readonly below: Tree;
  readonly whiteouts: Set<string>;
}

/** Of a directory that the layer has itself all that was in it below is hidden, and not what the layer has. */
const hide = (hiding: Hiding, path: string): void => {
  const { folders, others, whiteouts } = hiding;
  if (folders.has(path)) hideIn(hiding, path);
  else if (!others.has(path)) whiteouts.add(path);
};

const hideIn = (hiding: Hiding, folder: string): void => {
  for (const name of hiding.below.list(folder)) hide(hiding, joined(folder, name));
};

/** What is linked to a file of a layer below is a copy of that one: an overlay has no links between its layers. */
const ownFile = (file: SourceFile, { others, below }: Hiding): SourceFile => {
  const target = clean(file.link ?? '');
  if (file.type !== 'hardlink' || others.has(target)) return file;
  const found = takenFrom(below)(target);
  if (!found || found.type === 'directory') throw linkTrouble(file.path, target);
  return { ...found, path: file.path };
};

const linkTrouble = (path: string, target: string): ImageError =>
  new ImageError(`/${path} of a layer is a link to /${target}, which is not there`);

/** An overlay's own sign for a deleted file. */
const whiteout = (path: string): SourceFile => ({
  ...{ path, type: 'character', mode: 0, uid: 0, gid: 0, size: 0, mtime: 0 },
  device: { major: 0, minor: 0 },
});

/** Makes the files in an empty folder, whatever the umask is. What Node cannot make is made by GNU tar, all at once. */
export const placeFiles = (folder: string, files: readonly SourceFile[]): void => {
  const umask = process.umask(0);
  try {
    rejectThroughLinks(files);
    const special = files.filter(needsTar);
    const room: Room = { folder, made: new Set(['']), taken: new Set() };
    for (const file of files) if (file.type !== 'hardlink' && !needsTar(file)) place(room, file);
    if (special.length > 0) placeByTar(room, special);
    for (const file of files) if (file.type === 'hardlink') placeLink(room, file);
    for (const { path, type, mtime } of files.toReversed())
      if (type === 'directory') lutimesSync(onDisk(join(folder, path)), fileTime(mtime), fileTime(mtime));
  } finally {
    process.umask(umask);
  }
};

/** Whoever writes through a link writes anywhere. */
const rejectThroughLinks = (files: readonly SourceFile[]): void => {
  const links = new Set(files.flatMap(({ type, path }) => (type === 'symlink' ? [path] : [])));
  if (links.size === 0) return;
  for (const { path, type, link } of files) {
    const places = type === 'hardlink' ? [path, clean(link ?? '')] : [path];
    for (const place of places)
      for (let at = folderOf(place); at !== ''; at = folderOf(at))
        if (links.has(at)) throw new ImageError(`/${place} of a layer is behind the link /${at}`);
  }
};

const needsTar = ({ path, type, xattrs }: SourceFile): boolean =>
  type === 'fifo' ||
  type === 'character' ||
  type === 'block' ||
  (type === 'file' && (xattrs?.size ?? 0) > 0 && !(attributeLibrary() && path.isWellFormed()));

const isRoot = process.geteuid?.() === 0;

/** A folder that is being filled; what is in it is known without asking. */
interface Room {
  readonly folder: string;
  /** Directories. */
  readonly made: Set<string>;
  /** All else. */
  readonly taken: Set<string>;
}

const place = (room: Room, file: SourceFile): void => {
  const { path, type, mode, mtime } = file;
  const full = `${room.folder}/${path}`;
  if (type === 'directory') {
    makeFolder(room, path, mode);
    own(full, file);
    chmodSync(onDisk(full), mode);
    return;
  }
  makeRoom(room, path);
  if (type === 'symlink') {
    symlinkSync(onDisk(file.link ?? ''), onDisk(full));
    own(full, file);
    lutimesSync(onDisk(full), fileTime(mtime), fileTime(mtime));
  } else writeContent(full, file);
};

const makeRoom = (room: Room, path: string): void => {
  makeFolder(room, folderOf(path), 0o755);
  if (room.taken.has(path) || room.made.has(path)) {
    rmSync(onDisk(`${room.folder}/${path}`), { recursive: true, force: true });
    for (const each of room.made) if (each === path || each.startsWith(`${path}/`)) room.made.delete(each);
  }
  room.taken.add(path);
};

const makeFolder = (room: Room, path: string, mode: number): void => {
  if (room.made.has(path)) return;
  makeFolder(room, folderOf(path), 0o755);
  if (room.taken.delete(path)) rmSync(onDisk(`${room.folder}/${path}`));
  mkdirSync(onDisk(`${room.folder}/${path}`), mode);
  room.made.add(path);
};

const placeLink = (room: Room, { path, link }: SourceFile): void => {
  const target = clean(link ?? '');
  // Of links to one another none is a file.
  if (!room.taken.has(target) || target === path) throw linkTrouble(path, target);
  makeRoom(room, path);
  linkSync(onDisk(join(room.folder, target)), onDisk(join(room.folder, path)));
};

/** Who unpacks as root owns what he makes. */
const own = (full: string, { path, uid, gid }: SourceFile): void => {
  if (!isRoot || (uid === 0 && gid === 0)) return;
  try {
    lchownSync(onDisk(full), uid, gid);
  } catch (error) {
    if (!isRootless()) throw error;
    throw new ImageError(
      `/${path} belongs to ${uid}:${gid}, and you have fewer numbers: give yourself more in /etc/subuid and /etc/subgid`,
    );
  }
};

const writeContent = (full: string, file: SourceFile): void => {
  const out = openSync(onDisk(full), 'wx', file.mode & 0o777);
  try {
    file.content?.((chunk) => writeAll(out, chunk));
    own(full, file);
    if (file.mode & 0o7000) chmodSync(onDisk(full), file.mode);
    const problem = file.xattrs && setAttributes(full, file.xattrs);
    if (problem) throw new ImageError(`/${file.path} has capabilities, which cannot be given: ${problem}`);
    futimesSync(out, fileTime(file.mtime), fileTime(file.mtime));
  } finally {
    closeSync(out);
  }
};

/** Who is not the machine's root makes no devices, and needs none: a step has its own. */
const placeByTar = (room: Room, files: readonly SourceFile[]): void => {
  const { folder } = room;
  const possible = files.filter(
    ({ type, device }) => !isRootless() || type === 'file' || type === 'fifo' || device?.major === 0,
  );
  const archive = `${folder}.tar`;
  const out = openSync(archive, 'w', 0o600);
  for (const { content, digest: _digest, ...entry } of possible) {
    makeRoom(room, entry.path);
    writeAll(out, tarHeader(entry));
    content?.((chunk) => writeAll(out, chunk));
    writeSync(out, TAR_END, 0, paddingOf(entry.size));
  }
  writeAll(out, TAR_END);
  closeSync(out);
  const attributes = ['--xattrs', '--xattrs-include=*', '--same-permissions', '--same-owner', '--numeric-owner'];
  const { status, stderr } = spawnSync('tar', ['-C', folder, ...attributes, '-xf', archive], {
    encoding: 'utf8',
    env: { LC_ALL: 'C', PATH: process.env.PATH },
  });
  rmSync(archive);
  if (status !== 0)
    throw new ImageError(`devices and attributes need GNU tar, which says: ${stderr?.trim() ?? 'it is missing'}`);
};
