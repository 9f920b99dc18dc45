import type { Tree } from '../tree.ts';
import { apkPackages } from './apk.ts';
import { debPackages } from './deb.ts';
import { languagePackages } from './languages.ts';
import type { Parts } from './rpm/database.ts';
import { rpmPackages } from './rpm.ts';

/** A package that an image says it has. */
export interface Package {
  /** As package URLs have it. */
  readonly type: 'deb' | 'apk' | 'rpm' | 'pypi' | 'npm' | 'gem' | 'composer';
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly version: string;
  /** What rpm compares before the version. */
  readonly epoch?: string | undefined;
  readonly architecture?: string | undefined;
  /** As the package tells it, which need not be an SPDX expression. */
  readonly license?: string | undefined;
  /** Who maintains it, with an address in `<>` where there is one. */
  readonly maintainer?: string | undefined;
  /** The organization that it comes from. */
  readonly vendor?: string | undefined;
  /** What it was built from. */
  readonly upstream?: string | undefined;
  /** The file that tells of it. */
  readonly source: string;
}

/** What was found, and a sentence for each database that cannot be read. */
export interface Found {
  readonly packages: readonly Package[];
  readonly gaps: readonly string[];
  /** Such as `debian-12`. */
  readonly distribution: string | undefined;
}

/** The packages that the databases in an image tell of, and those of some languages. */
export const packagesIn = (tree: Tree): Found => {
  const files = imageFiles(tree);
  const { id = '', version } = releaseOf(files);
  const rpm = rpmPackages(files, id);
  const packages = [...debPackages(files, id), ...apkPackages(files, id), ...rpm.packages, ...languagePackages(files)];
  return { packages, gaps: rpm.gaps, distribution: id && version ? `${id}-${version}` : id || undefined };
};

/** An image's files as the readers of databases see them. */
export interface ImageFiles {
  /** Undefined where there is no such file, or it is too long to be what it has to be. */
  readonly text: (path: string) => string | undefined;
  readonly has: (path: string) => boolean;
  /** Where a path leads when links are followed. */
  readonly place: (path: string) => string;
  /** Hands on a file of any length; undefined where there is none. */
  readonly parts: <T>(path: string, use: (file: Parts) => T) => T | undefined;
  readonly list: (path: string) => readonly string[];
  /** Directories and what is in them, the whole image through; links are not followed. */
  readonly walk: (visit: (path: string, name: string, isFolder: boolean) => void) => void;
}

const MOST = 64 * 1024 * 1024;

const imageFiles = (tree: Tree): ImageFiles => ({
  text(path) {
    const entry = tree.entry(tree.resolve(path));
    return entry?.type === 'file' && entry.size <= MOST ? tree.read(entry).toString('utf8') : undefined;
  },
  has: (path) => tree.entry(tree.resolve(path))?.type === 'file',
  place: tree.resolve,
  parts(path, use) {
    const entry = tree.entry(tree.resolve(path));
    if (entry?.type !== 'file') return undefined;
    return tree.readParts(entry, (read) => use({ size: entry.size, part: insideOf(entry.size, read) }));
  },
  list: (path) => tree.list(tree.resolve(path)),
  walk(visit) {
    const waiting = [''];
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop())
      for (const name of tree.list(folder)) {
        const path = folder === '' ? name : `${folder}/${name}`;
        const type = tree.entry(path)?.type ?? 'directory';
        if (type === 'directory') waiting.push(path);
        visit(path, name, type === 'directory');
      }
  },
});

const insideOf =
  (size: number, read: (offset: number, length: number) => Buffer): Parts['part'] =>
  (offset, length) => {
    const part = offset + length <= size ? read(offset, length) : undefined;
    return part?.length === length ? part : undefined;
  };

/** https://www.freedesktop.org/software/systemd/man/os-release.html */
const releaseOf = (files: ImageFiles): { readonly id?: string | undefined; readonly version?: string | undefined } => {
  const text = files.text('etc/os-release') ?? files.text('usr/lib/os-release') ?? '';
  const field = (name: string) => new RegExp(`^${name}=["']?([\\w.-]+)`, 'm').exec(text)?.[1];
  return { id: field('ID'), version: field('VERSION_ID') };
};
