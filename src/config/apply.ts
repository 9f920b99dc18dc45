import {
  CATEGORIES,
  type Inputs,
  type LintConfig,
  type Policy,
  RULESETS,
  type Rule,
  type RuleSetting,
  type Ruleset,
} from '../lint/index.ts';
import type { RuleChoice, Settings } from './model.ts';
import { addRules, joined, leaveOut, PRESETS, type Selection, selected } from './select.ts';

/** What the command line says; it outranks every file. */
export interface Flags extends Selection {
  readonly inputs: Inputs | undefined;
  readonly fixOnly: ReadonlySet<string> | undefined;
  readonly inlineIgnores: boolean | undefined;
}

/** Settings in the order in which they outrank each other, with the ruleset of the file they stand in. */
export interface Layer extends Settings {
  readonly ruleset?: Ruleset;
}

type Settled = Map<Rule, RuleSetting>;

/** The rules as the layers and the flags have them. */
export const lintConfigOf = (rules: readonly Rule[], layers: readonly Layer[], flags: Flags): LintConfig => {
  const policy = policyOf(layers);
  const named = rulesNamed(rules, flags);
  const chosen = startOf(rules, layers, flags, policy);
  addRules(chosen, rules, flags.also);
  for (const layer of layers) for (const line of layer.rules ?? []) adjust(chosen, rules, line, flags, named);
  for (const selector of flags.ignore) leaveOut(chosen, rules, selector);
  const inputs = inputsOf(layers, flags);
  return {
    rules: chosen,
    known: rules,
    inlineIgnores: flags.inlineIgnores ?? lastOf(layers, 'inline-ignores') ?? true,
    ...(policy ? { policy } : {}),
    ...(inputs ? { inputs } : {}),
    ...(flags.fixOnly ? { fixOnly: flags.fixOnly } : {}),
  };
};

const inputsOf = (layers: readonly Layer[], { inputs }: Flags): Inputs | undefined => {
  const target = inputs?.target ?? lastOf(layers, 'target');
  const buildArgs = new Map([
    ...layers.flatMap((layer) => [...(layer['build-args'] ?? [])]),
    ...(inputs?.buildArgs ?? []),
  ]);
  return buildArgs.size > 0 || target !== undefined ? { ...inputs, buildArgs, target } : undefined;
};

/** What the last layer that says anything says. */
export const lastOf = <K extends keyof Layer>(layers: readonly Layer[], key: K): Layer[K] | undefined =>
  layers.findLast((layer) => layer[key] !== undefined)?.[key];

const policyOf = (layers: readonly Layer[]): Policy | undefined => {
  const trustedRegistries = lastOf(layers, 'trusted-registries');
  const labels = lastOf(layers, 'labels');
  const strictLabels = lastOf(layers, 'strict-labels') ?? false;
  return trustedRegistries || labels || strictLabels ? { trustedRegistries, labels, strictLabels } : undefined;
};

/** The rules of the presets, and with a team's values those that need them; or those that are selected. */
const startOf = (
  rules: readonly Rule[],
  layers: readonly Layer[],
  { select }: Selection,
  policy: Policy | undefined,
): Settled => {
  const eligible = rulesOf(rules, lastOf(layers, 'ruleset'));
  const chosen: Settled = new Map();
  for (const selector of select.length ? select : (lastOf(layers, 'presets') ?? ['recommended']))
    for (const [rule, setting] of selected(isGroup(selector) ? eligible : rules, selector))
      chosen.set(rule, joined(chosen.get(rule), setting));
  if (select.length > 0) return chosen;
  for (const rule of eligible) if (!chosen.has(rule) && isCalledFor(rule, policy)) chosen.set(rule, {});
  return chosen;
};

/** Whether it needs a team's values and they are there. */
const isCalledFor = (rule: Rule, policy: Policy | undefined): boolean =>
  (rule.policy === 'registries' && policy?.trustedRegistries !== undefined) ||
  (rule.policy === 'labels' && policy?.labels !== undefined);

/** Those that were there at the time of the ruleset. */
const rulesOf = (rules: readonly Rule[], ruleset: Ruleset | undefined): readonly Rule[] => {
  const last = ruleset === undefined ? -1 : RULESETS.indexOf(ruleset);
  return last < 0 ? rules : rules.filter(({ since }) => since === undefined || isUpTo(since, last));
};

const isUpTo = (since: Ruleset, last: number): boolean => {
  const index = RULESETS.indexOf(since);
  return index >= 0 && index <= last;
};

const isCategory = (selector: string): boolean => CATEGORIES.some((name) => name === selector.trim().toLowerCase());

const isGroup = (selector: string): boolean => PRESETS.some((name) => name === selector.trim().toLowerCase());

/** The rules that the command line names themselves: no configuration switches those off. */
const rulesNamed = (rules: readonly Rule[], { select, also = [] }: Selection): ReadonlySet<Rule> =>
  new Set(
    [...select, ...also].flatMap((selector) => {
      const isOne = !isGroup(selector) && !isCategory(selector);
      return isOne ? selected(rules, selector).map(([rule]) => rule) : [];
    }),
  );

/** Takes over one line of `rules`. */
const adjust = (
  chosen: Settled,
  rules: readonly Rule[],
  [selector, choice]: readonly [string, RuleChoice],
  { select }: Selection,
  named: ReadonlySet<Rule>,
): void => {
  if (choice.severity === 'off') {
    leaveOut(chosen, rules, selector, named);
    return;
  }
  const isForMany = isCategory(selector);
  const isFree = select.length === 0;
  const concernsRule = choice.severity !== undefined && !isForMany;
  const switchesOn = isFree && (choice.severity === 'on' || concernsRule);
  for (const [rule, asked] of selected(rules, selector)) {
    const now = chosen.get(rule) ?? (switchesOn ? asked : undefined);
    if (now) chosen.set(rule, changed(isFree && concernsRule ? switchedOn(now, asked) : now, asked, choice));
  }
};

/** A rule that runs for some codes alone runs for one more, or whole; what was left out of it is back. */
const switchedOn = (now: RuleSetting, asked: RuleSetting): RuleSetting => {
  const { as: _as, codes: some, ignoredCodes, ...rest } = now;
  const { as, codes } = some ? joined(now, asked) : now;
  const left = [...(ignoredCodes ?? [])].filter((code) => asked.codes && !asked.codes.has(code));
  return {
    ...rest,
    ...(as ? { as } : {}),
    ...(codes ? { codes } : {}),
    ...(left.length > 0 ? { ignoredCodes: new Set(left) } : {}),
  };
};

/** How a rule runs after a choice, which concerns the whole rule or the code by which it was asked for. */
const changed = (now: RuleSetting, { codes }: RuleSetting, { severity, options, fix }: RuleChoice): RuleSetting => {
  const setting: { -readonly [K in keyof RuleSetting]: RuleSetting[K] } = { ...now };
  const level = severity === 'on' || severity === 'off' ? undefined : severity;
  if (level && codes)
    setting.codeSeverities = new Map([
      ...(now.codeSeverities ?? []),
      ...Array.from(codes, (code) => [code, level] as const),
    ]);
  else if (level) {
    setting.severity = level;
    delete setting.codeSeverities;
  }
  if (options) setting.options = { ...now.options, ...options };
  if (fix) setting.fix = fix;
  return setting;
};
