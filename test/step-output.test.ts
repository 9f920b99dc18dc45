import { expect, it } from 'vitest';
import { stepOutput } from '../src/cli/step-output.ts';

const linesOf = (...chunks: readonly (string | Buffer)[]): readonly string[] => {
  const lines: string[] = [];
  const output = stepOutput((line) => lines.push(line));
  for (const chunk of chunks) output.write(Buffer.from(chunk));
  output.end();
  return lines;
};

it('hands lines on whole, wherever chunks end', () => {
  const bytes = Buffer.from('é one\ntwo');
  expect(linesOf(bytes.subarray(0, 1), bytes.subarray(1, 5), bytes.subarray(5))).toEqual(['é one', 'two']);
  expect(linesOf('one\r', '\ntwo\r\n', '')).toEqual(['one', 'two']);
});

it('of what is written over itself the last counts', () => {
  expect(linesOf(' 1 %\r 5', '0 %\r', '100 %\n', 'done\n')).toEqual(['100 %', 'done']);
  expect(linesOf('1\r2\r3\r')).toEqual(['3']);
});

it('holds no more of a line that never ends than a part', () => {
  const part = 'x'.repeat(50_000);
  expect(linesOf(part, part, part).map(({ length }) => length)).toEqual([100_000, 50_000]);
  expect(linesOf(...Array.from({ length: 2000 }, (_, at) => `\r${at} ${'='.repeat(100)}`), '\n')).toHaveLength(1);
});
