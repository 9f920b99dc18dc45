import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { childOf } from './paths.ts';

/** One `.gitignore`: its folder and its rules. */
interface IgnoreFile {
  readonly folder: string;
  readonly rules: Ignore;
}

/** The ignore files in force in a folder, the outermost first. All paths here are absolute, `/` between folders. */
export type IgnoreFiles = readonly IgnoreFile[];

const ignorecase = process.platform === 'win32' || process.platform === 'darwin';

/** Whether version control leaves the path out; the folders above it are known to be in. */
export const isIgnored = (files: IgnoreFiles, path: string, isFolder: boolean): boolean => {
  for (const file of files.toReversed()) {
    const { ignored, unignored } = file.rules.test(within(file, path) + (isFolder ? '/' : ''));
    if (ignored || unignored) return ignored;
  }
  return false;
};

/** The ignore files in force inside a folder that is itself in, its own included; a repository in it stands alone. */
export const enter = (files: IgnoreFiles, folder: string): IgnoreFiles => {
  const above = existsSync(childOf(folder, '.git')) ? [] : files.map((file) => reopen(file, folder));
  const own = readIgnoreFile(folder);
  return own ? [...above, own] : above;
};

/**
 * The ignore files above a folder that the user named, up to the root of its repository. One that covers the folder, or
 * everything in it, has no say below it.
 */
export const ignoresAbove = (folder: string): IgnoreFiles => {
  const files: IgnoreFile[] = [];
  for (const above of foldersUpToRepository(folder)) {
    const file = readIgnoreFile(above);
    const reopened = file && reopen(file, folder);
    if (reopened && !reopened.rules.ignores(`${within(reopened, folder)}/any-file`)) files.push(reopened);
  }
  return files;
};

/** The folders above, the root of the repository first; none outside a repository. */
const foldersUpToRepository = (folder: string): readonly string[] => {
  const folders: string[] = [];
  for (let at = folder; !existsSync(childOf(at, '.git')); ) {
    const above = dirname(at);
    if (above === at) return [];
    folders.unshift(above);
    at = above;
  }
  return folders;
};

/** The same rules inside a folder that is entered although they ignore it: what ignores a folder ignores all below it. */
const reopen = (file: IgnoreFile, folder: string): IgnoreFile => {
  const path = within(file, folder);
  if (path === '' || !file.rules.ignores(`${path}/`)) return file;
  const names = path.split('/').map((name) => name.replace(/[\\*?[\]!# ]/g, '\\$&'));
  const opened = names.map((_, index) => `!/${names.slice(0, index + 1).join('/')}/`);
  return { folder: file.folder, rules: ignore({ ignorecase }).add(file.rules).add(opened) };
};

const readIgnoreFile = (folder: string): IgnoreFile | undefined => {
  const path = childOf(folder, '.gitignore');
  if (!existsSync(path)) return undefined;
  try {
    const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
    return { folder, rules: ignore({ ignorecase }).add(text) };
  } catch {
    // As git does: an ignore file that cannot be read ignores nothing.
    return undefined;
  }
};

const within = (file: IgnoreFile, path: string): string => path.slice(childOf(file.folder, '').length);
