import type { LabelKind, OptionSetting, RuleFix, Ruleset, Severity } from '../lint/index.ts';
import type { Preset } from './select.ts';

export type FailOn = Severity | 'never';

/** `on`: with the severity that the rule has of itself. */
export type RuleLevel = Severity | 'on' | 'off';

/** What a configuration says of a rule, a code or a category. */
export interface RuleChoice {
  readonly severity?: RuleLevel;
  readonly options?: Readonly<Record<string, OptionSetting>>;
  readonly fix?: RuleFix;
}

/** What can be set for all files or for some. */
export interface Settings {
  /** The rules that run; nothing: `recommended`. */
  readonly presets?: readonly Preset[];
  /** By name, code or category; the later outranks the earlier. */
  readonly rules?: ReadonlyMap<string, RuleChoice>;
  readonly 'trusted-registries'?: readonly string[];
  readonly labels?: ReadonlyMap<string, LabelKind>;
  readonly 'strict-labels'?: boolean;
  readonly 'build-args'?: ReadonlyMap<string, string>;
  readonly target?: string;
  readonly 'fail-on'?: FailOn;
  readonly 'inline-ignores'?: boolean;
}

/** Settings for the files that a pattern matches. */
export interface Override extends Settings {
  readonly files?: readonly string[];
}

/** A configuration file as it is written. */
export interface Config extends Settings {
  readonly $schema?: string;
  readonly root?: boolean;
  readonly extends?: readonly string[];
  readonly ruleset?: Ruleset;
  readonly ignore?: readonly string[];
  readonly overrides?: readonly Override[];
  readonly plugins?: readonly string[];
}
