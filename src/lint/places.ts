import type { Iechorfile, Instruction } from '../ast/nodes.ts';
import type { Range } from '../source/range.ts';
import type { Diagnostic } from './diagnostic.ts';
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

/** The findings, each with the words and the fix that another of the same rule on the same line has to lend. */
export const lend = (
  diagnostics: readonly Diagnostic[],
  lent: readonly Diagnostic[],
  { text }: Iechorfile,
): readonly Diagnostic[] => {
  if (lent.length === 0) return diagnostics;
  const lenders = new Map<string, Diagnostic>();
  const keyOf = ({ rule, range }: Diagnostic) => `${text.lastIndexOf('\n', range.start - 1)} ${rule}`;
  for (const each of lent) if (!lenders.has(keyOf(each))) lenders.set(keyOf(each), each);
  return diagnostics.map((diagnostic) => {
    const lender = lenders.get(keyOf(diagnostic));
    if (!lender) return diagnostic;
    const { path, rule, codes, severity, range } = diagnostic;
    return { ...lender, path, rule, codes, severity, range };
  });
};

/** The range of a node or of what has one, within a text of that length. */
export const rangeOf = (at: Problem['at'], length: number): Range => {
  const { start, end } = 'range' in at ? at.range : at;
  return { start: Math.min(start, length), end: Math.min(Math.max(start, end), length) };
};
