import { parse } from '../ast/create.ts';
import { type Facts, NO_FACTS } from '../facts/index.ts';
import type { Document } from '../source/document.ts';
import { type Diagnostic, type Edit, type Fix, SAFETY_ORDER, type Safety } from './diagnostic.ts';
import { lint } from './linter.ts';
import type { LintConfig } from './setting.ts';
import { uncured } from './uncured.ts';

export interface FixResult {
  /** The new text, without byte order mark. */
  readonly text: string;
  readonly applied: readonly AppliedFix[];
  /** What is still there after fixing. */
  readonly diagnostics: readonly Diagnostic[];
  /** Fixes that were dropped, as sentences for standard error. */
  readonly notes: readonly string[];
}

export interface AppliedFix {
  readonly rule: string;
  readonly title: string;
}

type FixableDiagnostic = Diagnostic & { readonly fix: Fix };

const MAX_ROUNDS = 10;

/** Applies fixes up to the given safety to a fixed point; a document with a defect comes back unchanged. */
export const fix = (
  document: Document,
  config: LintConfig,
  upTo: Exclude<Safety, 'manual'>,
  facts: Facts = NO_FACTS,
): FixResult => {
  const applied: AppliedFix[] = [];
  const notes: string[] = [];
  const dropped = new Set<string>();
  const seen = new Set([document.text]);
  let text = document.text;
  let diagnostics = lint(document, config, facts);
  for (let round = 0; round < MAX_ROUNDS && document.defect === undefined; round++) {
    const chosen = choose(wantedOf(diagnostics, config), upTo, dropped);
    const { kept, guilty } = withoutNewProblems(text, chosen);
    const leaveOut = (fixes: readonly FixableDiagnostic[], reason: string): void => {
      for (const each of fixes) {
        dropped.add(keyOf(each));
        notes.push(`The fix of \`${each.rule}\` ("${each.fix.title}") was not applied: ${reason}.`);
      }
    };
    leaveOut(guilty, 'the file could not be read after it');
    if (kept.length === 0) break;
    const next = applyEdits(
      text,
      kept.flatMap((each) => each.fix.edits),
    );
    if (seen.has(next)) {
      notes.push(`Fixes undo each other and were stopped: ${[...new Set(kept.map(({ rule }) => rule))].join(', ')}.`);
      break;
    }
    const found = lint({ ...document, text: next }, config, facts);
    const vain = uncured(kept, found);
    leaveOut(vain, 'what it is to mend was there again after it');
    if (vain.length > 0) continue;
    seen.add(next);
    text = next;
    applied.push(...kept.map((each) => ({ rule: each.rule, title: each.fix.title })));
    diagnostics = found;
  }
  return { text, applied, diagnostics, notes };
};

const wantedOf = (diagnostics: readonly Diagnostic[], { fixOnly }: LintConfig): readonly Diagnostic[] =>
  fixOnly ? diagnostics.filter(({ rule }) => fixOnly.has(rule)) : diagnostics;

const keyOf = ({ rule, fix: { title, edits } }: FixableDiagnostic): string =>
  `${rule}\0${title}\0${edits.map(({ text }) => text).join('\0')}`;

/** Fixes that may be applied together: in order of place, each whole, none touching another. */
const choose = (
  diagnostics: readonly Diagnostic[],
  upTo: Safety,
  dropped: ReadonlySet<string>,
): readonly FixableDiagnostic[] => {
  const chosen: FixableDiagnostic[] = [];
  const taken: Edit[] = [];
  for (const diagnostic of diagnostics) {
    if (!isFixable(diagnostic) || !isAllowed(diagnostic.fix, upTo) || dropped.has(keyOf(diagnostic))) continue;
    if (!diagnostic.fix.edits.every((edit) => isFree(edit, taken))) continue;
    chosen.push(diagnostic);
    for (const edit of diagnostic.fix.edits) taken.splice(placeIn(taken, edit), 0, edit);
  }
  return chosen;
};

/** Whether the edit touches none of those taken, which are in order of place: only its neighbours can be touched. */
const isFree = (edit: Edit, taken: readonly Edit[]): boolean => {
  const place = placeIn(taken, edit);
  return [taken[place - 1], taken[place]].every((other) => !other || !collides(edit, other));
};

/** The place of the first that starts behind the edit's start. */
const placeIn = (taken: readonly Edit[], { range }: Edit): number => {
  let low = 0;
  let high = taken.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((taken[middle]?.range.start ?? 0) > range.start) high = middle;
    else low = middle + 1;
  }
  return low;
};

const isFixable = (diagnostic: Diagnostic): diagnostic is FixableDiagnostic =>
  diagnostic.fix !== undefined && diagnostic.fix.edits.length > 0;

const isAllowed = ({ safety }: Fix, upTo: Safety): boolean =>
  SAFETY_ORDER.indexOf(safety) <= SAFETY_ORDER.indexOf(upTo);

const collides = ({ range: a }: Edit, { range: b }: Edit): boolean =>
  a.start < b.end && b.start < a.end
    ? true
    : a.start === b.start || ((a.start === a.end || b.start === b.end) && (a.start === b.end || b.start === a.end));

/** Edits that do not overlap, applied from the end. */
export const applyEdits = (text: string, edits: readonly Edit[]): string => {
  const ordered = edits.toSorted((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
  let result = '';
  let at = 0;
  for (const { range, text: inserted } of ordered) {
    result += text.slice(at, range.start) + inserted;
    at = range.end;
  }
  return result + text.slice(at);
};

/** Takes out, by halving, the fixes after which the file has more that BuildKit cannot read. */
const withoutNewProblems = (
  text: string,
  chosen: readonly FixableDiagnostic[],
): { kept: readonly FixableDiagnostic[]; guilty: readonly FixableDiagnostic[] } => {
  if (chosen.length === 0) return { kept: [], guilty: [] };
  const before = parse(text).problems.length;
  const isSound = (fixes: readonly FixableDiagnostic[]) => {
    const edits = fixes.flatMap((each) => each.fix.edits);
    return parse(applyEdits(text, edits)).problems.length <= before;
  };
  const guilty = new Set(findGuilty(chosen, [], isSound));
  return { kept: chosen.filter((each) => !guilty.has(each)), guilty: [...guilty] };
};

/** The fixes without which those that are sound and the rest of these are sound together; the later of two that clash. */
const findGuilty = (
  fixes: readonly FixableDiagnostic[],
  sound: readonly FixableDiagnostic[],
  isSound: (fixes: readonly FixableDiagnostic[]) => boolean,
): readonly FixableDiagnostic[] => {
  if (isSound([...sound, ...fixes])) return [];
  if (fixes.length === 1) return fixes;
  const middle = fixes.length >> 1;
  const first = fixes.slice(0, middle);
  const left = findGuilty(first, sound, isSound);
  const kept = first.filter((each) => !left.includes(each));
  return [...left, ...findGuilty(fixes.slice(middle), [...sound, ...kept], isSound)];
};
