import type { Diagnostic } from './diagnostic.ts';

/** What the program that is asked says outranks what we say of the same, by code and place. */
export const superseded = (found: readonly Diagnostic[]): readonly Diagnostic[] => {
  const theirs = found.filter(({ rule }) => rule === PROGRAM_RULE);
  if (theirs.length === 0) return found;
  const byCode = new Map<string, Diagnostic[]>();
  for (const each of theirs) {
    for (const code of each.codes) byCode.set(code, [...(byCode.get(code) ?? []), each]);
  }
  return found.filter(
    ({ rule, codes, range }) =>
      rule === PROGRAM_RULE || !codes.some((code) => byCode.get(code)?.some((other) => touches(range, other.range))),
  );
};

const PROGRAM_RULE = 'shellcheck';

const touches = (a: Diagnostic['range'], b: Diagnostic['range']): boolean => a.start <= b.end && b.start <= a.end;
