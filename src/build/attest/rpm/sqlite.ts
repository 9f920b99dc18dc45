import { CUT_SHORT, LONGEST_HEADER, type Parts, type Reading } from './database.ts';
import { loggedPages } from './write-ahead-log.ts';

/** Pages of the trees of tables: https://www.sqlite.org/fileformat2.html#b_tree_pages */
const [INTERIOR, LEAF] = [5, 13];

/** The first page has the head of the file before its own. */
const FILE_HEAD = 100;

interface Pages {
  /** At most so many. */
  readonly count: number;
  /** Without what is set aside at the end of each page. */
  readonly usable: number;
  readonly page: (number: number) => Buffer | undefined;
  /** Each page is in one place of one tree, so that none goes round for ever. */
  readonly used: Set<number>;
}

/** A record of a table, or what is wrong. */
type Row = { readonly record: Buffer } | { readonly flaw: string };

/** rpmdb.sqlite: the table Packages has a number and a header in each record. */
export function* sqliteHeaders(file: Parts, log?: Parts): Generator<Reading> {
  const pages = pagesOf(file, log);
  if (typeof pages === 'string') return yield { flaw: pages };
  const root = rootOf(pages);
  if (typeof root === 'string') return yield { flaw: root };
  for (const row of rowsOf(root, pages)) {
    const header = 'record' in row ? bytesOf(row.record, 1) : undefined;
    if (header === undefined) return yield 'flaw' in row ? row : { flaw: 'a record of its packages has no header' };
    yield { header };
  }
}

const pagesOf = (file: Parts, log: Parts | undefined): Pages | string => {
  const head = file.part(0, FILE_HEAD);
  if (head?.toString('latin1', 0, 16) !== 'SQLite format 3\0') return 'it is no database of SQLite';
  const told = head.readUInt16BE(16);
  const size = told === 1 ? 65536 : told;
  const usable = size - head.readUInt8(20);
  if (usable < 480 || (size & (size - 1)) !== 0) return `its pages cannot have ${size} bytes`;
  const logged = log && loggedPages(log, size);
  const count = Math.floor(file.size / size) + (logged?.count ?? 0);
  const page = (number: number) => logged?.page(number) ?? file.part((number - 1) * size, size);
  return { count, usable, page, used: new Set() };
};

/** The first page of the table Packages, as the schema tells, which begins on page 1. */
const rootOf = (pages: Pages): number | string => {
  for (const row of rowsOf(1, pages)) {
    if ('flaw' in row) return row.flaw;
    const [type, name, root] = [0, 1, 3].map((column) => bytesOf(row.record, column));
    const isPackages = type?.toString() === 'table' && name?.toString() === 'Packages';
    if (isPackages && root?.length) return root.readUIntBE(0, Math.min(root.length, 6));
  }
  return 'it has no table of packages';
};

/** A page is taken once: undefined where it is not there or was taken before. */
const taken = (number: number, { page, used }: Pages): Buffer | undefined => {
  if (number === 0 || used.has(number)) return undefined;
  used.add(number);
  return page(number);
};

function* rowsOf(root: number, pages: Pages): Generator<Row> {
  const waiting = [root];
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    const page = taken(number, pages);
    if (page === undefined) return yield { flaw: number > pages.count ? CUT_SHORT : `page ${number} is out of place` };
    const head = number === 1 ? FILE_HEAD : 0;
    const cells = cellsOf(page, head);
    if (cells === undefined) return yield { flaw: `page ${number} is damaged` };
    if (page.readUInt8(head) === INTERIOR) {
      waiting.push(page.readUInt32BE(head + 8), ...cells.map((at) => page.readUInt32BE(at)).toReversed());
      if (waiting.length > pages.count) return yield { flaw: `page ${number} is damaged` };
      continue;
    }
    for (const at of cells) {
      const record = recordAt(page, at, pages);
      yield record ? { record } : { flaw: `page ${number} is damaged` };
      if (record === undefined) return;
    }
  }
}

/** Where the cells of a page of a table begin. */
const cellsOf = (page: Buffer, head: number): readonly number[] | undefined => {
  const type = page.readUInt8(head);
  if (type !== INTERIOR && type !== LEAF) return undefined;
  const first = head + (type === INTERIOR ? 12 : 8);
  const count = page.readUInt16BE(head + 3);
  if (first + 2 * count > page.length) return undefined;
  const cells = Array.from({ length: count }, (_, index) => page.readUInt16BE(first + 2 * index));
  return cells.every((at) => at >= first && at + 4 <= page.length) ? cells : undefined;
};

/** What does not fit on the page goes on along a chain of others: https://www.sqlite.org/fileformat2.html#ovflpgs */
const recordAt = (page: Buffer, cell: number, pages: Pages): Buffer | undefined => {
  const [length, afterLength] = numberAt(page, cell);
  const [, start] = numberAt(page, afterLength);
  if (length > LONGEST_HEADER) return undefined;
  const most = pages.usable - 35;
  const least = Math.floor(((pages.usable - 12) * 32) / 255) - 23;
  const kept = least + ((length - least) % (pages.usable - 4));
  const here = length <= most ? length : kept <= most ? kept : least;
  if (start + here + (here < length ? 4 : 0) > page.length) return undefined;
  const part = page.subarray(start, start + here);
  return here === length ? part : chained(part, length, page.readUInt32BE(start + here), pages);
};

const chained = (part: Buffer, length: number, first: number, pages: Pages): Buffer | undefined => {
  const parts = [part];
  let missing = length - part.length;
  for (let number = first; missing > 0; ) {
    const page = taken(number, pages);
    if (page === undefined) return undefined;
    const more = page.subarray(4, 4 + Math.min(missing, pages.usable - 4));
    parts.push(more);
    missing -= more.length;
    number = page.readUInt32BE(0);
  }
  return Buffer.concat(parts);
};

/** A column's bytes, where it is text, a blob or a number: https://www.sqlite.org/fileformat2.html#record_format */
const bytesOf = (record: Buffer, column: number): Buffer | undefined => {
  let [at, next] = numberAt(record, 0);
  for (let index = 0; index <= column; index += 1) {
    const [type, after] = numberAt(record, next);
    const length = type >= 12 ? Math.floor((type - 12) / 2) : (NUMBERS[type] ?? 0);
    if (index === column) return at + length <= record.length ? record.subarray(at, at + length) : undefined;
    at += length;
    next = after;
  }
  return undefined;
};

/** The lengths of what is neither text nor a blob, by type. */
const NUMBERS = [0, 1, 2, 3, 4, 6, 8, 8];

/** A number in up to nine bytes, of which all but the last say that it goes on, and where it ends. */
const numberAt = (bytes: Buffer, start: number): readonly [number, number] => {
  let value = 0;
  for (let at = start; at < start + 8; at += 1) {
    const byte = bytes[at] ?? 0;
    value = value * 128 + (byte & 127);
    if (byte < 128) return [value, at + 1];
  }
  return [value * 256 + (bytes[start + 8] ?? 0), start + 9];
};
