import {
  CATEGORIES,
  type Compat,
  isFormatting,
  isOnIn,
  type LintConfig,
  type Rule,
  type RuleSetting,
  toolOf,
} from '../lint/index.ts';
import { nearest } from '../source/nearest.ts';
import { ConfigError } from './error.ts';

/** Which rules a run has. Selectors are names, codes of other tools, categories or presets. */
export interface Selection {
  readonly select: readonly string[];
  readonly ignore: readonly string[];
  /** Names of rules that run beside those. */
  readonly also?: readonly string[];
}

/** Named sets of rules. `hadolint` and `buildkit` say what those tools say. */
export const PRESETS = ['recommended', 'strict', 'security', 'format', 'all', 'hadolint', 'buildkit'] as const;
export type Preset = (typeof PRESETS)[number];

/**
 * Without `select` the recommended rules run; with it those that it names, also ones that are off by default. A code
 * asks for what its tool says under it. Throws ConfigError for a selector that names nothing.
 */
export const configure = (
  rules: readonly Rule[],
  { select = [], ignore = [], also }: Partial<Selection> = {},
): LintConfig => {
  const chosen = new Map<Rule, RuleSetting>();
  for (const selector of select.length ? select : ['recommended']) {
    for (const [rule, setting] of selected(rules, selector)) chosen.set(rule, joined(chosen.get(rule), setting));
  }
  addRules(chosen, rules, also);
  for (const selector of ignore) leaveOut(chosen, rules, selector);
  return { rules: chosen, known: rules, inlineIgnores: true };
};

/** Adds those that are wanted beside; and what cannot be read is said whatever is selected, unless it is ignored by name. */
export const addRules = (
  chosen: Map<Rule, RuleSetting>,
  rules: readonly Rule[],
  also: readonly string[] | undefined,
): void => {
  for (const rule of rules) {
    if (!chosen.has(rule) && (rule.always || also?.includes(rule.name))) chosen.set(rule, {});
  }
};

/** Rules, each with how it runs. */
export type Chosen = readonly (readonly [Rule, RuleSetting])[];

/** What a selector asks for; throws a ConfigError if it names nothing. */
export const selected = (rules: readonly Rule[], selector: string): Chosen => {
  const wanted = selector.trim().toLowerCase();
  const preset = PRESETS.find((name) => name === wanted);
  if (preset) return presetRules(rules, preset);
  const byName = rules.filter(({ name, category }) => name === wanted || category === wanted);
  if (byName.length) return byName.map((rule) => [rule, {}]);
  const byCode = rules.flatMap((rule) => {
    const code = codeIn(rule, wanted);
    return code === undefined ? [] : [[rule, settingOf(code)] as const];
  });
  if (byCode.length) return byCode;
  throw new ConfigError(unknownSelector(rules, selector));
};

/** The code of the rule, in the case in which it has it, whatever the case of the selector. */
export const codeIn = ({ codes, codesLike }: Rule, selector: string): string | undefined => {
  const wanted = selector.toUpperCase();
  return codes.find((code) => code.toUpperCase() === wanted) ?? (codesLike?.test(wanted) ? wanted : undefined);
};

const settingOf = (code: string): RuleSetting => {
  const as = toolOf(code);
  return { codes: new Set([code]), ...(as ? { as } : {}) };
};

/** The rules of a preset. */
const presetRules = (rules: readonly Rule[], preset: Preset): Chosen => {
  const those = (isIn: (rule: Rule) => boolean, setting: RuleSetting = {}): Chosen =>
    rules.filter(isIn).map((rule) => [rule, setting]);
  switch (preset) {
    case 'all':
      return those(() => true);
    case 'recommended':
      return those(({ off }) => !off);
    case 'strict':
      return those(({ policy }) => !policy);
    case 'security':
      return those(({ category }) => category === 'security');
    case 'format':
      return those(isFormatting);
    case 'hadolint':
    case 'buildkit':
      return those((rule) => isKnownTo(rule, preset), { as: preset });
  }
};

const isKnownTo = ({ codes }: Rule, tool: Compat): boolean => codes.some((code) => isOnIn(tool, code));

/** Of two ways to ask for a rule: both its codes, and ours before another tool's. */
export const joined = (before: RuleSetting | undefined, setting: RuleSetting): RuleSetting => {
  if (before === undefined) return setting;
  if (before.as === undefined || setting.as === undefined || before.as !== setting.as)
    return before.as === undefined ? before : setting.as === undefined ? setting : {};
  if (!before.codes || !setting.codes) return { as: before.as };
  return { as: before.as, codes: new Set([...before.codes, ...setting.codes]) };
};

/** Takes out what a selector names: a rule, or of a rule what has the code. */
export const leaveOut = (
  chosen: Map<Rule, RuleSetting>,
  rules: readonly Rule[],
  selector: string,
  spared: ReadonlySet<Rule> = new Set(),
): void => {
  for (const [rule, { codes }] of selected(rules, selector)) {
    const setting = chosen.get(rule);
    if (!setting || spared.has(rule)) continue;
    if (codes) chosen.set(rule, { ...setting, ignoredCodes: new Set([...(setting.ignoredCodes ?? []), ...codes]) });
    else chosen.delete(rule);
  }
};

/** The rules that a selector names. */
export const matching = (rules: readonly Rule[], selector: string): readonly Rule[] =>
  selected(rules, selector).map(([rule]) => rule);

const unknownSelector = (rules: readonly Rule[], selector: string): string => {
  const names = [...rules.flatMap(wordsOf), ...CATEGORIES, ...PRESETS];
  return `No rule, code, category or preset is called \`${selector}\`.${hintFor(selector, names)}`;
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
