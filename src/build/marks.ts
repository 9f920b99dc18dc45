import { lstatSync, type Stats } from 'node:fs';
import { onDisk } from '../oci/names.ts';
import { BARE, bareStat } from './bare-stat.ts';
import { listOf } from './listing.ts';

/**
 * Inode, device, size, mode and both times: a file that was written keeps its change time from nobody, and what its name
 * is says nothing of its content.
 */
export const marksOf = ({ ino, dev, size, mode, mtimeMs, ctimeMs }: Stats): readonly number[] => [
  ino,
  dev,
  size,
  mode,
  mtimeMs,
  ctimeMs,
];

/** How many they are. */
export const MARKS = 6;

/** Whether a file has the marks that stand in a row. */
export const hasMarks = (marks: Float64Array, row: number, stat: Stats): boolean => {
  const at = row * MARKS;
  return (
    marks[at + 5] === stat.ctimeMs &&
    marks[at + 4] === stat.mtimeMs &&
    marks[at] === stat.ino &&
    marks[at + 2] === stat.size &&
    marks[at + 3] === stat.mode &&
    marks[at + 1] === stat.dev
  );
};

/** Whether the file at a path has the marks that stand in a row, as far as that is quickly told. */
export const surelyHasMarks = (marks: Float64Array, row: number, path: string): boolean => {
  const bare = bareStat(path);
  if (!bare) return false;
  const at = row * MARKS;
  return (
    marks[at + 5] === milliseconds(bare, BARE.ctime) &&
    marks[at + 4] === milliseconds(bare, BARE.mtime) &&
    marks[at] === bare[BARE.ino] &&
    marks[at + 2] === bare[BARE.size] &&
    marks[at + 3] === bare[BARE.mode] &&
    marks[at + 1] === bare[BARE.dev]
  );
};

/** As Node computes them. */
const milliseconds = (bare: Float64Array, at: number): number => (bare[at] ?? 0) * 1000 + (bare[at + 1] ?? 0) / 1e6;

const RACY = 2000;

/**
 * Whether a file looked at since then will have another change time if it changes: one changed so shortly before may
 * change again within the same tick of the clock.
 */
export const isSettled = ({ ctimeMs }: Stats, since: number): boolean => since - ctimeMs > RACY;

/** The file itself, links not followed; undefined where nothing is there. */
export const statOf = (path: string): Stats | undefined => {
  try {
    return lstatSync(onDisk(path), { throwIfNoEntry: false });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined;
    throw error;
  }
};

/** The names in a folder, in its own order; none where it is no folder. */
export const namesIn = (folder: string): readonly string[] => {
  try {
    return listOf(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOTDIR' || error.code === 'ENOENT')) return [];
    throw error;
  }
};

/** The numbers of a device, as Linux packs them. */
export const deviceOf = (rdev: number): { readonly major: number; readonly minor: number } => ({
  major: (rdev >>> 8) & 0xfff,
  minor: (rdev & 0xff) | ((rdev >>> 12) & 0xfff00),
});
