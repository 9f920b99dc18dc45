import {
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  realpathSync,
  type Stats,
  statSync,
  unlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { isRefusal, nameBeside, openDraft, writeFully } from './draft.ts';
import { reasonOf } from './system-error.ts';

const CHANGED = 'it changed while it was being checked and is left as it is; run again';

/**
 * Gives a file new bytes if it still has the old ones; says why it could not, and then the file is as it was. What a
 * symbolic link leads to is written, mode and owner stay, and other hard links of the file see the new bytes too.
 */
export const replaceFile = (file: string, before: Uint8Array, after: Uint8Array): string | undefined => {
  try {
    const target = realpathSync.native(file);
    const stat = statSync(target);
    // A draft would take the place even of a file that is write-protected.
    closeSync(openSync(target, 'r+'));
    if (stat.nlink > 1) return overwrite(target, before, after);
    return replaceByDraft(target, stat, before, after);
  } catch (error) {
    return reasonOf(error);
  }
};

const replaceByDraft = (target: string, stat: Stats, before: Uint8Array, after: Uint8Array): string | undefined => {
  try {
    const draft = openDraft(target, stat);
    try {
      draft.write(after);
      if (hasChanged(target, before)) {
        draft.discard();
        return CHANGED;
      }
      draft.publish();
      return undefined;
    } catch (error) {
      draft.discard();
      throw error;
    }
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return overwrite(target, before, after);
  }
};

const hasChanged = (target: string, before: Uint8Array): boolean => Buffer.compare(readFileSync(target), before) !== 0;

/** Writes in place, with the old bytes kept in a file of their own until the new ones are all there. */
const overwrite = (target: string, before: Uint8Array, after: Uint8Array): string | undefined => {
  const descriptor = openSync(target, 'r+');
  try {
    if (hasChanged(target, before)) return CHANGED;
    const copy = keepCopy(target, before);
    try {
      rewrite(descriptor, after);
    } catch (error) {
      if (!restored(descriptor, before)) return `${reasonOf(error)}; what it held is kept in ${copy}`;
      unlinkSync(copy);
      throw error;
    }
    unlinkSync(copy);
    return undefined;
  } finally {
    closeSync(descriptor);
  }
};

/** Cut only after writing, so that the old bytes still have their room on a full disk. */
const rewrite = (descriptor: number, bytes: Uint8Array): void => {
  writeFully(descriptor, bytes, 0);
  ftruncateSync(descriptor, bytes.length);
};

const restored = (descriptor: number, before: Uint8Array): boolean => {
  try {
    rewrite(descriptor, before);
    return true;
  } catch {
    return false;
  }
};

/** Beside the file, or where that cannot be among the temporary files. */
const keepCopy = (target: string, bytes: Uint8Array): string => {
  try {
    return writeCopy(nameBeside(target, 'old'), bytes);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return writeCopy(nameBeside(target, 'old', tmpdir()), bytes);
  }
};

const writeCopy = (path: string, bytes: Uint8Array): string => {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    writeFully(descriptor, bytes);
    return path;
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(descriptor);
  }
};
