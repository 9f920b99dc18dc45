import type { Iechorfile, Instruction } from '../ast/nodes.ts';
import type { Range } from '../source/range.ts';
import type { Model } from './index.ts';

/** Whole lines that belong to instructions that stand together. */
export interface OwnLines extends Range {
  /** What to delete when they go: a blank line below too, where one stands above as well. */
  readonly gap: Range;
}

/**
 * The lines of instructions of one stage, in order, with the comments directly above that are about them alone;
 * undefined where one ends in a continuation, so that what follows would become part of it.
 */
export const ownLines = (model: Model, nodes: readonly Instruction[]): readonly OwnLines[] | undefined => {
  const { file } = model;
  if (nodes.some((node) => endsOpen(file, node))) return undefined;
  const all = (nodes[0] && model.stageOf(nodes[0])?.node.instructions) ?? [];
  const pieces: Range[] = [];
  for (const node of nodes) {
    const next = all[all.indexOf(node) + 1];
    const own = linesOf(file, node);
    // A comment above a paragraph is the paragraph's, not its first line's.
    const isApart = !next || nodes.includes(next) || linesOf(file, next).start > own.end;
    const piece = isApart ? withComments(file, node, own) : own;
    const last = pieces.at(-1);
    if (last?.end === piece.start) pieces.splice(-1, 1, { start: last.start, end: piece.end });
    else pieces.push(piece);
  }
  return pieces.map((piece) => ({ start: piece.start, end: piece.end, gap: gapOf(file, piece) }));
};

/** Where something can be put above an instruction: above the comments that are about it alone, or that tell a linter what to ignore in it. */
export const topOf = (model: Model, node: Instruction): number => {
  const { file } = model;
  let { start } = linesOf(file, node);
  let top = ownLines(model, [node])?.[0]?.start ?? start;
  for (const comment of node.comments.toReversed()) {
    const lines = linesOf(file, comment);
    if (lines.end !== start) break;
    start = lines.start;
    if (TO_LINTER.test(comment.text)) top = Math.min(top, start);
  }
  return top;
};

const TO_LINTER = /^[\t ]*(?:iechorlint|hadolint|nosemgrep|trivy:)/i;

/** Whether the instruction ends in a continuation, so that nothing can be put below it. */
export const endsOpen = ({ text, escape }: Iechorfile, { start, end }: Range): boolean =>
  text.slice(start, end).trimEnd().endsWith(escape);

const linesOf = ({ text }: Iechorfile, { start, end }: Range): Range => {
  const newline = text.indexOf('\n', end);
  return { start: text.lastIndexOf('\n', start - 1) + 1, end: newline < 0 ? text.length : newline + 1 };
};

const withComments = (file: Iechorfile, node: Instruction, own: Range): Range => {
  let { start } = own;
  for (const comment of node.comments.toReversed()) {
    const lines = linesOf(file, comment);
    if (lines.end !== start) break;
    start = lines.start;
  }
  return { start, end: own.end };
};

const gapOf = ({ text }: Iechorfile, { start, end }: Range): Range => {
  const below = /^[\t ]*\r?\n/.exec(text.slice(end, end + 200))?.[0] ?? '';
  const hasBlankAbove = /\n[\t ]*\r?\n$/.test(text.slice(Math.max(0, start - 200), start));
  return { start, end: hasBlankAbove ? end + below.length : end };
};
