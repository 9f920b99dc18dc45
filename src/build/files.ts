import type { TarEntry } from '../oci/tar.ts';

/** A file that a COPY takes, wherever it comes from; `path` is relative to the source that named it, `` the source itself. */
export interface SourceFile extends Omit<TarEntry, 'link'> {
  readonly link?: string;
  /** sha256 of a file's content. */
  readonly digest?: string;
  /** Hands the content over in parts; `size` bytes in all. */
  readonly content?: (write: (chunk: Uint8Array) => void) => void;
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
  /** What the path or pattern means; none where nothing is there. */
  find(pattern: string, options: FindOptions): readonly Source[];
}

export interface FindOptions {
  /** Whether a path below the source is left out. */
  readonly isExcluded?: (path: string) => boolean;
}

const SPECIAL = /[*?[\\]/;

export const isPattern = (path: string): boolean => SPECIAL.test(path);

/** Go's `filepath.Match` for one name. */
export const matches = (pattern: string, name: string): boolean => {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? '';
    if (character === '*') source += '[^/]*';
    else if (character === '?') source += '[^/]';
    else if (character === '[') {
      const end = pattern.indexOf(']', at + 2);
      if (end < 0) return false;
      source += `[${pattern.slice(at + 1, end).replace(/[[&]/g, '\\$&')}]`;
      at = end;
    } else {
      const plain = character === '\\' ? (pattern[++at] ?? '') : character;
      source += plain.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    }
  }
  return new RegExp(`^${source}$`, 's').test(name);
};

/** The paths that a pattern means, component by component; `list` gives the names in a directory. */
export const expandPattern = (pattern: string, list: (folder: string) => readonly string[]): readonly string[] => {
  let found = [''];
  for (const part of pattern.split('/').filter((each) => each !== '' && each !== '.')) {
    found = found.flatMap((folder) => {
      const names = isPattern(part) ? list(folder).filter((name) => matches(part, name)) : [part];
      return names.map((name) => (folder === '' ? name : `${folder}/${name}`));
    });
  }
  return found;
};
