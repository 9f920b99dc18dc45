import { accessSync, constants, lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { newWorkFolder } from '../work-folder.ts';
import { outerUser } from './rootless.ts';

const MEMORY = '/dev/shm';

let made: string | undefined;

/** A folder for small files that live as long as this process: in memory where that can be, else where it is told. */
export const scratchFolder = (otherwise: string): string => {
  made ??= newScratch(otherwise);
  return made;
};

const newScratch = (otherwise: string): string => {
  if (!isWritable(MEMORY)) return otherwise;
  const parent = join(MEMORY, `iechorlint-${outerUser()}`);
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  return isOurs(parent) ? newWorkFolder(parent) : otherwise;
};

/** Anybody may make a folder there, also one of this name. */
const isOurs = (folder: string): boolean => {
  const stat = lstatSync(folder);
  return stat.isDirectory() && stat.uid === process.geteuid?.() && (stat.mode & 0o077) === 0;
};

const isWritable = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};
