import { ImageError } from '../oci/error.ts';

export const DISK_FULL =
  'the disk is full; `iechorlint prune` deletes what no image needs, --store names another place';

/** What the system says of a store that cannot be written, perhaps to one call alone, and what to do. */
const REFUSALS: Readonly<Record<string, string>> = {
  ENOSPC: DISK_FULL,
  EDQUOT: 'the disk quota is used up; `iechorlint prune` deletes what no image needs, --store names another place',
  EROFS: 'the file system is read-only; --store or IECHORLINT_STORE names another place',
  EACCES: 'permission denied; --store or IECHORLINT_STORE names another place',
  EPERM: 'the system does not permit it; --store or IECHORLINT_STORE names another place',
  ENOTDIR: 'a file is in its place; --store or IECHORLINT_STORE names another place',
  EEXIST: 'a file is in its place; --store or IECHORLINT_STORE names another place',
  EISDIR: 'a folder is in the place of a file; delete it, or --store names another place',
  'ENOENT mkdir': 'the system makes no folder there; --store or IECHORLINT_STORE names another place',
  ELOOP: 'its symbolic links form a loop; --store or IECHORLINT_STORE names another place',
  ENAMETOOLONG: 'the path is too long; --store or IECHORLINT_STORE names another place',
  EIO: 'the device reports an error',
  EMFILE: 'too many files are open; `ulimit -n` sets how many may be',
};

const LOOKS: ReadonlySet<string> = new Set(['stat', 'lstat', 'scandir']);

/** The error as one that tells what to do, where the system refused something about the store, or an output. */
export const storeTrouble = (folder: string, error: unknown): unknown => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const call = error instanceof Error && 'syscall' in error ? String(error.syscall) : '';
  const reason = REFUSALS[code] ?? REFUSALS[`${code} ${call}`];
  if (reason === undefined) return error;
  const path = error instanceof Error && 'path' in error ? String(error.path) : folder;
  // A folder above it that has to be made first is about it too.
  const isStore = path === folder || path.startsWith(`${folder}/`) || folder.startsWith(`${path}/`);
  return new ImageError(
    isStore
      ? `cannot write to ${folder}: ${reason}`
      : `cannot ${LOOKS.has(call) ? 'read' : 'write'} ${path}: ${reason.replace(/;.*/s, '')}`,
  );
};

/** Runs what writes to the store; what the system refuses is told with what to do. Throws ImageError. */
export const guardedSync = <T>(folder: string, action: () => T): T => {
  try {
    return action();
  } catch (error) {
    throw storeTrouble(folder, error);
  }
};

export const guarded = async <T>(folder: string, action: () => Promise<T>): Promise<T> => {
  try {
    return await action();
  } catch (error) {
    throw storeTrouble(folder, error);
  }
};
