import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../config/error.ts';
import { reasonOf } from './system-error.ts';

/** Makes one that nobody else looks into; `name` is how its name begins. Throws ConfigError where there is no room for one. */
export const temporaryFolder = (name: string): string => {
  try {
    return mkdtempSync(join(tmpdir(), name));
  } catch (error) {
    throw new ConfigError(`cannot make a folder in ${tmpdir()}: ${reasonOf(error)}; TMPDIR names another place`);
  }
};

/** Does something with one that is gone afterwards. Throws ConfigError. */
export const inTemporaryFolder = <T>(name: string, action: (folder: string) => T): T => {
  const folder = temporaryFolder(name);
  try {
    return action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
