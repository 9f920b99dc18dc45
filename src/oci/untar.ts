import { ImageError } from './error.ts';
import { BLOCK, paddingOf, type TarEntry, type TarType, TYPE_FLAGS } from './tar.ts';

/** An entry of an archive with the place of its content. */
export interface PlacedEntry extends TarEntry {
  /** Offset of the content in bytes. */
  readonly at: number;
}

/** What archives are read from: so many bytes from an offset, fewer at the end. */
export type ReadAt = (offset: number, length: number) => Uint8Array;

/** The records that a PAX header or a long-name entry holds may be no longer; none in use come near it. */
const MOST_META = 16 * 1024 * 1024;

interface Pending {
  readonly records: Map<string, Uint8Array>;
}

/** Every entry of an uncompressed archive: ustar, PAX and the long names of GNU. Throws ImageError. */
export function* readTar(read: ReadAt): Generator<PlacedEntry> {
  const globals = new Map<string, Uint8Array>();
  let pending: Pending = { records: new Map() };
  for (let offset = 0; ; ) {
    const block = read(offset, BLOCK);
    if (block.length === 0 || (block.length === BLOCK && isZero(block))) return;
    if (block.length < BLOCK) throw damaged('the archive is cut short', offset);
    const header = headerOf(Buffer.from(block.buffer, block.byteOffset, BLOCK), offset);
    const at = offset + BLOCK;
    const size = header.flag in META ? header.size : sizeOf(header.size, pending.records);
    offset = at + size + paddingOf(size);
    if (header.flag in META) {
      if (size > MOST_META) throw damaged('a header is too long', at);
      const content = read(at, size);
      if (content.length < size) throw damaged('the archive is cut short', at);
      readMeta(header.flag, content, header.flag === 'g' ? globals : pending.records, at);
      continue;
    }
    const records = new Map([...globals, ...pending.records]);
    pending = { records: new Map() };
    const entry = entryOf(header, records, size, at);
    if (entry) yield entry;
  }
}

const damaged = (what: string, at: number): ImageError => new ImageError(`${what}, at byte ${at} of the archive`);

/** Entries about the next entry. */
const META: Readonly<Record<string, string>> = { x: 'PAX', g: 'PAX for all', L: 'long name', K: 'long link' };

interface RawHeader {
  readonly name: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly flag: string;
  readonly link: string;
  readonly major: number;
  readonly minor: number;
}

const isZero = (block: Uint8Array): boolean => block.every((byte) => byte === 0);

const headerOf = (block: Buffer, offset: number): RawHeader => {
  let sum = 0;
  for (let at = 0; at < BLOCK; at++) sum += at >= 148 && at < 156 ? 32 : (block[at] ?? 0);
  if (numberIn(block, 148, 8) !== sum) throw damaged('this is no tar header', offset);
  const isUstar = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isUstar ? textIn(block, 345, 155) : '';
  const name = textIn(block, 0, 100);
  return {
    name: prefix ? `${prefix}/${name}` : name,
    mode: numberIn(block, 100, 8) & 0o7777,
    uid: numberIn(block, 108, 8),
    gid: numberIn(block, 116, 8),
    size: numberIn(block, 124, 12),
    mtime: numberIn(block, 136, 12),
    flag: String.fromCharCode(block[156] ?? 0),
    link: textIn(block, 157, 100),
    major: numberIn(block, 329, 8),
    minor: numberIn(block, 337, 8),
  };
};

const textIn = (block: Buffer, at: number, length: number): string => {
  const end = block.indexOf(0, at);
  return block.toString('utf8', at, end < 0 || end > at + length ? at + length : end);
};

/** Octal digits, or, where the first bit is set, a big-endian number. */
const numberIn = (block: Buffer, at: number, length: number): number => {
  if ((block[at] ?? 0) & 0x80) {
    let value = (block[at] ?? 0) & 0x7f;
    for (let next = at + 1; next < at + length; next++) value = value * 256 + (block[next] ?? 0);
    return Number.isSafeInteger(value) ? value : 0;
  }
  const digits = /[0-7]+/.exec(block.toString('latin1', at, at + length));
  return digits ? Number.parseInt(digits[0], 8) : 0;
};

const readMeta = (flag: string, content: Uint8Array, records: Map<string, Uint8Array>, at: number): void => {
  if (flag === 'L' || flag === 'K') {
    const end = content.indexOf(0);
    records.set(flag === 'L' ? 'path' : 'linkpath', end < 0 ? content : content.subarray(0, end));
    return;
  }
  for (let offset = 0; offset < content.length; ) {
    const blank = content.indexOf(32, offset);
    const length = blank < 0 ? Number.NaN : Number(Buffer.from(content.subarray(offset, blank)).toString('latin1'));
    const equals = content.indexOf(61, blank);
    if (!Number.isInteger(length) || length <= 0 || offset + length > content.length || equals < 0)
      throw damaged('a PAX record cannot be read', at + offset);
    const key = Buffer.from(content.subarray(blank + 1, equals)).toString('utf8');
    records.set(key, content.subarray(equals + 1, offset + length - 1));
    offset += length;
  }
};

const sizeOf = (size: number, records: ReadonlyMap<string, Uint8Array>): number => {
  const record = records.get('size');
  return record ? Number(Buffer.from(record).toString('latin1')) : size;
};

const TYPES = new Map<string, TarType>([
  ...Object.entries(TYPE_FLAGS).map(([type, flag]) => [flag, typeNamed(type)] as const),
  ['\0', 'file'],
  ['7', 'file'],
]);

function typeNamed(name: string): TarType {
  const types: readonly TarType[] = ['file', 'hardlink', 'symlink', 'character', 'block', 'directory', 'fifo'];
  return types.find((type) => type === name) ?? 'file';
}

/** Undefined for a type that means nothing in a layer. */
const entryOf = (
  header: RawHeader,
  records: ReadonlyMap<string, Uint8Array>,
  size: number,
  at: number,
): PlacedEntry | undefined => {
  const text = (key: string) => {
    const value = records.get(key);
    return value === undefined ? undefined : Buffer.from(value).toString('utf8');
  };
  const name = text('path') ?? header.name;
  const known = TYPES.get(header.flag);
  if (!known) return undefined;
  const type = known === 'file' && name.endsWith('/') ? 'directory' : known;
  const xattrs = new Map<string, Uint8Array>();
  for (const [key, value] of records) if (key.startsWith(XATTR)) xattrs.set(key.slice(XATTR.length), value);
  const isLink = type === 'hardlink' || type === 'symlink';
  const isDevice = type === 'character' || type === 'block';
  return {
    path: name.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, ''),
    type,
    mode: header.mode,
    uid: Number(text('uid') ?? header.uid),
    gid: Number(text('gid') ?? header.gid),
    size: type === 'file' ? size : 0,
    mtime: Math.floor(Number(text('mtime') ?? header.mtime)),
    at,
    ...(isLink ? { link: text('linkpath') ?? header.link } : {}),
    ...(isDevice ? { device: { major: header.major, minor: header.minor } } : {}),
    ...(xattrs.size > 0 ? { xattrs } : {}),
  };
};

const XATTR = 'SCHILY.xattr.';
