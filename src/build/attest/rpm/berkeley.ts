import { CUT_SHORT, LONGEST_HEADER, type Parts, type Reading } from './database.ts';

/** Kinds of pages, and of what stands on those of a hash. */
const [HASH_UNSORTED, OVERFLOW, HASH_META, HASH] = [2, 7, 8, 13];
const [IN_PLACE, OFF_PAGE] = [1, 3];

const MAGIC = 0x061561;

/** What every page begins with. */
const PAGE_HEAD = 26;
const META = 72;

/** A database with its pages, its numbers as the machine that wrote it has them. */
interface Pages {
  readonly count: number;
  readonly size: number;
  readonly page: (number: number) => Buffer | undefined;
  readonly short: (bytes: Buffer, at: number) => number;
  readonly long: (bytes: Buffer, at: number) => number;
}

/** Packages, a hash of Berkeley DB, as rpm before 4.16 has it: each value is a header on a chain of pages. */
export function* berkeleyHeaders(file: Parts): Generator<Reading> {
  const pages = pagesOf(file);
  if (typeof pages === 'string') return yield { flaw: pages };
  const used = new Uint8Array(pages.count);
  for (let number = 1; number < pages.count; number += 1) {
    const page = pages.page(number);
    if (page === undefined) return yield { flaw: CUT_SHORT };
    if (![HASH, HASH_UNSORTED].includes(page.readUInt8(25))) continue;
    for (const found of headersOn(page, number, pages, used)) {
      yield found;
      if ('flaw' in found) return;
    }
  }
}

const pagesOf = (file: Parts): Pages | string => {
  const meta = file.part(0, META);
  const isLittle = meta?.readUInt32LE(12) === MAGIC;
  const isHash = (isLittle || meta?.readUInt32BE(12) === MAGIC) && meta?.readUInt8(25) === HASH_META;
  if (!meta || !isHash) return 'it is no hash of Berkeley DB';
  if (meta.readUInt8(24) !== 0) return 'it is encrypted';
  const long = (bytes: Buffer, at: number) => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const short = (bytes: Buffer, at: number) => (isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const size = long(meta, 20);
  if (size < 512 || size > 65536 || (size & (size - 1)) !== 0) return `its pages cannot have ${size} bytes`;
  // One more than there are, so that it is seen when some are missing.
  const count = Math.min(Math.ceil(file.size / size), long(meta, 32)) + 1;
  return { count, size, long, short, page: (number) => file.part(number * size, size) };
};

/** Keys and values by turns. */
function* headersOn(page: Buffer, number: number, pages: Pages, used: Uint8Array): Generator<Reading> {
  const count = pages.short(page, 20);
  if (count % 2 !== 0 || PAGE_HEAD + 2 * count > pages.size) return yield { flaw: `page ${number} is damaged` };
  for (let index = 0; index < count; index += 2) {
    const [key, value] = [itemOn(page, index, pages), itemOn(page, index + 1, pages)];
    // The key 0 has the number of the next package.
    if (key?.length === 5 && key.readUInt32LE(1) === 0) continue;
    const header = value && headerAt(value, pages, used);
    yield header ? { header } : { flaw: `page ${number} is damaged` };
  }
}

/** An item begins with its kind. They are laid down from the end of the page on. */
const itemOn = (page: Buffer, index: number, { short, size }: Pages): Buffer | undefined => {
  const start = short(page, PAGE_HEAD + 2 * index);
  const end = index === 0 ? size : short(page, PAGE_HEAD + 2 * (index - 1));
  return start >= PAGE_HEAD && start < end && end <= size ? page.subarray(start, end) : undefined;
};

const headerAt = (item: Buffer, pages: Pages, used: Uint8Array): Buffer | undefined => {
  if (item.readUInt8(0) === IN_PLACE) return item.subarray(1);
  if (item.readUInt8(0) !== OFF_PAGE || item.length < 12) return undefined;
  return chained(pages.long(item, 4), pages.long(item, 8), pages, used);
};

/** Each page may be of one chain only, so that none goes round for ever. */
const chained = (first: number, length: number, pages: Pages, used: Uint8Array): Buffer | undefined => {
  const parts: Buffer[] = [];
  let missing = length > LONGEST_HEADER ? -1 : length;
  for (let number = first; missing > 0; ) {
    const page = used[number] === 0 ? pages.page(number) : undefined;
    if (page?.readUInt8(25) !== OVERFLOW) return undefined;
    used[number] = 1;
    const filled = Math.min(pages.short(page, 22), pages.size - PAGE_HEAD);
    parts.push(page.subarray(PAGE_HEAD, PAGE_HEAD + filled));
    missing -= filled;
    number = pages.long(page, 16);
  }
  return missing === 0 ? Buffer.concat(parts) : undefined;
};
