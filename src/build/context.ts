import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { excluderOf, type IgnoreFile } from '../facts/index.ts';
import type { TarType } from '../oci/tar.ts';
import type { DigestCache } from './digest-cache.ts';
import { expandPattern, type FileTree, type Source, type SourceFile } from './files.ts';
import { readInto } from './read-file.ts';
import { clean, nameOf } from './tree.ts';

/** The build context: a folder, without what its ignore file leaves out. */
export const contextTree = (folder: string, ignore: IgnoreFile | undefined, digests: DigestCache): FileTree => {
  const isIgnored = (path: string): boolean => ignore !== undefined && excluderOf(ignore, path) !== undefined;
  const list = (path: string): readonly string[] => readdirSync(join(folder, path)).sort();
  return {
    find(pattern, { isExcluded: isLeftOut = () => false }) {
      const paths = expandPattern(clean(pattern), (path) => listOf(list, path));
      return paths.flatMap((path) => sourceAt({ folder, isIgnored, isLeftOut, list, digests }, path) ?? []);
    },
  };
};

const listOf = (list: (path: string) => readonly string[], path: string): readonly string[] => {
  try {
    return list(path);
  } catch {
    return [];
  }
};

interface Walk {
  readonly folder: string;
  readonly isIgnored: (path: string) => boolean;
  readonly isLeftOut: (path: string) => boolean;
  readonly list: (path: string) => readonly string[];
  readonly digests: DigestCache;
}

const sourceAt = (walk: Walk, path: string): Source | undefined => {
  const real = followed(walk.folder, path);
  if (real === undefined) return undefined;
  const files: SourceFile[] = [];
  visit(walk, real, '', files);
  const [first] = files;
  const isFolder = first?.type === 'directory';
  return first && (path === '' || isFolder || !walk.isIgnored(real))
    ? { name: nameOf(path), isFolder, files }
    : undefined;
};

/** A source that is a link is what it points at, inside the context. */
const followed = (folder: string, path: string): string | undefined => {
  let at = path;
  for (let links = 0; links < 40; links++) {
    const stat = lstatSync(join(folder, at), { throwIfNoEntry: false });
    if (!stat) return undefined;
    if (!stat.isSymbolicLink()) return at;
    const target = readlinkSync(join(folder, at));
    at = target.startsWith('/') ? clean(target) : clean(`${at}/../${target}`);
  }
  return undefined;
};

/** A directory that is ignored is walked all the same: an exception may take something in it back. */
const visit = (walk: Walk, path: string, below: string, files: SourceFile[]): boolean => {
  const file = fileAt(walk, path, below);
  if (!file) return false;
  const isKept = path === '' || !walk.isIgnored(path);
  if (below !== '' && walk.isLeftOut(below)) return false;
  if (file.type !== 'directory') {
    if (isKept) files.push(file);
    return isKept;
  }
  const at = files.length;
  files.push(file);
  let hasKept = false;
  for (const name of walk.list(path)) {
    const inside = path === '' ? name : `${path}/${name}`;
    hasKept = visit(walk, inside, below === '' ? name : `${below}/${name}`, files) || hasKept;
  }
  if (!isKept && !hasKept) files.splice(at, files.length - at);
  return isKept || hasKept;
};

/** Undefined for what a context does not have, such as a socket. Files of a context belong to root. */
const fileAt = ({ folder, digests }: Walk, path: string, below: string): SourceFile | undefined => {
  const full = join(folder, path);
  const stat = lstatSync(full, { bigint: true });
  const type: TarType | undefined = stat.isFile()
    ? 'file'
    : stat.isDirectory()
      ? 'directory'
      : stat.isSymbolicLink()
        ? 'symlink'
        : stat.isFIFO()
          ? 'fifo'
          : undefined;
  if (!type) return undefined;
  const size = type === 'file' ? Number(stat.size) : 0;
  const base = { path: below, type, mode: Number(stat.mode) & 0o7777, uid: 0, gid: 0, size, mtime: 0 };
  if (type === 'symlink') return { ...base, mode: 0o777, link: readlinkSync(full) };
  if (type !== 'file') return base;
  return { ...base, digest: digests.of(full, stat), content: (write) => readInto(full, size, write) };
};
