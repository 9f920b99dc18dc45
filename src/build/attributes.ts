import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type PlacedEntry, readTar } from '../oci/untar.ts';
import { folderOf, joined, type Tree } from './tree.ts';

/** Node cannot read attributes of files; GNU tar can, and is asked only where some may be. */
const attributesOf = (folder: string, paths: readonly string[], pattern: string): readonly PlacedEntry[] => {
  const { status, stdout, stderr } = spawnSync(
    'tar',
    ['-C', folder, '--xattrs', `--xattrs-include=${pattern}`, '--no-recursion', '--null', '-T', '-', '-cf', '-'],
    {
      input: paths.map((path) => `./${path}`).join('\0'),
      maxBuffer: 1 << 30,
      env: { LC_ALL: 'C', PATH: process.env.PATH },
    },
  );
  if (status !== 0)
    throw new Error(
      `GNU tar cannot read the attributes of a step's files: ${stderr?.toString().trim() ?? 'it is missing'}`,
    );
  return Array.from(readTar((offset, length) => stdout.subarray(offset, offset + length)));
};

/** The folders of an overlay's upper folder that hide what was below them: the kernel marks them by an attribute. */
export const opaqueFolders = (upper: string, tree: Tree): ReadonlySet<string> => {
  const suspects: string[] = [];
  collect(upper, tree, '', suspects);
  if (suspects.length === 0) return new Set();
  const asked = new Set<string>();
  for (const path of suspects) for (let at = path; at !== ''; at = folderOf(at)) asked.add(at);
  const marked = new Set<string>();
  for (const { path, xattrs } of attributesOf(upper, [...asked], '*.overlay.opaque')) {
    if (Array.from(xattrs ?? []).some(([name, value]) => name.endsWith('.overlay.opaque') && value[0] === 0x79))
      marked.add(path);
  }
  const isBelowMarked = (path: string): boolean => path !== '' && (marked.has(path) || isBelowMarked(folderOf(path)));
  return new Set(suspects.filter(isBelowMarked));
};

/** Folders that were there before and do not have all that was in them. */
const collect = (upper: string, tree: Tree, folder: string, suspects: string[]): void => {
  for (const entry of readdirSync(join(upper, folder), { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = joined(folder, entry.name);
    const names = tree.list(path);
    if (names.length === 0) continue;
    const own = new Set(readdirSync(join(upper, path)));
    if (names.some((name) => !own.has(name))) suspects.push(path);
    collect(upper, tree, path, suspects);
  }
};

const CAPABILITY = 'security.capability';

/**
 * What programs may do that their users may not, by path. Empty copies carry it to tar, so that no content is read.
 * Undefined where the machine's programs cannot tell.
 */
export const capabilitiesOf = (
  folder: string,
  paths: readonly string[],
): ReadonlyMap<string, Uint8Array> | undefined => {
  const copies = mkdtempSync(join(folder, '..', 'attributes-'));
  try {
    const { status } = spawnSync(
      'xargs',
      ['-0', 'cp', '--parents', '-P', '--attributes-only', '--preserve=mode,ownership,xattr', '-t', copies],
      { cwd: folder, input: paths.map((path) => `./${path}`).join('\0'), env: { LC_ALL: 'C', PATH: process.env.PATH } },
    );
    if (status !== 0) return undefined;
    const values = new Map<string, Uint8Array>();
    for (const { path, xattrs } of attributesOf(copies, paths, CAPABILITY)) {
      const value = xattrs?.get(CAPABILITY);
      if (value) values.set(path, Uint8Array.from(value));
    }
    return values;
  } catch {
    return undefined;
  } finally {
    rmSync(copies, { recursive: true, force: true });
  }
};
