import type { Diagnostic } from '../lint/diagnostic.ts';
import type { Target } from './discover.ts';
import { type Run, tell } from './run.ts';

/** Counts the unsafe fixes that `--fix-rule` asks for and that need `--unsafe-fixes` as well. */
export const withheldIn = (run: Run, target: Target, diagnostics: readonly Diagnostic[]): number => {
  const { fixOnly } = run.settings.of(target).config;
  if (!fixOnly || run.options.unsafeFixes) return 0;
  return diagnostics.filter(({ rule, fix }) => fixOnly.has(rule) && fix?.safety === 'unsafe').length;
};

/** Says how to get the fixes that were asked for and left out. */
export const tellWithheld = (run: Run, count: number): void => {
  if (count === 0) return;
  const text = count === 1 ? '1 fix of these rules is' : `${count} fixes of these rules are`;
  tell(run, `${text} unsafe and left out; add --unsafe-fixes to apply ${count === 1 ? 'it' : 'them'}`);
};
