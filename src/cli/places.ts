import { type Stats, statSync } from 'node:fs';
import { ConfigError } from '../config/error.ts';
import { reasonOf } from './system-error.ts';

/** What stands where a user says; undefined: nothing. Throws ConfigError where the system does not tell. */
export const statOf = (path: string): Stats | undefined => {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw new ConfigError(`cannot read ${path}: ${reasonOf(error)}`);
  }
};

/** Whether a folder stands there; what may be no path at all, such as a long address, is none. */
export const isFolderAt = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};
