import type { LintConfig, OptionSetting, Rule, RuleSetting } from '../lint/index.ts';
import { type Layer, lastOf } from './apply.ts';

/** What is in force for a file, as data to print; what says nothing is left out. */
export const viewOf = (config: LintConfig, layers: readonly Layer[]): Readonly<Record<string, unknown>> =>
  withoutUndefined({
    ruleset: lastOf(layers, 'ruleset'),
    'inline-ignores': config.inlineIgnores,
    'trusted-registries': config.policy?.trustedRegistries,
    labels: config.policy?.labels && Object.fromEntries(config.policy.labels),
    'strict-labels': config.policy?.strictLabels,
    'build-args': config.inputs?.buildArgs && Object.fromEntries(config.inputs.buildArgs),
    target: config.inputs?.target,
    rules: Object.fromEntries(
      Array.from(config.rules, ([rule, setting]) => [rule.name, ruleView(rule, setting)] as const).toSorted(
        ([a], [b]) => (a < b ? -1 : 1),
      ),
    ),
  });

const ruleView = (rule: Rule, setting: RuleSetting) =>
  withoutUndefined({
    severity: setting.severity ?? rule.severity,
    'severity-by-code': setting.codeSeverities && Object.fromEntries(setting.codeSeverities),
    as: setting.as,
    codes: setting.codes && [...setting.codes],
    'ignored-codes': setting.ignoredCodes?.size ? [...setting.ignoredCodes] : undefined,
    fix: setting.fix,
    options: rule.options && optionsIn(rule, setting),
  });

const optionsIn = ({ options = {} }: Rule, setting: RuleSetting): Readonly<Record<string, OptionSetting>> => ({
  ...Object.fromEntries(Object.entries(options).map(([name, spec]) => [name, spec.default])),
  ...setting.options,
});

const withoutUndefined = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
