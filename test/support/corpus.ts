import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from '../../src/dev/rule-files.ts';
import { decode } from '../../src/source/decode.ts';

/** Files that others wrote, beside the project; what needs them is skipped where they are not. */
const SHARED = `${ROOT}../shared`;

export const hasCorpus = existsSync(`${SHARED}/corpus/dev`);

export const sharedFile = (path: string): Buffer => readFileSync(`${SHARED}/${path}`);

/** Paths below `corpus/` of the files in some of its folders, sorted. */
export const corpusPaths = (...folders: readonly string[]): readonly string[] =>
  folders.flatMap((folder) => {
    const root = `${SHARED}/corpus/${folder}`;
    if (!existsSync(root)) return [];
    const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return entries.map(({ parentPath, name }) => relative(`${SHARED}/corpus`, join(parentPath, name))).toSorted();
  });

/** The text of a corpus file, its byte order mark taken off. */
export const corpusText = (path: string): string => decode(path, sharedFile(`corpus/${path}`)).text;

/** Every n-th of them, so many in all. */
export const sample = <T>(all: readonly T[], count: number): readonly T[] => {
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, index) => index % step === 0).slice(0, count);
};
