import { CATEGORIES, type LintConfig, type Rule, type Severity } from '../lint/index.ts';
import { nearest } from '../source/nearest.ts';
import { ConfigError } from './error.ts';

/** Which rules a run has. Selectors are names, codes of other tools, categories, `recommended` or `all`. */
export interface Selection {
  readonly select: readonly string[];
  readonly ignore: readonly string[];
}

/** Without `select` the recommended rules run; with it those that it names, also ones that are off by default. Throws ConfigError for a selector that names nothing. */
export const configure = (rules: readonly Rule[], { select, ignore }: Selection): LintConfig => {
  const chosen = new Map<Rule, Severity>();
  for (const selector of select.length ? select : ['recommended']) {
    for (const rule of matching(rules, selector)) chosen.set(rule, rule.severity);
  }
  // What cannot be read is said whatever is selected, unless it is ignored by name.
  for (const rule of rules) if (rule.always && !chosen.has(rule)) chosen.set(rule, rule.severity);
  for (const selector of ignore) for (const rule of matching(rules, selector)) chosen.delete(rule);
  return { rules: chosen, inlineIgnores: true };
};

/** The rules that a selector names. */
export const matching = (rules: readonly Rule[], selector: string): readonly Rule[] => {
  const wanted = selector.trim().toLowerCase();
  if (wanted === 'all') return rules;
  if (wanted === 'recommended') return rules.filter(({ off }) => !off);
  const found = rules.filter(
    ({ name, category, codes }) =>
      name === wanted || category === wanted || codes.some((code) => code.toLowerCase() === wanted),
  );
  if (found.length) return found;
  throw new ConfigError(unknownSelector(rules, selector));
};

const unknownSelector = (rules: readonly Rule[], selector: string): string => {
  const names = [...rules.flatMap(wordsOf), ...CATEGORIES, 'all', 'recommended'];
  return `No rule, code or category is called \`${selector}\`.${hintFor(selector, names)}`;
};

/** What a rule is called in words; numbers are left out, for next to each stands another check. */
export const wordsOf = ({ name, codes }: Rule): readonly string[] => [
  name,
  ...codes.filter((code) => !/\d/.test(code)),
];

/** What to try instead of a name that nothing has. */
export const hintFor = (name: string, known: readonly string[]): string => {
  const near = nearest(name, known);
  return near ? ` Did you mean \`${near}\`?` : ' `iechorlint rules` lists them.';
};
