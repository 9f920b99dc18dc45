import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf } from './system-error.ts';

/** A file being written beside the one it will replace. Every call throws the system's error. */
export interface Draft {
  readonly path: string;
  readonly write: (bytes: Uint8Array) => void;
  /** Takes the target's place in one step; whoever reads it has the old file or the new. */
  readonly publish: () => void;
  readonly discard: () => void;
}

/** Starts a draft that has the mode and the owner of the file it replaces, if there is one. */
export const openDraft = (target: string, replaced: Stats | undefined): Draft => {
  const path = nameBeside(target, 'tmp');
  const descriptor = openSync(path, 'wx', replaced ? 0o600 : 0o666);
  let isOpen = true;
  const close = () => {
    if (isOpen) closeSync(descriptor);
    isOpen = false;
  };
  const draft: Draft = {
    path,
    write: (bytes) => writeFully(descriptor, bytes),
    publish: () => {
      close();
      renameSync(path, target);
    },
    discard: () => {
      close();
      rmSync(path, { force: true });
    },
  };
  try {
    if (replaced) takeAfter(descriptor, replaced);
    return draft;
  } catch (error) {
    draft.discard();
    throw error;
  }
};

/** A name in the same folder that no search takes; short, for the target's own may be as long as names can be. */
export const nameBeside = (target: string, ending: 'tmp' | 'old', folder = dirname(target)): string =>
  join(folder, `.iechorlint-${randomBytes(6).toString('hex')}.${basename(target).slice(0, 60)}.${ending}`);

/** Writes all of it, from a position on or where the file stands. */
export const writeFully = (descriptor: number, bytes: Uint8Array, from?: number): void => {
  for (let done = 0; done < bytes.length; ) {
    const position = from === undefined ? null : from + done;
    done += writeSync(descriptor, bytes, done, bytes.length - done, position);
  }
};

/** Whether a folder or its file system lets no draft be made or moved, so that the file can only be written in place. */
export const isRefusal = (error: unknown): boolean =>
  ['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EXDEV'].includes(codeOf(error) ?? '');

const takeAfter = (descriptor: number, { uid, gid, mode }: Stats): void => {
  const own = fstatSync(descriptor);
  // A change of owner clears the mode's special bits, so it comes first.
  if (own.uid !== uid || own.gid !== gid) fchownSync(descriptor, uid, gid);
  fchmodSync(descriptor, mode & 0o7777);
};
