import { readdirSync, readlinkSync } from 'node:fs';
import { nameOfBytes, onDisk, REPLACEMENT } from '../oci/names.ts';

/** The names in a folder, in its own order, each with all its bytes. */
export const listOf = (folder: string): readonly string[] => {
  const names = readdirSync(onDisk(folder));
  return names.some(isDoubtful) ? readdirSync(onDisk(folder), 'buffer').map(nameOfBytes) : names;
};

/** The folders in a folder. */
export const foldersIn = (folder: string): readonly string[] => {
  const found = readdirSync(onDisk(folder), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  if (!found.some(({ name }) => isDoubtful(name))) return found.map(({ name }) => name);
  const named = readdirSync(onDisk(folder), { withFileTypes: true, encoding: 'buffer' });
  return named.flatMap((entry) => (entry.isDirectory() ? [nameOfBytes(entry.name)] : []));
};

/** Where a link leads. */
export const targetOf = (path: string): string => {
  const target = readlinkSync(onDisk(path));
  return isDoubtful(target) ? nameOfBytes(readlinkSync(onDisk(path), 'buffer')) : target;
};

const isDoubtful = (text: string): boolean => text.includes(REPLACEMENT);
