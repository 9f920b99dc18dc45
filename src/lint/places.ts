import type { Iechorfile, Instruction } from '../ast/nodes.ts';
import type { Range } from '../source/range.ts';
import type { Compat, Problem } from './rule.ts';

/**
 * Where a tool reports what a rule found at the range. Others know lines of instructions alone, and the first of each,
 * so what stands further down is told at the keyword.
 */
export const placeIn = (tool: Compat | undefined, file: Iechorfile, range: Range): Range => {
  if (tool === undefined) return range;
  const node = instructionAt(file, range.start);
  if (!node || range.start > node.end || !file.text.slice(node.start, range.start).includes('\n')) return range;
  return { start: node.keyword.start, end: node.keyword.end };
};

/** The last one that begins at the offset or before it. */
const instructionAt = ({ instructions }: Iechorfile, offset: number): Instruction | undefined => {
  let low = 0;
  let high = instructions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((instructions[middle]?.start ?? offset) <= offset) low = middle + 1;
    else high = middle;
  }
  return instructions[low - 1];
};

/** The ids that were not told on this line yet, undefined where all were: hadolint says each once a line, or once a label. */
export const untold = (
  told: Set<string>,
  codes: readonly string[],
  { text }: Iechorfile,
  { start }: Range,
  { message }: Problem,
): readonly string[] | undefined => {
  const line = text.lastIndexOf('\n', start - 1) + 1;
  const left: string[] = [];
  for (const code of codes) {
    const key = `${line} ${code}${PER_LABEL.test(code) ? ` ${message}` : ''}`;
    if (!told.has(key)) left.push(code);
    told.add(key);
  }
  return left.length || codes.length === 0 ? left : undefined;
};

const PER_LABEL = /^DL30(?:49|5[1-68])$/;
