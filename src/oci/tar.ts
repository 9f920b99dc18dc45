import { bytesOfName } from './names.ts';

/** One entry of a layer's archive. Paths are relative, without a leading `./`; a directory has no `/` at its end here. */
export interface TarEntry {
  readonly path: string;
  readonly type: TarType;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content; 0 for all but files. */
  readonly size: number;
  /** Whole seconds since 1970. */
  readonly mtime: number;
  /** What a symlink or a hard link points at. */
  readonly link?: string;
  readonly device?: { readonly major: number; readonly minor: number };
  /** Extended attributes by name. */
  readonly xattrs?: ReadonlyMap<string, Uint8Array>;
}

export type TarType = 'file' | 'hardlink' | 'symlink' | 'character' | 'block' | 'directory' | 'fifo';

export const TYPE_FLAGS: Readonly<Record<TarType, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
};

export const BLOCK = 512;

/** How many zeros follow so many bytes of content. */
export const paddingOf = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

/** What ends an archive. */
export const TAR_END = new Uint8Array(2 * BLOCK);

/**
 * The header blocks of an entry: ustar, and before it a PAX record for what does not fit there. The same entry gives the
 * same bytes, and those that BuildKit writes.
 */
export const tarHeader = (entry: TarEntry): Uint8Array => {
  const path = entry.type === 'directory' ? `${entry.path}/` : entry.path;
  const name = splitName(path);
  const records: [key: string, value: Uint8Array][] = [];
  const text = (key: string, value: string) => records.push([key, bytesOfName(value)]);
  if (!name) text('path', path);
  if (entry.link !== undefined && !fits(entry.link, 100)) text('linkpath', entry.link);
  if (entry.size >= MOST_OCTAL) text('size', String(entry.size));
  if (entry.uid > MOST_ID) text('uid', String(entry.uid));
  if (entry.gid > MOST_ID) text('gid', String(entry.gid));
  if (entry.mtime < 0 || entry.mtime >= MOST_OCTAL) text('mtime', String(entry.mtime));
  for (const [key, value] of entry.xattrs ?? []) records.push([`SCHILY.xattr.${key}`, value]);
  const own = ustar(entry, name ?? { prefix: '', rest: ascii(path).slice(0, 100) }, TYPE_FLAGS[entry.type]);
  return records.length === 0 ? own : Buffer.concat([...paxBlocks(path, records), own]);
};

/** The greatest number that eleven octal digits hold. */
const MOST_OCTAL = 8 ** 11;
const MOST_ID = 8 ** 7 - 1;

interface Name {
  readonly prefix: string;
  readonly rest: string;
}

/** A path in the two fields of ustar; undefined where it does not fit. */
const splitName = (path: string): Name | undefined => {
  if (fits(path, 100)) return { prefix: '', rest: path };
  if (!isAscii(path) || path.length > 256) return undefined;
  const length = Math.min(path.length - (path.endsWith('/') ? 1 : 0), 156);
  const at = path.lastIndexOf('/', length - 1);
  const rest = path.slice(at + 1);
  return at <= 0 || at > 155 || rest === '' || rest.length > 100 ? undefined : { prefix: path.slice(0, at), rest };
};

const isAscii = (text: string): boolean => /^[\x01-\x7f]*$/.test(text);
const fits = (text: string, length: number): boolean => text.length <= length && isAscii(text);
const ascii = (text: string): string => text.replace(/[^\x01-\x7f]/g, '');

/** Layers have thousands of headers, so that only what is written counts towards the sum, and is read but once. */
const ustar = (entry: Omit<TarEntry, 'path'>, name: Name, flag: string): Buffer => {
  const block = Buffer.from(TEMPLATE);
  const sum =
    SUM_OF_TEMPLATE +
    writeText(block, name.rest, 0) +
    writeOctal(block, entry.mode & 0o7777, 100, 8) +
    writeOctal(block, entry.uid, 108, 8) +
    writeOctal(block, entry.gid, 116, 8) +
    writeOctal(block, entry.size, 124, 12) +
    writeOctal(block, entry.mtime, 136, 12) +
    writeText(block, flag, 156) +
    (entry.link === undefined ? 0 : writeText(block, ascii(entry.link).slice(0, 100), 157)) +
    writeOctal(block, entry.device?.major ?? 0, 329, 8) +
    writeOctal(block, entry.device?.minor ?? 0, 337, 8) +
    writeText(block, name.prefix, 345);
  writeOctal(block, sum, 148, 7);
  return block;
};

/** What every header has; its own sum counts as blanks. */
const TEMPLATE = Buffer.alloc(BLOCK);
TEMPLATE.write('        ', 148, 'latin1');
TEMPLATE.write('ustar\0' + '00', 257, 'latin1');
const SUM_OF_TEMPLATE = TEMPLATE.reduce((sum, byte) => sum + byte, 0);

/** ASCII; gives the sum of its bytes. */
const writeText = (block: Buffer, text: string, start: number): number => {
  let sum = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    block[start + at] = code;
    sum += code;
  }
  return sum;
};

const ZERO = 48;

/** As many digits as fit before the zero at the end; a number that does not fit is told elsewhere. Gives the sum of the bytes. */
const writeOctal = (block: Buffer, value: number, at: number, length: number): number => {
  const most = length === 12 ? MOST_OCTAL - 1 : MOST_ID;
  let rest = value < 0 || value > most ? 0 : value;
  let sum = 0;
  for (let place = at + length - 2; place >= at; place--) {
    const digit = ZERO + (rest % 8);
    block[place] = digit;
    sum += digit;
    rest = Math.floor(rest / 8);
  }
  block[at + length - 1] = 0;
  return sum;
};

const paxBlocks = (path: string, records: readonly (readonly [string, Uint8Array])[]): readonly Uint8Array[] => {
  const sorted = records.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const content = Buffer.concat(sorted.map(([key, value]) => paxRecord(key, value)));
  const at = path.replace(/\/$/, '').lastIndexOf('/');
  const folder = path.slice(0, at + 1);
  const name = ascii(`${folder}PaxHeaders.0/${path.slice(at + 1)}`).slice(0, 100);
  const plain = { mode: 0, uid: 0, gid: 0, mtime: 0, size: content.length, type: 'file' } as const;
  const header = ustar(plain, { prefix: '', rest: name }, 'x');
  return [header, content, new Uint8Array(paddingOf(content.length))];
};

/** `LENGTH KEY=VALUE\n`, the length counting itself. */
const paxRecord = (key: string, value: Uint8Array): Uint8Array => {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length + String(rest.length).length;
  if (String(length).length !== String(rest.length).length) length = rest.length + String(length).length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
};
