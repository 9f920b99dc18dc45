import type { Env, Iechorfile, Instruction, Label, Pair } from '../ast/nodes.ts';
import { type Model, topOf } from '../model/index.ts';
import type { Range } from '../source/range.ts';
import type { Edit } from './diagnostic.ts';

export const insertBefore = ({ start }: Range, text: string): Edit => ({ range: { start, end: start }, text });

export const insertAfter = ({ end }: Range, text: string): Edit => ({ range: { start: end, end }, text });

export const replace = ({ start, end }: Range, text: string): Edit => ({ range: { start, end }, text });

export const remove = (range: Range): Edit => replace(range, '');

/** Deletes the range and the white space before it on its line. */
export const removeWithSpaceBefore = (file: Iechorfile, range: Range): Edit => {
  let start = range.start;
  while (start > 0 && /[\t ]/.test(file.text[start - 1] ?? '')) start--;
  return remove({ start, end: range.end });
};

/** The whole physical lines of a range, the last line end included. */
export const linesOf = (file: Iechorfile, range: Range): Range => {
  const newline = file.text.indexOf('\n', range.end);
  return { start: file.text.lastIndexOf('\n', range.start - 1) + 1, end: newline < 0 ? file.text.length : newline + 1 };
};

/** Deletes an instruction with its lines; comments above it stay. */
export const removeInstruction = (file: Iechorfile, node: Instruction): Edit => {
  const lines = linesOf(file, node);
  if (lines.end < file.text.length || file.text.endsWith('\n')) return remove(lines);
  // The last line of a file without a line end: take the one before it.
  const before = file.text[lines.start - 2] === '\r' ? 2 : Math.min(1, lines.start);
  return remove({ start: lines.start - before, end: lines.end });
};

/** The line end that the file uses where the range begins. */
export const lineEndOf = (file: Iechorfile, { start }: Range): '\n' | '\r\n' => {
  const newline = file.text.indexOf('\n', start);
  const at = newline < 0 ? file.text.lastIndexOf('\n') : newline;
  return at > 0 && file.text[at - 1] === '\r' ? '\r\n' : '\n';
};

/** White space at the start of the line that holds the offset. */
export const indentOf = (file: Iechorfile, { start }: Range): string => {
  const line = file.text.lastIndexOf('\n', start - 1) + 1;
  return /^[\t ]*/.exec(file.text.slice(line, start))?.[0] ?? '';
};

/** Puts a line of its own above the instruction, below the comments that stand above it. */
export const insertLineBefore = (file: Iechorfile, node: Instruction, line: string): Edit => {
  const { start } = linesOf(file, { start: node.start, end: node.start });
  return insertBefore({ start, end: start }, `${indentOf(file, node)}${line}${lineEndOf(file, node)}`);
};

/** Instructions, one a line, with their keywords in lower case where that of the instruction beside them is. */
export const inCaseOf = ({ keyword }: Instruction, lines: string): string =>
  keyword.text === keyword.text.toLowerCase() ? lines.replace(/^[A-Z]+(?=\s)/gm, (word) => word.toLowerCase()) : lines;

/** Puts an instruction of its own above another, above the comments too that are about that one. */
export const insertInstructionBefore = (model: Model, node: Instruction, line: string): Edit => {
  const start = topOf(model, node);
  return insertBefore(
    { start, end: start },
    `${indentOf(model.file, node)}${inCaseOf(node, line)}${lineEndOf(model.file, node)}`,
  );
};

/** Puts a line of its own below the instruction. */
export const insertLineAfter = (file: Iechorfile, node: Instruction, line: string): Edit => {
  const lineEnd = lineEndOf(file, node);
  return insertAfter(node, `${lineEnd}${indentOf(file, node)}${line}`);
};

/** Puts an instruction at the end of a stage: above the CMD or ENTRYPOINT that is its last, else below the last. */
export const insertAtEnd = (model: Model, last: Instruction, line: string): Edit =>
  last.kind === 'Cmd' || last.kind === 'Entrypoint'
    ? insertInstructionBefore(model, last, line)
    : insertLineAfter(model.file, last, inCaseOf(last, line));

/** Puts the range in double quotes. */
export const quoted = ({ start, end }: Range): readonly Edit[] => [
  insertBefore({ start, end }, '"'),
  insertAfter({ start, end }, '"'),
];

/** Deletes a key and its value with what stands between them and their neighbours; undefined where that holds a comment. */
export const removePair = (file: Iechorfile, node: Label | Env, pair: Pair): Edit | undefined => {
  const at = node.pairs.indexOf(pair);
  const [before, after] = [node.pairs[at - 1], node.pairs[at + 1]];
  const isAlone = !before && !after;
  const start = after || !before ? pair.start : before.end;
  const range = isAlone ? node : { start, end: after ? after.start : pair.end };
  if (file.comments.some((comment) => comment.start > range.start && comment.start < range.end)) return undefined;
  // Words that are no pairs may be an instruction that a stray continuation has swallowed.
  if (isAlone && /[^\s\\`]/.test(file.text.slice(pair.end, node.end))) return undefined;
  return isAlone ? removeInstruction(file, node) : remove(range);
};
