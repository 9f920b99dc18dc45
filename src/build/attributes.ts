import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesOfName, onDisk } from '../oci/names.ts';
import { type PlacedEntry, readTar } from '../oci/untar.ts';
import type { SourceFile } from './files.ts';
import { foldersIn, listOf } from './listing.ts';
import { folderOf, joined, type Tree } from './tree.ts';
import { attributeLibrary, CAPABILITY } from './xattr.ts';

const ENV = { LC_ALL: 'C', PATH: process.env.PATH };

/** Node cannot read attributes of files; GNU tar can, and is asked only where some may be. */
const attributesOf = (folder: string, paths: readonly string[], pattern: string): readonly PlacedEntry[] => {
  const { status, stdout, stderr } = spawnSync(
    'tar',
    ['-C', folder, '--xattrs', `--xattrs-include=${pattern}`, '--no-recursion', '--null', '-T', '-', '-cf', '-'],
    { input: bytesOfName(paths.map((path) => `./${path}`).join('\0')), maxBuffer: 1 << 30, env: ENV },
  );
  if (status !== 0)
    throw new Error(
      `GNU tar cannot read the attributes of a step's files: ${stderr?.toString().trim() ?? 'it is missing'}; npm install @napi-rs/xattr reads them without`,
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
  const marked = markedAmong(upper, [...asked]);
  const isBelowMarked = (path: string): boolean => path !== '' && (marked.has(path) || isBelowMarked(folderOf(path)));
  return new Set(suspects.filter(isBelowMarked));
};

const YES = 'y'.charCodeAt(0);

const markedAmong = (upper: string, paths: readonly string[]): ReadonlySet<string> => {
  const library = attributeLibrary();
  if (library && paths.every((path) => path.isWellFormed())) {
    const isMarked = (path: string, kind: string) =>
      library.getAttributeSync(join(upper, path), `${kind}.overlay.opaque`)?.[0] === YES;
    return new Set(paths.filter((path) => isMarked(path, 'trusted') || isMarked(path, 'user')));
  }
  const marked = attributesOf(upper, paths, '*.overlay.opaque').filter(({ xattrs }) =>
    Array.from(xattrs ?? []).some(([name, value]) => name.endsWith('.overlay.opaque') && value[0] === YES),
  );
  return new Set(marked.map(({ path }) => path));
};

/** Folders that were there before and do not have all that was in them. */
const collect = (upper: string, tree: Tree, folder: string, suspects: string[]): void => {
  for (const folderName of foldersIn(join(upper, folder))) {
    const path = joined(folder, folderName);
    const names = tree.list(path);
    if (names.length === 0) continue;
    const own = new Set(listOf(join(upper, path)));
    if (names.some((name) => !own.has(name))) suspects.push(path);
    collect(upper, tree, path, suspects);
  }
};

/** Only programs have capabilities, and few. */
export const isProgram = ({ type, mode, size }: SourceFile): boolean =>
  type === 'file' && size > 0 && (mode & 0o111) !== 0;

/** What programs may do that their users may not, by path; others are left out. */
export type Capabilities = ReadonlyMap<string, Uint8Array>;

/** `warn` is told of those that nothing on the machine can read. */
export const capabilitiesOf = (
  folder: string,
  paths: readonly string[],
  warn: (text: string) => void,
): Capabilities => {
  const library = attributeLibrary();
  // The library takes text alone.
  if (!library || !paths.every((path) => path.isWellFormed())) return toldByPrograms(folder, paths, warn);
  const values = new Map<string, Uint8Array>();
  for (const path of paths) {
    const value = library.getAttributeSync(join(folder, path), CAPABILITY);
    if (value) values.set(path, value);
  }
  return values;
};

/** Only compiled programs are asked for, since starting others takes a while. */
const toldByPrograms = (folder: string, paths: readonly string[], warn: (text: string) => void): Capabilities => {
  const compiled = paths.filter((path) => isCompiled(join(folder, path)));
  const values = compiled.length === 0 ? new Map() : toldByCopies(folder, compiled);
  if (!values) warn(lossText(compiled));
  return values ?? new Map();
};

const lossText = (paths: readonly string[]): string => {
  const names = paths.slice(0, 3).map((path) => `/${path}`);
  const all = [...names, ...(paths.length > 3 ? ['more'] : [])].join(', ');
  return `capabilities of ${all} are lost if there are any: npm install @napi-rs/xattr reads them`;
};

const ELF = Buffer.from('\x7fELF', 'latin1');

const isCompiled = (path: string): boolean => {
  const input = openSync(onDisk(path), 'r');
  try {
    const start = Buffer.alloc(ELF.length);
    readSync(input, start);
    return start.equals(ELF);
  } finally {
    closeSync(input);
  }
};

/** Empty copies carry it to tar, so that no content is read. Who is not root cannot copy it, and learns nothing. */
const toldByCopies = (folder: string, paths: readonly string[]): Capabilities | undefined => {
  const copies = mkdtempSync(join(tmpdir(), 'attributes-'));
  try {
    const { status } = spawnSync(
      'xargs',
      ['-0', 'cp', '--parents', '-P', '--attributes-only', '--preserve=mode,ownership,xattr', '-t', copies],
      { cwd: folder, input: bytesOfName(paths.map((path) => `./${path}`).join('\0')), env: ENV },
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
