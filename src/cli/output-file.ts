import { closeSync, copyFileSync, lstatSync, openSync, realpathSync, type Stats, statSync } from 'node:fs';
import { type Draft, isRefusal, openDraft, writeFully } from './draft.ts';
import { reasonOf } from './system-error.ts';

/** Writes a report to a file, which has the old content until all of the new is there; says why it could not. */
export const writeOutputFile = (path: string, pieces: Iterable<string>): string | undefined => {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    const target = stat ? realpathSync.native(path) : path;
    if (isPlain(path, stat)) writeByDraft(target, stat, pieces);
    else writeThrough(target, pieces);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
};

/** Whether a draft may take its place: not a device or a pipe, nor a name that others share. */
const isPlain = (path: string, stat: Stats | undefined): boolean => {
  if (stat) return stat.isFile() && stat.nlink === 1;
  return lstatSync(path, { throwIfNoEntry: false }) === undefined;
};

const writeByDraft = (target: string, stat: Stats | undefined, pieces: Iterable<string>): void => {
  const draft = tryDraft(target, stat);
  if (draft === undefined) writeThrough(target, pieces);
  else fillDraft(draft, target, pieces);
};

const fillDraft = (draft: Draft, target: string, pieces: Iterable<string>): void => {
  try {
    for (const piece of pieces) draft.write(Buffer.from(piece));
    publish(draft, target);
  } catch (error) {
    draft.discard();
    throw error;
  }
};

const tryDraft = (target: string, stat: Stats | undefined): Draft | undefined => {
  try {
    return openDraft(target, stat);
  } catch (error) {
    if (stat && isRefusal(error)) return undefined;
    throw error;
  }
};

const publish = (draft: Draft, target: string): void => {
  try {
    draft.publish();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    copyFileSync(draft.path, target);
    draft.discard();
  }
};

const writeThrough = (target: string, pieces: Iterable<string>): void => {
  const descriptor = openSync(target, 'w');
  try {
    for (const piece of pieces) writeFully(descriptor, Buffer.from(piece));
  } finally {
    closeSync(descriptor);
  }
};
