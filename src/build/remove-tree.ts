import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { storeTrouble } from './trouble.ts';

/** Deletes a folder with all in it; files of other users, as steps without root make them, in a namespace of theirs. */
export const removeTree = (path: string): void => {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    const args = ['--user', '--map-root-user', '--map-auto', 'rm', '-rf', path];
    if (spawnSync('unshare', args, { stdio: 'ignore' }).status !== 0) throw storeTrouble(path, error);
  }
};
