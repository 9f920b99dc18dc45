import type { Parts } from './database.ts';

/** Pages that were written last and are not in the database yet. */
export interface LoggedPages {
  readonly page: (number: number) => Buffer | undefined;
  readonly count: number;
}

const [HEAD, FRAME_HEAD] = [32, 24];

/** The last bit tells the order of bytes in sums. */
const MAGIC = 0x377f0682;

/** What of a log counts: all up to its last commit. https://www.sqlite.org/fileformat2.html#the_write_ahead_log */
export const loggedPages = (log: Parts, size: number): LoggedPages => {
  const places = new Map<number, number>();
  let waiting: (readonly [number, number])[] = [];
  for (const { number, at, committed } of framesOf(log, size)) {
    waiting.push([number, at]);
    if (!committed) continue;
    for (const [page, place] of waiting) places.set(page, place);
    waiting = [];
  }
  const page = (number: number) => {
    const place = places.get(number);
    return place === undefined ? undefined : log.part(place, size);
  };
  return { page, count: places.size };
};

interface Frame {
  /** Of its page. */
  readonly number: number;
  readonly at: number;
  /** Whether a transaction ends with it. */
  readonly committed: boolean;
}

/** Up to the first that is left over from before, or was not written to its end. */
function* framesOf(log: Parts, size: number): Generator<Frame> {
  const head = log.part(0, HEAD);
  if (!head || (head.readUInt32BE(0) | 1) >>> 0 !== (MAGIC | 1) || head.readUInt32BE(8) !== size) return;
  const isLittle = head.readUInt32BE(0) === MAGIC;
  let sums = summed([0, 0], head.subarray(0, 24), isLittle);
  for (let at = HEAD; ; at += FRAME_HEAD + size) {
    const frame = log.part(at, FRAME_HEAD + size);
    if (!frame?.subarray(8, 16).equals(head.subarray(16, 24))) return;
    sums = summed(summed(sums, frame.subarray(0, 8), isLittle), frame.subarray(FRAME_HEAD), isLittle);
    if (sums[0] !== frame.readUInt32BE(16) || sums[1] !== frame.readUInt32BE(20)) return;
    yield { number: frame.readUInt32BE(0), at: at + FRAME_HEAD, committed: frame.readUInt32BE(4) > 0 };
  }
}

type Sums = readonly [number, number];

const summed = ([one, two]: Sums, bytes: Buffer, isLittle: boolean): Sums => {
  const word = (at: number) => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  let [first, second] = [one, two];
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    first = (first + word(at) + second) >>> 0;
    second = (second + word(at + 4) + first) >>> 0;
  }
  return [first, second];
};
