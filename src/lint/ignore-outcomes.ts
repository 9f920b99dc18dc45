import type { Facts } from '../facts/index.ts';
import { nearest } from '../source/nearest.ts';
import { BUILDKIT_CHECKS, isCodeOf } from './compat.ts';
import type { Ignore, IgnoreName } from './ignores.ts';
import type { Rule } from './rule.ts';
import type { LintConfig, RuleSetting } from './setting.ts';

/** `unasked`: the run has not all that would tell; `unknown`: no rule has that name or code. */
export interface NameOutcome extends IgnoreName {
  readonly state: 'used' | 'unused' | 'unknown' | 'unasked';
  /** The name that was most likely meant, of one that is unknown. */
  readonly nearest: string | undefined;
}

/** An ignore comment, and what each of its names did. */
export interface IgnoreOutcome {
  readonly ignore: Ignore;
  readonly names: readonly NameOutcome[];
  /** Whether an end that has no names had anything to end. */
  readonly isUsed: boolean;
}

/** Rules that are about ignores cannot be judged by what they found: they run last. */
export const outcomesOf = (
  ignores: readonly Ignore[],
  used: ReadonlySet<IgnoreName | Ignore>,
  config: LintConfig,
  facts: Facts,
): readonly IgnoreOutcome[] => {
  const known = config.known ?? [];
  const categories = new Set<string>(known.map(({ category }) => category));
  const words = [...known.flatMap(({ name, codes }) => [name, ...codes]), ...categories];
  const knownKeys = new Set(words.map((word) => word.toLowerCase()));
  const asked = askedKeys(config, facts);
  const asksAllOf = (rules: readonly Rule[]): boolean =>
    rules.length > 0 && rules.every((rule) => rule.off || isWhole(config.rules.get(rule)));
  const asksAll = asksAllOf(known);
  const stateOf = (ignore: Ignore, name: IgnoreName): NameOutcome['state'] => {
    if (used.has(name)) return 'used';
    const key = keyOf(ignore, name);
    if (key === 'all') return asksAll ? 'unused' : 'unasked';
    if (ignore.tool === 'iechorlint' && categories.has(key) && !asked.has(key))
      return asksAllOf(known.filter(({ category }) => category === key)) ? 'unused' : 'unasked';
    if (config.known && ignore.tool === 'iechorlint' && !knownKeys.has(key) && !isElsewhere(name.text))
      return 'unknown';
    return asked.has(key) || ignore.scope === 'end' ? 'unused' : 'unasked';
  };
  return ignores.map((ignore) => ({
    ignore,
    isUsed: used.has(ignore),
    names: ignore.names.map((name) => {
      const state = stateOf(ignore, name);
      const near = state === 'unknown' ? nearest(name.text, words.filter(isWord)) : undefined;
      return { ...name, state, nearest: near };
    }),
  }));
};

const keyOf = ({ tool }: Ignore, { text }: IgnoreName): string =>
  (tool === 'tally' ? text.replace(/^[a-z]+\//, '') : text).toLowerCase();

/** What a rule is called in words; next to a number stands another check. */
const isWord = (name: string): boolean => !/\d/.test(name);

/** Whether the rule tells all that it has to say. */
const isWhole = (setting: RuleSetting | undefined): boolean =>
  setting !== undefined && !setting.as && !setting.codes && !setting.ignoredCodes;

/** The names and codes under which the run would have told something, in lower case. */
const askedKeys = ({ rules }: LintConfig, facts: Facts): ReadonlySet<string> => {
  const keys = new Set<string>();
  for (const [rule, setting] of rules) {
    if (isAboutIgnores(rule) || rule.needs?.some((need) => facts[need] === undefined)) continue;
    if (!setting.codes) keys.add(rule.name);
    for (const code of rule.codes) if (isAsked(code, setting)) keys.add(code.toLowerCase());
  }
  return keys;
};

const isAboutIgnores = ({ tags }: Rule): boolean => tags?.includes('ignores') === true;

const isAsked = (code: string, { as, codes, ignoredCodes }: RuleSetting): boolean => {
  if (ignoredCodes?.has(code) || (codes && !codes.has(code))) return false;
  return as === undefined || isCodeOf(as, code);
};

/** An id such as other tools have, though none of our rules. */
const isElsewhere = (name: string): boolean =>
  name.includes('/') ||
  /^[a-z]{1,3}(?:[-_][a-z]+)*[-_]?\d+$/i.test(name) ||
  BUILDKIT_CHECKS.some((check) => check.toLowerCase() === name.toLowerCase());
