import { ConfigError } from '../config/error.ts';
import { type Given, isOn, textOf } from './given.ts';
import type { LintOptions } from './lint-options.ts';

type IgnoreOptions = Pick<LintOptions, 'also' | 'inlineIgnores' | 'addIgnores' | 'baseline' | 'updateBaseline'>;

/** The rules that stand behind options. */
const RULE_OF = { 'report-unused-ignores': 'unused-suppression', 'require-reason': 'suppression-without-reason' };

export const ignoreOptionsOf = (given: Given): IgnoreOptions => ({
  also: Object.entries(RULE_OF).flatMap(([flag, rule]) => (isOn(given, flag) ? [rule] : [])),
  inlineIgnores: !isOn(given, 'no-inline-ignores'),
  addIgnores: isOn(given, 'add-ignores'),
  baseline: textOf(given, 'baseline'),
  updateBaseline: isOn(given, 'update-baseline'),
});

export const rejectIgnoreContradictions = (options: LintOptions, given: Given): void => {
  const { inlineIgnores, addIgnores, baseline, updateBaseline } = options;
  for (const flag of [...Object.keys(RULE_OF), 'add-ignores'])
    if (isOn(given, flag) && !inlineIgnores)
      throw new ConfigError(`--${flag} is about ignore comments, and --no-inline-ignores passes over them`);
  if (addIgnores && (isOn(given, 'fix') || options.unsafeFixes || options.fixRules.length > 0))
    throw new ConfigError('--add-ignores writes comments instead of fixes; run --fix first, then --add-ignores');
  if (updateBaseline && baseline === undefined)
    throw new ConfigError('--update-baseline needs the file to write; name it with --baseline FILE');
  if (baseline !== undefined && options.fixing === 'diff')
    throw new ConfigError('--diff prints a patch and no findings, so --baseline has no place beside it');
  if (baseline !== undefined && addIgnores)
    throw new ConfigError('--add-ignores and --baseline are two ways to keep what is found; use one of them');
};
