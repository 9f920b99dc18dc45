import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IGNORE_ENDINGS, type IgnoreFile, type Lookup, readIgnoreFile } from '../facts/index.ts';

/** The ignore file of a build: the one that is named after the iEchorfile, else that of the context. Throws what the system says. */
export const findIgnoreFile = (folder: string, file: string | undefined): IgnoreFile | undefined => {
  for (const ending of file === undefined ? [] : IGNORE_ENDINGS) {
    const found = readIfThere(`${file}${ending}`, `${file?.replace(/^.*[\\/]/s, '')}${ending}`);
    if (found) return found;
  }
  for (const name of IGNORE_ENDINGS) {
    const found = readIfThere(join(folder, name), name);
    if (found) return found;
  }
  return undefined;
};

const readIfThere = (path: string, name: string): IgnoreFile | undefined => {
  if (!lstatSync(path, { throwIfNoEntry: false })) return undefined;
  return readIgnoreFile(name, readFileSync(path, 'utf8'));
};

/** The files below a folder. What may not be read counts as unknown. */
export const filesBelow = (folder: string): Lookup => ({
  kindOf: (path) => {
    try {
      const stat = lstatSync(join(folder, path), { throwIfNoEntry: false });
      if (stat === undefined) return undefined;
      if (stat.isDirectory()) return 'folder';
      return stat.isFile() ? 'file' : 'unknown';
    } catch {
      return 'unknown';
    }
  },
  namesIn: (path) => {
    try {
      return readdirSync(join(folder, path));
    } catch {
      return undefined;
    }
  },
});
