import { ImageError } from './error.ts';
import { nameOfBytes, REPLACEMENT } from './names.ts';
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

/** Every entry of an uncompressed archive: ustar, PAX and the long names of GNU. Throws ImageError. */
export function* readTar(read: ReadAt): Generator<PlacedEntry> {
  const globals = new Map<string, Uint8Array>();
  let pending = new Map<string, Uint8Array>();
  for (let offset = 0, end = 0; ; ) {
    const block = read(offset, BLOCK);
    if (block.length < BLOCK || isZero(block)) {
      if (block.length > 0 && block.length < BLOCK) throw damaged('the archive is cut short', offset);
      if (end > 0 && read(end - 1, 1).length === 0) throw damaged('the archive is cut short', offset);
      return;
    }
    const header = headerOf(Buffer.from(block.buffer, block.byteOffset, BLOCK), offset);
    const at = offset + BLOCK;
    const size = contentSize(header, pending, at);
    end = at + size;
    offset = end + paddingOf(size);
    if (header.flag in META) {
      const records = header.flag === 'g' ? globals : pending;
      readMeta(header.flag, metaAt(read, at, size), records, at);
      continue;
    }
    const entry = entryOf(header, new Map([...globals, ...pending]), size, at);
    pending = new Map();
    if (entry) yield entry;
  }
}

const metaAt = (read: ReadAt, at: number, size: number): Uint8Array => {
  if (size > MOST_META) throw damaged('a header is too long', at);
  const content = read(at, size);
  if (content.length < size) throw damaged('the archive is cut short', at);
  // What is read next may stand in the same place of memory.
  return new Uint8Array(content);
};

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
  const zero = block.indexOf(0, at);
  const end = zero < 0 || zero > at + length ? at + length : zero;
  const text = block.toString('utf8', at, end);
  return text.includes(REPLACEMENT) ? nameOfBytes(block.subarray(at, end)) : text;
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
    if (
      !Number.isInteger(length) ||
      length <= 0 ||
      offset + length > content.length ||
      equals < 0 ||
      equals >= offset + length
    )
      throw damaged('a PAX record cannot be read', at + offset);
    const key = Buffer.from(content.subarray(blank + 1, equals)).toString('utf8');
    // An empty value takes back what was said for all.
    if (equals + 1 === offset + length - 1 && !key.startsWith(XATTR)) records.delete(key);
    else records.set(key, content.subarray(equals + 1, offset + length - 1));
    offset += length;
  }
};

/** Types that have a header alone, whatever size stands in it. */
const WITHOUT_CONTENT = '123456';

const contentSize = (header: RawHeader, records: ReadonlyMap<string, Uint8Array>, at: number): number => {
  if (header.flag in META) return header.size;
  if (WITHOUT_CONTENT.includes(header.flag)) return 0;
  return numberOf(records, 'size', header.size, at);
};

const numberOf = (records: ReadonlyMap<string, Uint8Array>, key: string, usual: number, at: number): number => {
  const record = records.get(key);
  if (record === undefined) return usual;
  const text = Buffer.from(record).toString('latin1');
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw damaged(`the PAX record ${key} is no number`, at);
  return value;
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
    return value && nameOfBytes(value);
  };
  const name = text('path') ?? header.name;
  const known = TYPES.get(header.flag);
  if (header.flag === 'S' || text('GNU.sparse.name') !== undefined || text('GNU.sparse.major') !== undefined)
    throw damaged(`\`${name}\` is a sparse file, which layers cannot have; write the archive without --sparse`, at);
  if (!known) return undefined;
  const type = known === 'file' && name.endsWith('/') ? 'directory' : known;
  const xattrs = new Map<string, Uint8Array>();
  for (const [key, value] of records) if (key.startsWith(XATTR)) xattrs.set(key.slice(XATTR.length), value);
  const isLink = type === 'hardlink' || type === 'symlink';
  const isDevice = type === 'character' || type === 'block';
  return {
    path: plainPath(name),
    type,
    mode: header.mode,
    uid: numberOf(records, 'uid', header.uid, at),
    gid: numberOf(records, 'gid', header.gid, at),
    size: type === 'file' ? size : 0,
    mtime: timeOf(text('mtime'), header.mtime, at),
    at,
    ...(isLink ? { link: text('linkpath') ?? header.link } : {}),
    ...(isDevice ? { device: { major: header.major, minor: header.minor } } : {}),
    ...(xattrs.size > 0 ? { xattrs } : {}),
  };
};

/** Without `.` and empty parts; `..` stays for those to refuse who unpack. */
const plainPath = (name: string): string =>
  /(?:^|\/)(?:\.?\/|\.?$)/.test(name)
    ? name
        .split('/')
        .filter((part) => part !== '' && part !== '.')
        .join('/')
    : name;

const timeOf = (text: string | undefined, usual: number, at: number): number => {
  const time = text === undefined ? usual : Math.floor(Number(text));
  if (!Number.isSafeInteger(time)) throw damaged('the PAX record mtime is no number', at);
  return time;
};

const XATTR = 'SCHILY.xattr.';
