import { type Dirent, existsSync, readdirSync, type Stats } from 'node:fs';
import { enter, type IgnoreFiles, ignoresAbove, isIgnored } from './ignores.ts';
import { isIechorfileName, SKIPPED_FOLDERS, VENDOR_MARKS } from './names.ts';
import { childOf, regularFileAt } from './paths.ts';
import { isFolderAt } from './places.ts';
import { reasonOf } from './system-error.ts';

/** A file that a search found: the name for reports, the real file, and whether a symbolic link of that name leads there. */
export interface Found {
  readonly path: string;
  readonly file: string;
  readonly isLink: boolean;
}

/** What a search meets on its way. */
export interface SearchLog {
  found(file: Found): void;
  notice(text: string): void;
}

/** A folder being searched: its real place, and its name for reports up to the slash (empty for the current one). */
interface Folder {
  readonly place: string;
  readonly shown: string;
  readonly ignores: IgnoreFiles;
}

/**
 * Finds the iEchorfiles in a folder and all below it, in the order of their names. Symbolic links to files count, those
 * to folders do not: what they lead to is searched where it is, and a loop is never entered.
 */
export const search = (place: string, shown: string, log: SearchLog): void => {
  const entries = readdirSync(place, { withFileTypes: true });
  searchEntries({ place, shown, ignores: enter(ignoresAbove(place), place) }, entries, log);
};

const searchEntries = (folder: Folder, entries: Dirent[], log: SearchLog): void => {
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory()) searchFolder(folder, entry.name, log);
    else if (isIechorfileName(entry.name)) takeFile(folder, entry, log);
  }
};

const searchFolder = (parent: Folder, name: string, log: SearchLog): void => {
  const place = childOf(parent.place, name);
  const shown = `${parent.shown}${name}/`;
  if (isSkipped(place, name) || isIgnored(parent.ignores, place, true)) return;
  const entries = readEntries(place, shown, log);
  if (entries) searchEntries({ place, shown, ignores: enter(parent.ignores, place) }, entries, log);
};

const isSkipped = (place: string, name: string): boolean => {
  if (SKIPPED_FOLDERS.includes(name)) return true;
  return name === 'vendor' && VENDOR_MARKS.some((mark) => existsSync(childOf(place, mark)));
};

const readEntries = (place: string, shown: string, log: SearchLog): Dirent[] | undefined => {
  try {
    return readdirSync(place, { withFileTypes: true });
  } catch (error) {
    log.notice(`left out ${shown}: ${reasonOf(error)}`);
    return undefined;
  }
};

const takeFile = (folder: Folder, entry: Dirent, log: SearchLog): void => {
  const place = childOf(folder.place, entry.name);
  const path = folder.shown + entry.name;
  if (isIgnored(folder.ignores, place, false)) return;
  const file = entry.isFile() ? place : regularFileAt(place);
  if (file !== undefined) log.found({ path, file, isLink: entry.isSymbolicLink() });
  else if (!isFolderAt(place)) log.notice(`left out ${path}: it is ${whatIs(entry)}`);
};

/** What stands where a file was expected. */
export const whatIs = (entry: Dirent | Stats): string => {
  if (entry.isSymbolicLink()) return 'a symbolic link that leads to no file';
  if (entry.isFIFO()) return 'a named pipe';
  return entry.isSocket() ? 'a socket' : 'a device';
};
