import type { Edit, Fix } from '../lint/diagnostic.ts';
import { inOrder } from './edits.ts';
import type { View } from './view.ts';

/** Lines that a fix takes out and puts in at one place. */
export interface Hunk {
  /** The first line concerned, from 1. */
  readonly line: number;
  /** The line above, where nothing but new lines would show. */
  readonly above: string | undefined;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** What a fix does, line by line, ready to be shown but for control characters. */
export const hunksOf = (view: View, fix: Fix): readonly Hunk[] => {
  const hunks: Hunk[] = [];
  for (const edits of clustersOf(view, fix.edits)) {
    const first = view.lines.lineAt(edits[0]?.range.start ?? 0);
    const last = view.lines.lineAt(Math.max(...edits.map((edit) => edit.range.end)));
    const range = { start: view.lines.rangeOf(first).start, end: view.lines.starts[last] ?? view.text.length };
    const removed = splitLines(view.text.slice(range.start, range.end));
    hunks.push(trimmed(view, first, removed, splitLines(view.edited(range, edits))));
  }
  return hunks.filter(({ removed, added }) => removed.length > 0 || added.length > 0);
};

/** Edits that touch the same or neighbouring lines, together. */
const clustersOf = ({ lines }: View, edits: readonly Edit[]): readonly (readonly Edit[])[] => {
  const clusters: Edit[][] = [];
  let last = -1;
  for (const edit of inOrder(edits)) {
    const cluster = clusters.at(-1);
    if (cluster !== undefined && lines.lineAt(edit.range.start) <= last + 1) cluster.push(edit);
    else clusters.push([edit]);
    last = Math.max(last, lines.lineAt(edit.range.end));
  }
  return clusters;
};

const splitLines = (text: string): readonly string[] => {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
};

/** The hunk without the lines at both ends that stay the same. */
const trimmed = (view: View, first: number, removed: readonly string[], added: readonly string[]): Hunk => {
  const shorter = Math.min(removed.length, added.length);
  let head = 0;
  while (head < shorter && removed[head] === added[head]) head++;
  let tail = 0;
  while (tail < shorter - head && removed.at(-1 - tail) === added.at(-1 - tail)) tail++;
  const line = first + head;
  const isInsertion = removed.length === head + tail && line > 1;
  return {
    line,
    above: isInsertion ? lineOf(view, line - 1) : undefined,
    removed: removed.slice(head, removed.length - tail),
    added: added.slice(head, added.length - tail),
  };
};

/** Columns that stay before the difference, to know it by. */
const LEAD = 20;

/** The same hunk; lines that are too wide, and alike for long, begin with `…` near where they differ. */
export const fromDifference = (hunk: Hunk, room: number): Hunk => {
  const cuts = hunk.added.map((line, at) => cutOf(line, hunk.removed[at] ?? '', room));
  const cut = (line: string, at: number) => (cuts[at] ? `…${line.slice(cuts[at])}` : line);
  return { ...hunk, removed: hunk.removed.map(cut), added: hunk.added.map(cut) };
};

/** How much to leave out at the start of two lines so that what differs comes into view. */
const cutOf = (one: string, other: string, room: number): number => {
  const excess = Math.max(one.length, other.length) + 1 - room;
  if (excess <= 0) return 0;
  let alike = 0;
  while (alike < one.length && one[alike] === other[alike]) alike++;
  const cut = Math.min(excess, alike - LEAD);
  if (cut <= 1) return 0;
  const isInsideCharacter = /[\udc00-\udfff]/.test(one[cut] ?? '');
  return isInsideCharacter ? cut + 1 : cut;
};

const lineOf = ({ lines, text }: View, line: number): string => {
  const { start, end } = lines.rangeOf(line);
  return text.slice(start, end);
};
