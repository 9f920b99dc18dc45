import type { Diagnostic, Fix } from './diagnostic.ts';

/**
 * The findings, in order of place, that are there again after their fixes, in the place to which those moved them. Only
 * what inserts is looked at: what is taken away may well let another finding take its place.
 */
export const uncured = <Found extends Diagnostic & { readonly fix: Fix }>(
  fixed: readonly Found[],
  after: readonly Diagnostic[],
): readonly Found[] => {
  const left = new Set(after.map((each) => keyAt(each, each.range.start)));
  const edits = fixed.flatMap(({ fix }) => fix.edits).toSorted((a, b) => a.range.start - b.range.start);
  let [index, moved] = [0, 0];
  return fixed.filter((each) => {
    const { start } = each.range;
    for (let edit = edits[index]; edit && edit.range.start <= start; edit = edits[++index])
      moved += edit.text.length - (edit.range.end - edit.range.start);
    return each.fix.edits.every(({ range }) => range.start === range.end) && left.has(keyAt(each, start + moved));
  });
};

const keyAt = ({ rule, message, fix }: Diagnostic, start: number): string =>
  `${start}\0${rule}\0${message}\0${fix?.edits.map(({ text }) => text).join('\0')}`;
