import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach } from 'vitest';

/** Whether builds can be tried here; a line says so where they cannot. */
export const canBuild = process.platform === 'linux';
if (!canBuild) console.warn('builds are left out: they need Linux');

/** A context and a store that are new for each test of the file that imports them. */
export let context = '';
export let store = '';

const made: string[] = [];
beforeEach(() => {
  context = mkdtempSync(join(tmpdir(), 'iechorlint-build-'));
  store = `${context}-store`;
  made.push(context, store);
});
afterAll(() => {
  for (const each of made) rmSync(each, { recursive: true, force: true });
});

/** Deletes this too in the end. */
export const alsoMade = (path: string): void => void made.push(path);

/** Writes a file of the context. */
export const put = (name: string, text: string): void => {
  mkdirSync(dirname(join(context, name)), { recursive: true });
  writeFileSync(join(context, name), text);
};
