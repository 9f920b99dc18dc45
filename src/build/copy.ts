import { createHash } from 'node:crypto';
import type { Layer } from '../oci/image.ts';
import { paddingOf, TAR_END, type TarEntry, tarHeader } from '../oci/tar.ts';
import type { Owner } from './accounts.ts';
import type { Source, SourceFile } from './files.ts';
import { newBlob, type Store } from './store.ts';
import { clean, folderOf, joined, nameOf, type Tree } from './tree.ts';

/** What a COPY, ADD or WORKDIR puts into an image. */
export interface CopyRequest {
  readonly sources: readonly Source[];
  /** Absolute; with a `/` at its end it is a directory. */
  readonly destination: string;
  /** The files before. */
  readonly tree: Tree;
  /** Undefined: each file keeps its own. */
  readonly owner: Owner | undefined;
  readonly mode: ((mode: number, isFolder: boolean) => number) | undefined;
  /** Seconds since 1970 for everything new. */
  readonly mtime: number;
  /** Whether links in the destination are followed. */
  readonly followsLinks: boolean;
}

/** A layer's entries in order of path; a text says why it cannot be. */
export const copyEntries = (request: CopyRequest): readonly SourceFile[] | string => {
  const { sources, destination, tree, followsLinks } = request;
  const target = followsLinks ? tree.resolve(clean(destination)) : clean(destination);
  const isFolder =
    /\/\.?$/.test(destination) || sources.length > 1 || tree.entry(target)?.type === 'directory' || target === '';
  const entries = new Map<string, SourceFile>();
  for (const source of sources) {
    const at = source.isFolder || !isFolder ? target : joined(target, source.name);
    const problem = put(request, source, at, entries);
    if (problem) return problem;
  }
  return withParents(request, entries);
};

const put = (
  request: CopyRequest,
  source: Source,
  at: string,
  entries: Map<string, SourceFile>,
): string | undefined => {
  const before = request.tree.entry(at);
  if (source.isFolder && before && before.type !== 'directory') return `cannot copy a directory over the file /${at}`;
  for (const file of source.files) {
    const path = file.path === '' ? at : joined(at, file.path);
    if (nameOf(path).startsWith('.wh.')) return `/${path} cannot be in a layer: such names mean deleted files`;
    // A directory that is there keeps what it is when its contents alone are copied.
    if (file.path === '' && source.isFolder && (before || path === '')) continue;
    entries.set(path, dressed(request, file, path));
  }
  return undefined;
};

const dressed = ({ owner, mode, mtime }: CopyRequest, file: SourceFile, path: string): SourceFile => ({
  ...file,
  path,
  mtime,
  uid: owner?.uid ?? file.uid,
  gid: owner?.gid ?? file.gid,
  mode: mode && file.type !== 'symlink' ? mode(file.mode, file.type === 'directory') : file.mode,
});

/** With the directories above: those that are there as they are, missing ones made. */
const withParents = (
  { tree, owner, mtime }: CopyRequest,
  entries: Map<string, SourceFile>,
): readonly SourceFile[] | string => {
  for (const folder of [...entries.keys()].map(folderOf)) {
    for (let path = folder; path !== '' && !entries.has(path); path = folderOf(path)) {
      const known = tree.entry(path);
      if (known && known.type !== 'directory' && known.type !== 'symlink')
        return `/${path} is a file, and not a directory`;
      if (known?.type === 'symlink') break;
      const { uid, gid } = known ?? owner ?? { uid: 0, gid: 0 };
      const attributes = { uid, gid, mode: known?.mode ?? 0o755, mtime: known?.mtime ?? mtime };
      entries.set(path, { path, type: 'directory', size: 0, ...attributes });
    }
  }
  return [...entries.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
};

/** A digest of what is copied: names, kinds, owners, modes, links and content, but no times. */
export const digestOfSources = (sources: readonly Source[]): string => {
  const hash = createHash('sha256');
  for (const { name, files } of sources) {
    hash.update(`\0\0${name}`);
    for (const { path, type, mode, uid, gid, size, link = '', digest = '' } of files)
      hash.update(`\0${path}\0${type} ${mode} ${uid} ${gid} ${size}\0${link}\0${digest}`);
  }
  return hash.digest('hex');
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

const entryOf = ({ content: _content, digest: _digest, ...entry }: SourceFile): TarEntry => entry;
