import type { Diagnostic, Edit } from '../lint/diagnostic.ts';
import { lintPart } from '../lint/linter.ts';
import type { LintConfig } from '../lint/setting.ts';
import type { Range } from '../source/range.ts';
import type { Findings } from './findings.ts';
import { endOf, type OpenFile } from './open-file.ts';

/** What lies between what two texts begin and end with alike. */
interface Change {
  readonly start: number;
  /** In the old text. */
  readonly end: number;
  /** How much longer the new text is. */
  readonly growth: number;
}

/**
 * The findings of a new version before it is linted: those of the last one, moved, and those of the instructions that
 * were changed, found anew by the rules that look at one instruction after the other.
 */
export const provisionalFindings = (open: OpenFile, config: LintConfig, last: Findings): Findings => {
  const start = performance.now();
  const change = changeBetween(last.open.document.text, open.document.text);
  const touched = { start: change.start, end: change.end + change.growth };
  const nodes = new Set(
    open.file.instructions.filter((node) => node.start <= touched.end && endOf(node) >= touched.start),
  );
  const part = lintPart(open.document, open.file, config, (node) => nodes.has(node));
  const isAnew = ({ rule, range }: Diagnostic) =>
    part.wholly.has(rule) ||
    (part.rules.has(rule) && Array.from(nodes).some((node) => node.start <= range.start && range.start <= endOf(node)));
  const kept = last.diagnostics.flatMap((each) => movedDiagnostic(each, change) ?? []).filter((each) => !isAnew(each));
  const diagnostics = [...kept, ...part.diagnostics].sort((a, b) => a.range.start - b.range.start);
  return { open, diagnostics, milliseconds: performance.now() - start };
};

const changeBetween = (before: string, after: string): Change => {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let same = 0;
  while (
    same < shorter - start &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  )
    same++;
  return { start, end: before.length - same, growth: after.length - before.length };
};

/** Undefined for a range that was changed at its border; what surrounds the change grows with it. */
const moved = ({ start, end }: Range, change: Change): Range | undefined => {
  if (end < change.start) return { start, end };
  if (start > change.end) return { start: start + change.growth, end: end + change.growth };
  return start <= change.start && end >= change.end && end > start ? { start, end: end + change.growth } : undefined;
};

const movedDiagnostic = ({ fix, related, ...diagnostic }: Diagnostic, change: Change): Diagnostic | undefined => {
  const range = moved(diagnostic.range, change);
  if (!range) return undefined;
  const places = related?.flatMap((each) => {
    const place = moved(each.range, change);
    return place ? [{ ...each, range: place }] : [];
  });
  const edits = fix && movedEdits(fix.edits, change);
  return {
    ...diagnostic,
    range,
    ...(places ? { related: places } : {}),
    ...(fix && edits ? { fix: { ...fix, edits } } : {}),
  };
};

/** All or none; an edit around the change would write over it. */
const movedEdits = (edits: readonly Edit[], change: Change): readonly Edit[] | undefined => {
  const all: Edit[] = [];
  for (const { range, text } of edits) {
    const isApart = range.end < change.start || range.start > change.end;
    const place = isApart ? moved(range, change) : undefined;
    if (!place) return undefined;
    all.push({ range: place, text });
  }
  return all;
};
