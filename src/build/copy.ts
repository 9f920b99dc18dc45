import { createHash } from 'node:crypto';
import type { Layer } from '../oci/image.ts';
import { onDisk } from '../oci/names.ts';
import { paddingOf, TAR_END, type TarEntry, tarHeader } from '../oci/tar.ts';
import type { Owner } from './accounts.ts';
import { newBlob } from './blobs.ts';
import type { Source, SourceFile } from './files.ts';
import { isReserved, type LayerDraft, layerDraft } from './layer-draft.ts';
import { takenFrom } from './stage-files.ts';
import type { Store } from './store.ts';
import { clean, folderOf, joined, type Tree } from './tree.ts';

/** What a COPY, ADD or WORKDIR puts into an image. */
export interface CopyRequest extends Dress {
  readonly sources: readonly Source[];
  /** Absolute; with a `/` at its end it is a directory. */
  readonly destination: string;
  /** The files before. */
  readonly tree: Tree;
  /** Whether links in the destination are followed. */
  readonly followsLinks: boolean;
}

/** What becomes of each file. */
export interface Dress {
  /** Undefined: each file keeps its own. */
  readonly owner: Owner | undefined;
  readonly mode: ((mode: number, isFolder: boolean) => number) | undefined;
  /** Seconds since 1970 for everything new; undefined: each file keeps its own. */
  readonly mtime: number | undefined;
}

/** A layer's entries in order of path; a text says why it cannot be. */
export const copyEntries = (request: CopyRequest): readonly SourceFile[] | string => {
  const { sources, destination, tree, mtime, followsLinks } = request;
  const draft = layerDraft(followsLinks ? tree : noFiles, mtime, takenFrom(tree));
  for (const source of sources) {
    const problem = copyInto(draft, source, destination, request);
    if (problem) return problem;
  }
  return draft.entries();
};

/** The files of nothing. */
export const noFiles: Tree = {
  entry: () => undefined,
  list: () => [],
  resolve: clean,
  isDeleted: () => false,
  read: () => Buffer.alloc(0),
  readParts: (_entry, use) => use(() => Buffer.alloc(0)),
  digest: () => '',
};

/** One source after the other, each on what those before it have made. A text says why it cannot be. */
export const copyInto = (draft: LayerDraft, source: Source, destination: string, dress: Dress): string | undefined => {
  const isFolder = /\/\.?$/.test(destination);
  const problem = draft.makeFolders(draft.resolve(isFolder ? destination : `${destination}/..`), dress.owner);
  if (problem) return problem;
  const target = draft.resolve(destination);
  const before = draft.entry(target);
  const at = !source.isFolder && before?.type === 'directory' ? joined(target, source.name) : target;
  const blocked = draft.makeFolders(source.isFolder && !before ? at : folderOf(at), dress.owner);
  return blocked ?? putAll(draft, source, at, dress);
};

const putAll = (draft: LayerDraft, source: Source, at: string, dress: Dress): string | undefined => {
  const number = draft.newSource();
  for (const each of source.files) {
    // Names of one file are links to one another where one source has them.
    const file = each.inode === undefined ? each : { ...each, inode: `${number} ${each.inode}` };
    const path = file.path === '' ? at : joined(at, file.path);
    if (isReserved(path)) return `/${path}: names that begin with .wh. mean deleted files in an image`;
    const before = draft.entry(path);
    if (file.type === 'directory') {
      if (before && before.type !== 'directory')
        return `cannot copy a directory to /${path}, where the image has ${before.type === 'symlink' ? 'a link' : 'a file'}`;
      // What is copied is the contents of the source; the directory that they come into stays what it is.
      if (file.path === '') continue;
      draft.put(
        file.isImplied && before
          ? { ...file, ...owned(before), path, mtime: dress.mtime ?? file.mtime }
          : dressed(dress, file, path),
      );
      continue;
    }
    if (before?.type === 'directory') return `cannot copy a file over the directory /${path}`;
    draft.put(dressed(dress, file, path));
  }
  return undefined;
};

const owned = ({ uid, gid }: Pick<SourceFile, 'uid' | 'gid'>) => ({ uid, gid });

const dressed = ({ owner, mode, mtime }: Dress, file: SourceFile, path: string): SourceFile => ({
  ...file,
  path,
  mtime: mtime ?? file.mtime,
  uid: owner?.uid ?? file.uid,
  gid: owner?.gid ?? file.gid,
  mode: mode && file.type !== 'symlink' ? mode(file.mode, file.type === 'directory') : file.mode,
});

/** A digest of what is copied: names, kinds, owners, modes, links and content, but no times. */
export const digestOfSources = (sources: readonly Source[]): string => {
  const hash = createHash('sha256');
  for (const { name, files } of sources) {
    const nodes = new Map<string, string>();
    let text = `\0\0${name}`;
    for (const file of files) {
      text += `\0${file.path}\0${file.type} ${file.mode} ${file.uid} ${file.gid} ${file.size}\0${file.digest?.() ?? ''}`;
      if (file.type !== 'file' && file.type !== 'directory') text += `\0${file.link ?? ''}${numbersOf(file)}`;
      if (file.inode !== undefined) text += `\0${firstName(nodes, file.inode, file.path)}`;
      for (const [key, value] of file.xattrs ?? []) text += `\0${key}=${Buffer.from(value).toString('hex')}`;
      if (file.isImplied) text += '\0implied';
      if (text.length < GATHERED) continue;
      hash.update(onDisk(text));
      text = '';
    }
    hash.update(onDisk(text));
  }
  return hash.digest('hex');
};

const GATHERED = 1 << 16;

const numbersOf = ({ device }: SourceFile): string => (device ? `${device.major}:${device.minor}` : '');

/** The other name that a file has been met by: inode numbers differ from machine to machine. */
const firstName = (nodes: Map<string, string>, inode: string, path: string): string => {
  const first = nodes.get(inode);
  if (first === undefined) nodes.set(inode, path);
  return first ?? '';
};

/** The entries as a layer in the store. */
export const writeLayer = (store: Store, entries: Iterable<SourceFile>): Layer => {
  const blob = newBlob(store);
  try {
    for (const entry of entries) {
      blob.write(tarHeader(entryOf(entry)));
      entry.content?.((chunk) => blob.write(chunk));
      const padding = paddingOf(entry.size);
      if (padding > 0) blob.write(TAR_END.subarray(0, padding));
    }
    blob.write(TAR_END);
    return blob.finish();
  } catch (error) {
    blob.drop();
    throw error;
  }
};

const entryOf = (file: SourceFile): TarEntry => {
  const xattrs = file.type === 'file' ? file.attributes?.() : undefined;
  return xattrs ? { ...file, xattrs } : file;
};
