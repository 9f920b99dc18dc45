import { LABEL_KINDS, RULESETS, type Rule, SEVERITIES } from '../lint/index.ts';
import type { Config } from './model.ts';
import {
  anyText,
  choice,
  field,
  flag,
  type JsonSchema,
  listOf,
  mapOf,
  mapsOf,
  type Reader,
  record,
  text,
} from './readers.ts';
import { ruleDefinitions, rulesReader } from './rule-choices.ts';
import { PRESETS } from './select.ts';

export const FAIL_ON = [...SEVERITIES, 'never'] as const;

/** A pattern as in `.gitignore`; braces, which it has not, are most likely meant as in other globs. */
const pattern: Reader<string> = {
  schema: text.schema,
  read: (node, name, log) => {
    const read = text.read(node, name, log);
    if (read === undefined || !/\{[^}]*,[^}]*\}/.test(read)) return read;
    log(node.at, `\`${name}\`: \`${read}\` has braces; patterns are as in .gitignore, so write one for each`);
    return undefined;
  },
};

const settings = (rules: readonly Rule[], lenient: boolean) => ({
  presets: field(
    'Which rules run: recommended (the default), strict (all but those that need settings of a team), security, format, all, ' +
      'or what hadolint or buildkit say.',
    listOf(choice(PRESETS)),
  ),
  rules: field(
    'By the name of a rule, a code of another tool, or a category: off, on, a severity, or [severity, options]. ' +
      'Of a category, a severity concerns its rules that run.',
    rulesReader(rules, lenient),
  ),
  'trusted-registries': field('Registries that images may come from, with * for any characters.', listOf(text)),
  labels: field('Labels that an image must have, each with the kind of its value.', mapOf(choice(LABEL_KINDS))),
  'strict-labels': field('Whether an image may have no other labels than those.', flag),
  'build-args': field('Values of ARGs, as for --build-arg.', mapOf(anyText)),
  target: field('The stage that is built; nothing: the last.', text),
  'fail-on': field('The least severity that makes the exit code 1.', choice(FAIL_ON)),
  'inline-ignores': field('Whether comments in a file may ignore findings.', flag),
});

/** Reads a configuration in which these rules can be named; `lenient`: and others, of plugins that are not loaded. */
export const configReader = (rules: readonly Rule[], lenient = false): Reader<Config> => {
  const own = settings(rules, lenient);
  const files = field('Patterns as in .gitignore, from the folder of the configuration on.', listOf(pattern));
  return record({
    $schema: field('Where this schema is.', text),
    root: field('Whether configurations in the folders above count no more.', flag),
    extends: field('Configurations that this one builds on: paths from its folder, or packages.', listOf(text)),
    ruleset: field('The rules as they were then: later ones run only where they are named.', choice(RULESETS)),
    ...own,
    ignore: field('Files that are not checked: patterns as in .gitignore.', listOf(pattern)),
    overrides: field(
      'Settings for some files; the later outrank the earlier.',
      mapsOf(record({ files, ...own }, ['files'])),
    ),
    plugins: field('Modules with rules of your own; they are code, and load with --plugins alone.', listOf(text)),
  });
};

/** The JSON schema of a configuration, for editors. */
export const configSchema = (rules: readonly Rule[]): JsonSchema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Configuration of iechorlint',
  description: '.iechorlint.yaml, .yml, .json, .jsonc or .toml, or `iechorlint` in package.json',
  definitions: ruleDefinitions(rules),
  ...configReader(rules).schema,
});
