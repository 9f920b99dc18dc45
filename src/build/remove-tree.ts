import { spawnSync } from 'node:child_process';
import { rmdirSync, rmSync } from 'node:fs';
import { storeTrouble } from './trouble.ts';

/** Deletes a folder with all in it, also where paths are longer than Node can name. */
export const removeTree = (path: string): void => {
  if (isGoneAsEmpty(path)) return;
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    if (!COMMANDS.some(([program, ...args]) => spawnSync(program, [...args, path], QUIET).status === 0))
      throw storeTrouble(path, error);
  }
};

/** Files of other users, as steps without root make them, go in a namespace of theirs. */
const COMMANDS = [
  ['rm', '-rf'],
  ['unshare', '--user', '--map-root-user', '--map-auto', 'rm', '-rf'],
] as const;

const QUIET = { stdio: 'ignore' } as const;

/** Most are empty, as after a build from the cache, and Node has to load what deletes others. */
const isGoneAsEmpty = (path: string): boolean => {
  try {
    rmdirSync(path);
    return true;
  } catch {
    return false;
  }
};
