import { resolve } from 'node:path';
import fastGlob from 'fast-glob';
import { enter, type IgnoreFiles, ignoresAbove, isIgnored } from './ignores.ts';
import { SKIPPED_FOLDERS, skippedEnding } from './names.ts';
import { regularFileAt, withSlashes } from './paths.ts';
import type { SearchLog } from './search.ts';

export const isGlob = (operand: string): boolean => fastGlob.isDynamicPattern(operand);

/**
 * Finds the files that a pattern matches, whatever their names. As in a searched folder, what `.gitignore` and the usual
 * folders cover is left out below the pattern's fixed part. False if the pattern matches no file at all.
 */
export const searchGlob = (pattern: string, cwd: string, log: SearchLog): boolean => {
  const matches = fastGlob.sync(pattern, {
    cwd,
    dot: true,
    onlyFiles: false,
    objectMode: true,
    suppressErrors: true,
    // A loop of links is endless under `**` alone.
    followSymbolicLinks: !pattern.includes('**'),
    ignore: SKIPPED_FOLDERS.filter((name) => !pattern.split('/').includes(name)).map((name) => `**/${name}/**`),
  });
  const files = matches
    .map(({ path, name, dirent }) => ({ path, name, dirent, file: regularFileAt(resolve(cwd, path)) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const ignores = ignoresBelow(withSlashes(resolve(cwd, fixedPart(pattern))));
  const ending = skippedEnding(pattern);
  for (const { path, name, dirent, file } of files) {
    if (file === undefined || skippedEnding(name) !== ending || ignores(withSlashes(resolve(cwd, path)))) continue;
    log.found({ path: path.replace(/^(\.\/)+/, ''), file, isLink: dirent.isSymbolicLink() });
  }
  return files.some(({ file }) => file !== undefined);
};

/** The folders before the first one that is a pattern. */
const fixedPart = (pattern: string): string => {
  const parts = pattern.split('/');
  const first = parts.findIndex((part) => /[*?[\]{}()\\]/.test(part));
  const fixed = parts.slice(0, Math.max(0, first)).join('/');
  return fixed === '' && pattern.startsWith('/') ? '/' : fixed;
};

/** Tells whether a path is ignored, with the ignore files of the folders from the base on each read once. */
const ignoresBelow = (base: string): ((path: string) => boolean) => {
  const known = new Map<string, IgnoreFiles | undefined>();
  const filesIn = (folder: string): IgnoreFiles | undefined => {
    if (known.has(folder)) return known.get(folder);
    const files = folder.length <= base.length ? enter(ignoresAbove(base), base) : filesBelow(folder);
    known.set(folder, files);
    return files;
  };
  const filesBelow = (folder: string): IgnoreFiles | undefined => {
    const above = filesIn(folder.slice(0, folder.lastIndexOf('/')));
    return above && !isIgnored(above, folder, true) ? enter(above, folder) : undefined;
  };
  return (path) => {
    const files = filesIn(path.slice(0, path.lastIndexOf('/')));
    return files === undefined || isIgnored(files, path, false);
  };
};
