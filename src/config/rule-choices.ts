import {
  CATEGORIES,
  type OptionSchema,
  type OptionSetting,
  type OptionSpec,
  RULE_FIXES,
  type Rule,
  SEVERITIES,
} from '../lint/index.ts';
import { entryOf } from '../source/entry.ts';
import type { RuleChoice } from './model.ts';
import {
  choice,
  entriesOf,
  flag,
  type JsonSchema,
  listOf,
  meant,
  number,
  orList,
  type Reader,
  record,
  text,
  under,
  wrong,
} from './readers.ts';
import { codeIn, wordsOf } from './select.ts';

const level = choice(['off', 'on', ...SEVERITIES]);
const fix = choice(RULE_FIXES);

/** What `rules` may say; `lenient` where rules may be named that are not known here. */
export const rulesReader = (rules: readonly Rule[], lenient: boolean): Reader<ReadonlyMap<string, RuleChoice>> => ({
  schema: { $ref: '#/definitions/rules' },
  read: (node, name, log) => {
    if (node.kind !== 'map') return wrong(node, name, 'a map of rules to what they are', log);
    const choices = new Map<string, RuleChoice>();
    for (const { key, at, value } of entriesOf(node, name, log)) {
      const named = namedBy(rules, key);
      if (named.length === 0 && !lenient) log(at, unknownRule(rules, key));
      if (named.length === 0) continue;
      const read = choiceReader(optionsOf(named)).read(value, under(name, key), log);
      if (read) choices.set(key, read);
    }
    return choices;
  },
});

const namedBy = (rules: readonly Rule[], selector: string): readonly Rule[] => {
  const wanted = selector.toLowerCase();
  return rules.filter(
    (rule) => rule.name === wanted || rule.category === wanted || codeIn(rule, selector) !== undefined,
  );
};

const unknownRule = (rules: readonly Rule[], selector: string): string => {
  const known = [...rules.flatMap(wordsOf), ...CATEGORIES];
  return `no rule, code or category is called \`${selector}\`${meant(selector, known) || '; `iechorlint rules` lists them'}`;
};

/** Options belong to one rule; several that share a code or a category have none together. */
const optionsOf = ([rule, ...more]: readonly Rule[]): OptionSchema =>
  rule?.options && more.length === 0 ? rule.options : {};

/** A severity, `[severity, {options}]`, or `{severity, fix, options}`. */
const choiceReader = (schema: OptionSchema): Reader<RuleChoice> => {
  const options = optionsReader(schema);
  const whole: Reader<RuleChoice> = record({ severity: level, fix, options });
  return {
    schema: { anyOf: [level.schema, listSchema(level.schema, options.schema), whole.schema] },
    read: (node, name, log) => {
      if (node.kind === 'map') return whole.read(node, name, log);
      if (node.kind === 'scalar') return choiceOf(level.read(node, name, log));
      const [first, second, third] = node.items;
      if (!first || third) return wrong(node, name, '[severity, {option: value}]', log);
      const read = second && options.read(second, name, log);
      return { ...choiceOf(level.read(first, name, log)), ...(read ? { options: read } : {}) };
    },
  };
};

const listSchema = (...items: readonly JsonSchema[]): JsonSchema => ({
  type: 'array',
  items,
  minItems: 1,
  maxItems: items.length,
});

const choiceOf = (severity: RuleChoice['severity'] | undefined): RuleChoice | undefined => severity && { severity };

type OptionSettings = Readonly<Record<string, OptionSetting>>;

const optionsReader = (options: OptionSchema): Reader<OptionSettings> => {
  const names = Object.keys(options);
  const properties = Object.fromEntries(Object.entries(options).map(([name, spec]) => [name, schemaOf(spec)]));
  return {
    schema: { type: 'object', properties, additionalProperties: false },
    read: (node, name, log) => {
      if (node.kind !== 'map') return wrong(node, name, 'a map of options to values', log);
      const set: Record<string, OptionSetting> = {};
      for (const { key, at, value } of entriesOf(node, name, log)) {
        const spec = entryOf(options, key);
        if (!spec) log(at, unknownOption(name, key, names));
        const read = spec && readerOf(spec).read(value, under(name, key), log);
        if (read !== undefined) set[key] = read;
      }
      return set;
    },
  };
};

const unknownOption = (name: string, key: string, names: readonly string[]): string => {
  if (names.length === 0) return `\`${name}\` has no options, so no \`${key}\``;
  return `\`${name}\` has no option \`${key}\`${meant(key, names) || `; it is ${orList(names)}`}`;
};

const readerOf = ({ type }: OptionSpec): Reader<OptionSetting> => {
  if (type === 'number') return number;
  return type === 'boolean' ? flag : listOf(text);
};

const schemaOf = (spec: OptionSpec): JsonSchema => ({
  description: spec.description,
  default: spec.default,
  ...readerOf(spec).schema,
});

/** What the schemas of rules refer to. */
export const ruleDefinitions = (rules: readonly Rule[]): JsonSchema => ({
  rules: rulesSchema(rules),
  rule: choiceReader({}).schema,
});

const rulesSchema = (rules: readonly Rule[]): JsonSchema => {
  const properties: Record<string, JsonSchema> = {};
  for (const category of CATEGORIES) properties[category] = schemaFor({}, `All rules of the category ${category}.`);
  for (const { name, summary, codes, options = {} } of rules) {
    properties[name] = schemaFor(options, `${summary}.`);
    for (const code of codes) properties[code] ??= schemaFor(options, `${summary}.`);
  }
  const patterns = rules.flatMap(({ codesLike, summary }) =>
    codesLike ? [[codesLike.source, schemaFor({}, `${summary}.`)] as const] : [],
  );
  return { type: 'object', properties, patternProperties: Object.fromEntries(patterns), additionalProperties: false };
};

const schemaFor = (options: OptionSchema, description: string): JsonSchema => ({
  description,
  ...(Object.keys(options).length === 0 ? { $ref: '#/definitions/rule' } : choiceReader(options).schema),
});
