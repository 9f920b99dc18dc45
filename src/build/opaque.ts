import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readTar } from '../oci/untar.ts';
import { joined, type Tree } from './tree.ts';

/**
 * The folders of an overlay's upper folder that hide what was below them. The kernel marks them by an attribute that
 * Node cannot read; GNU tar can, and is asked only where something may be hidden.
 */
export const opaqueFolders = (upper: string, tree: Tree): ReadonlySet<string> => {
  const suspects: string[] = [];
  collect(upper, tree, '', suspects);
  if (suspects.length === 0) return new Set();
  const { status, stdout, stderr } = spawnSync(
    'tar',
    ['-C', upper, '--xattrs', '--xattrs-include=*.overlay.opaque', '--no-recursion', '--null', '-T', '-', '-cf', '-'],
    {
      input: suspects.map((path) => `./${path}`).join('\0'),
      maxBuffer: 1 << 28,
      env: { LC_ALL: 'C', PATH: process.env.PATH },
    },
  );
  if (status !== 0)
    throw new Error(
      `tar cannot read the attributes of a step's files: ${stderr?.toString().trim() ?? 'it is missing'}`,
    );
  const marked = new Set<string>();
  for (const { path, xattrs } of readTar((offset, length) => stdout.subarray(offset, offset + length))) {
    if (Array.from(xattrs ?? []).some(([name, value]) => name.endsWith('.overlay.opaque') && value[0] === 0x79))
      marked.add(path);
  }
  return marked;
};

/** Folders that were there before and do not have all that was in them. */
const collect = (upper: string, tree: Tree, folder: string, suspects: string[]): void => {
  for (const entry of readdirSync(join(upper, folder), { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = joined(folder, entry.name);
    if (tree.entry(path)?.type !== 'directory') continue;
    const own = new Set(readdirSync(join(upper, path)));
    if (tree.list(path).some((name) => !own.has(name))) suspects.push(path);
    collect(upper, tree, path, suspects);
  }
};
