import type { OptionSetting, OptionSpec, Options, Rule } from './rule.ts';

/** What is set of a rule, or its defaults. */
export const optionsOf = (
  rule: Pick<Rule, 'name' | 'options'>,
  set: Readonly<Record<string, OptionSetting>> = {},
): Options => {
  const specOf = <T extends OptionSpec['type']>(name: string, type: T): Extract<OptionSpec, { type: T }> => {
    const spec = rule.options?.[name];
    if (!spec || !hasType(spec, type)) throw new Error(`\`${rule.name}\` has no option \`${name}\` of type ${type}`);
    return spec;
  };
  return {
    number(name) {
      const spec = specOf(name, 'number');
      const value = set[name];
      return typeof value === 'number' ? value : spec.default;
    },
    flag(name) {
      const spec = specOf(name, 'boolean');
      const value = set[name];
      return typeof value === 'boolean' ? value : spec.default;
    },
    strings(name) {
      const spec = specOf(name, 'strings');
      const value = set[name];
      return typeof value === 'object' ? value : spec.default;
    },
  };
};

const hasType = <T extends OptionSpec['type']>(spec: OptionSpec, type: T): spec is Extract<OptionSpec, { type: T }> =>
  spec.type === type;

/** Those of a rule that has none. */
export const NO_OPTIONS = optionsOf({ name: 'rule without options' });
