import { spawnSync } from 'node:child_process';
import { rmdirSync, rmSync } from 'node:fs';
import { storeTrouble } from './trouble.ts';

/** Deletes a folder with all in it; files of other users, as steps without root make them, in a namespace of theirs. */
export const removeTree = (path: string): void => {
  if (isGoneAsEmpty(path)) return;
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    const args = ['--user', '--map-root-user', '--map-auto', 'rm', '-rf', path];
    if (spawnSync('unshare', args, { stdio: 'ignore' }).status !== 0) throw storeTrouble(path, error);
  }
};

/** Most are empty, as after a build from the cache, and Node has to load what deletes others. */
const isGoneAsEmpty = (path: string): boolean => {
  try {
    rmdirSync(path);
    return true;
  } catch {
    return false;
  }
};
