import { diffLines } from 'diff';
import type { Edit } from '../lint/diagnostic.ts';

/** The edits, line by line, that turn one text into the other: cursors and folds elsewhere stay where they are. */
export const changesBetween = (before: string, after: string): readonly Edit[] => {
  const edits: Edit[] = [];
  let at = 0;
  for (const { value, added, removed } of diffLines(before, after)) {
    const last = edits.at(-1);
    if (added && last && last.range.end === at) edits[edits.length - 1] = { ...last, text: last.text + value };
    else if (added) edits.push({ range: { start: at, end: at }, text: value });
    if (removed) edits.push({ range: { start: at, end: at + value.length }, text: '' });
    if (!added) at += value.length;
  }
  return edits;
};
