import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { guardedSync } from './trouble.ts';

/** Stands in the names of files that are being written, and in no other. */
export const DRAFT = ',';

/** Readers see the old file or the new one, whenever this process is killed. */
export const writeWhole = (path: string, content: string | Uint8Array): void => {
  const draft = `${path}${DRAFT}${randomUUID()}`;
  guardedSync(dirname(path), () => {
    mkdirSync(dirname(path), { recursive: true });
    try {
      writeFileSync(draft, content);
      renameSync(draft, path);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  });
};

/** As `writeWhole`; a file that says so already is left, which takes a tenth of the time, and was of use now. */
export const writeOther = (path: string, content: string): void => {
  if (readText(path) === content) touch(path);
  else writeWhole(path, content);
};

/** Undefined where there is none. */
export const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** A file of ours; one that was damaged counts as missing. */
export const readJson = <T>(path: string): T | undefined => {
  const text = readText(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** When it was last of use: what was not for long goes first. */
export const touch = (path: string): void => {
  const now = Date.now() / 1000;
  try {
    utimesSync(path, now, now);
  } catch {}
};

/** In bytes; undefined where there is no such file. */
export const sizeAt = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.size;
