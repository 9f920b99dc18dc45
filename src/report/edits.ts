import type { Edit } from '../lint/diagnostic.ts';
import type { Range } from '../source/range.ts';

export interface Edited {
  readonly text: string;
  /** Where in the new text each edit's own text stands. */
  readonly inserted: readonly Range[];
}

/** What the text is after the edits, for showing them; they do not overlap. */
export const applyEdits = (text: string, edits: readonly Edit[]): Edited => {
  let edited = '';
  let at = 0;
  const inserted: Range[] = [];
  for (const edit of inOrder(edits)) {
    edited += text.slice(at, edit.range.start);
    inserted.push({ start: edited.length, end: edited.length + edit.text.length });
    edited += edit.text;
    at = Math.max(at, edit.range.end);
  }
  return { text: edited + text.slice(at), inserted };
};

/** By place; what is inserted at one point stays in the order given. */
export const inOrder = (edits: readonly Edit[]): readonly Edit[] =>
  edits.toSorted((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
