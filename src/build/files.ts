import type { TarEntry } from '../oci/tar.ts';
import type { PathFilter } from './path-filter.ts';

/** A file that a COPY takes, wherever it comes from; `path` is relative to the source that named it, `` the source itself. */
export interface SourceFile extends Omit<TarEntry, 'link'> {
  readonly link?: string;
  /** What its content is known by, such as its sha256; computed when asked. */
  readonly digest?: (() => string) | undefined;
  /** Hands the content over in parts; `size` bytes in all. */
  readonly content?: (write: (chunk: Uint8Array) => void) => void;
  /** Extended attributes, where they are read when they are asked for. */
  readonly attributes?: (() => ReadonlyMap<string, Uint8Array> | undefined) | undefined;
  /** The same for all names of one file, where it may have several. */
  readonly inode?: string | undefined;
  /** A directory that is there only for what is taken from it. */
  readonly isImplied?: true;
}

/** A named source with all that is below it. */
export interface Source {
  /** Its last name, under which it is put into a directory. */
  readonly name: string;
  readonly isFolder: boolean;
  /** In order of path, each directory before what is in it. */
  readonly files: readonly SourceFile[];
}

/** Where sources are looked for: the build context, a stage, an image. */
export interface FileTree {
  /** What the path or pattern means; none where nothing is there. Links are followed, inside the tree. */
  find(pattern: string, options: FindOptions): readonly Source[];
  /** Whether something is there. */
  has(path: string): boolean;
  /** What a function of the files gives, looked for again only where something that it looks at has changed. */
  readonly remembered?: (name: string, compute: () => string) => string;
  /** Why a path may not be there, as the end of a sentence. */
  readonly absence?: string;
}

export interface FindOptions {
  /** Paths below the source that are left out. */
  readonly excludes?: PathFilter | undefined;
  /** The only paths below the source that are taken, with the directories above them. */
  readonly includes?: PathFilter | undefined;
}

/** BuildKit's sense of a pattern: an escaped character is none. */
export const isPattern = (path: string): boolean => {
  for (let at = 0; at < path.length; at++) {
    if (path[at] === '\\') at++;
    else if (path[at] === '*' || path[at] === '?' || path[at] === '[') return true;
  }
  return false;
};

/** What stands before the first component with a wildcard. */
export const plainStart = (pattern: string): string => {
  const parts = pattern.split('/');
  const wild = parts.findIndex(isPattern);
  return (wild < 0 ? parts : parts.slice(0, wild)).join('/');
};

/** What is said of a path that is not there; `from` names what it was looked for in, where that is not the context. */
export const absenceOf = (path: string, { absence }: FileTree, from: string | undefined): string =>
  `\`${path}\` is not there${absence ?? (from === undefined ? ', or the ignore file leaves it out' : '')}`;
