import { lstatSync, type Stats } from 'node:fs';
import type { IgnoreFile } from '../facts/index.ts';
import { onDisk } from '../oci/names.ts';
import type { TarType } from '../oci/tar.ts';
import { type AskedCapabilities, askedCapabilities } from './asked-capabilities.ts';
import { isProgram } from './attributes.ts';
import type { DigestCache } from './digest-cache.ts';
import type { FileTree, SourceFile } from './files.ts';
import { type Files, searched } from './find.ts';
import { targetOf } from './listing.ts';
import { deviceOf, namesIn, statOf } from './marks.ts';
import { pathFilter } from './path-filter.ts';
import { digestOfBytes, digestOfFile, readInto, readSmall } from './read-file.ts';
import type { Sightings } from './sightings.ts';
import { CAPABILITY } from './xattr.ts';

/** The build context: a folder, without what its ignore file leaves out. Its files belong to root. */
export const contextTree = (
  folder: string,
  ignore: IgnoreFile | undefined,
  digests: DigestCache,
  sightings: Sightings,
  warn: (text: string) => void,
): FileTree => {
  const capabilities = askedCapabilities((text) => {
    sightings.doubt();
    warn(text);
  });
  const files = folderFiles(folder, ignore, digests, sightings, capabilities);
  return { ...searched(files), remembered: sightings.remembered };
};

const folderFiles = (
  folder: string,
  ignore: IgnoreFile | undefined,
  digests: DigestCache | undefined,
  sightings: Sightings | undefined,
  capabilities: AskedCapabilities | undefined,
): Files => {
  const memory = { left: MOST_KEPT };
  return {
    ignored: ignore && ignore.patterns.length > 0 ? pathFilter(ignore.patterns) : undefined,
    names(path) {
      const names = namesIn(`${folder}/${path}`);
      sightings?.sawNames(path, names);
      return names.toSorted();
    },
    file(path, as) {
      const full = `${folder}/${path}`;
      const stat = statOf(full);
      sightings?.sawFile(path, stat);
      return stat && fileOf({ full, as, stat, digests, memory, capabilities });
    },
  };
};

/** A folder of ours, such as a checkout: all of it, and digests are not remembered. */
export const folderTree = (folder: string): FileTree =>
  searched(folderFiles(folder, undefined, undefined, undefined, undefined));

interface Found {
  readonly full: string;
  readonly as: string;
  readonly stat: Stats;
  readonly digests: DigestCache | undefined;
  readonly memory: Memory;
  readonly capabilities: AskedCapabilities | undefined;
}

/** What was read for its digest is kept for the layer, so that a small file is opened once. */
interface Memory {
  left: number;
}

const MOST_KEPT = 64 << 20;
const SMALL = 32 << 10;

const fileOf = (found: Found): SourceFile => {
  const { full, as, stat } = found;
  const type = typeOf(stat);
  const mode = stat.mode & 0o7777;
  const mtime = Math.floor(stat.mtimeMs / 1000);
  if (type === 'file' && stat.isFile()) return regularFile(found, mode, mtime);
  const base = { path: as, type, mode, uid: 0, gid: 0, size: 0, mtime };
  if (type === 'symlink') return { ...base, mode: 0o777, link: targetOf(full) };
  if (type === 'character' || type === 'block') return { ...base, device: deviceOf(stat.rdev) };
  return base;
};

/** A socket becomes an empty file, as in BuildKit. */
const typeOf = (stat: Stats): TarType => {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  if (stat.isSymbolicLink()) return 'symlink';
  if (stat.isFIFO()) return 'fifo';
  if (stat.isCharacterDevice()) return 'character';
  return stat.isBlockDevice() ? 'block' : 'file';
};

const regularFile = (found: Found, mode: number, mtime: number): SourceFile => {
  const { full, as, stat, digests } = found;
  const { size, ctimeMs } = stat;
  const place = digests?.placeOf(stat);
  const inode = stat.nlink > 1 ? `${stat.dev} ${stat.ino}` : undefined;
  // Of many files that are known little is held.
  const digest = digests && place !== undefined ? () => digests.digest(place) : undefined;
  const content = (write: (chunk: Uint8Array) => void) => writeUnchanged(full, size, ctimeMs, write);
  const file = { path: as, type: 'file', mode, uid: 0, gid: 0, size, mtime, inode, digest, content } as const;
  if (digest) return { ...file, digest };
  const capabilities = found.capabilities && isProgram(file) ? found.capabilities : undefined;
  return { ...file, ...unknownFile({ ...found, capabilities, kept: {} }) };
};

/** A file that has to be read for its digest. */
const unknownFile = (reading: Reading): Pick<SourceFile, 'digest' | 'content' | 'attributes'> => {
  const { full, capabilities } = reading;
  const content = (write: (chunk: Uint8Array) => void) => writeContent(reading, write);
  if (!capabilities) return { digest: () => freshDigest(reading), content };
  capabilities.add(full);
  const attributes = () => {
    const value = capabilities.of(full);
    return value && new Map([[CAPABILITY, value]]);
  };
  return { digest: () => programDigest(reading, capabilities), content, attributes };
};

/** One with a capability is read again by every build: of it more than its digest would have to be remembered. */
const programDigest = (reading: Reading, capabilities: AskedCapabilities): string => {
  const value = capabilities.of(reading.full);
  const isRemembered = !value && !capabilities.isBlind();
  const digest = freshDigest(isRemembered ? reading : { ...reading, digests: undefined });
  return value ? `${digest} ${Buffer.from(value).toString('hex')}` : digest;
};

interface Reading extends Pick<Found, 'full' | 'stat' | 'digests' | 'memory' | 'capabilities'> {
  readonly kept: Kept;
}

interface Kept {
  digest?: string;
  content?: Buffer | undefined;
}

const freshDigest = ({ full, stat, digests, memory, kept }: Reading): string => {
  if (kept.digest !== undefined) return kept.digest;
  const { size } = stat;
  if (size > SMALL || size > memory.left) kept.digest = digestOfFile(full, size);
  else {
    kept.content = readSmall(full, size);
    memory.left -= size;
    kept.digest = digestOfBytes(kept.content);
  }
  digests?.learn(stat, kept.digest);
  return kept.digest;
};

const writeContent = ({ full, stat, memory, kept }: Reading, write: (chunk: Uint8Array) => void): void => {
  const { content } = kept;
  if (!content) return writeUnchanged(full, stat.size, stat.ctimeMs, write);
  write(content);
  memory.left += content.length;
  kept.content = undefined;
};

const writeUnchanged = (full: string, size: number, ctimeMs: number, write: (chunk: Uint8Array) => void): void => {
  readInto(full, size, write);
  if (lstatSync(onDisk(full)).ctimeMs !== ctimeMs) throw new Error(`${full} changed while it was copied`);
};
