import type { Inputs } from '../model/index.ts';
import type { Severity } from './diagnostic.ts';
import type { Compat, OptionSetting, Policy, Rule, RuleFix } from './rule.ts';

/** How one rule runs. */
export interface RuleSetting {
  /** Outranks what the rule itself says of a place. */
  readonly severity?: Severity;
  /** As `severity`, of what has one of these codes. */
  readonly codeSeverities?: ReadonlyMap<string, Severity>;
  readonly fix?: RuleFix;
  readonly options?: Readonly<Record<string, OptionSetting>>;
  /** Say what that tool would say. */
  readonly as?: Compat;
  /** Only findings that have one of these codes. */
  readonly codes?: ReadonlySet<string>;
  /** No findings that have one of these codes. */
  readonly ignoredCodes?: ReadonlySet<string>;
}

/** Which rules run and how; a rule that is not in the map is off. */
export interface LintConfig {
  readonly rules: ReadonlyMap<Rule, RuleSetting>;
  /** All rules there are, so that a name in a comment can be told to be none of them. */
  readonly known?: readonly Rule[];
  /** False: comments that say what to ignore have no effect. */
  readonly inlineIgnores: boolean;
  readonly policy?: Policy;
  /** The names of the rules whose fixes are applied; undefined: of all. */
  readonly fixOnly?: ReadonlySet<string>;
  /** Build arguments and target, where the user names them. */
  readonly inputs?: Inputs;
}

/** The rules with nothing set. */
export const plainSettings = (rules: Iterable<Rule>): ReadonlyMap<Rule, RuleSetting> =>
  new Map(Array.from(rules, (rule) => [rule, {}]));
