import { LABEL_KINDS, type LabelKind, type Rule, SEVERITIES, type Severity } from '../lint/index.ts';
import type { Loaded } from './load.ts';
import type { FailOn, RuleChoice, Settings } from './model.ts';
import { type ConfigText, rejectMistakes } from './read.ts';
import { choice, flag, listOf, mapOf, meant, type RecordOf, record, text } from './readers.ts';
import { codeIn } from './select.ts';
import { type ConfigNode, isEmpty, type Mistake } from './tree.ts';

/** Whether a file of this name is taken for hadolint's. */
export const isHadolintName = (name: string): boolean => /hadolint.*\.ya?ml$/i.test(name);

export const THRESHOLDS = [...SEVERITIES, 'ignore', 'none'] as const;

const KEYS = {
  ignored: listOf(text),
  override: record({ error: listOf(text), warning: listOf(text), info: listOf(text), style: listOf(text) }),
  trustedRegistries: listOf(text),
  'label-schema': mapOf(choice(LABEL_KINDS)),
  'strict-labels': flag,
  'failure-threshold': choice(THRESHOLDS),
  'no-fail': flag,
  'disable-ignore-pragma': flag,
};

const reader = record(KEYS);

/** What hadolint has in files as well, and we on the command line alone. */
const FLAGS: Readonly<Record<string, string>> = { format: '--format', formats: '--format', 'no-color': '--no-color' };

/** Reads hadolint's configuration as one of ours; what it has and we have not is worth a line. */
export const readHadolint = (
  file: ConfigText,
  root: ConfigNode | undefined,
  rules: readonly Rule[],
): Pick<Loaded, 'layers' | 'notices' | 'moot'> => {
  const mistakes: Mistake[] = [];
  const known = knownPart(root);
  const read = known && reader.read(known, '', (at, message) => mistakes.push({ at, message }));
  rejectMistakes(file, mistakes);
  const given = fromFile(read ?? {});
  return {
    layers: [{ presets: ['recommended', 'hadolint'], ...settingsFrom(given, rules) }],
    notices: foreignKeys(root).map((key) => `${file.shown}: \`${key}\` has no effect here${insteadOf(key)}`),
    moot: mootCodes(given, rules),
  };
};

/** hadolint passes over keys that it does not know, and so do we; a key without a value says nothing. */
const knownPart = (root: ConfigNode | undefined): ConfigNode | undefined =>
  root?.kind === 'map'
    ? { ...root, entries: root.entries.filter(({ key, value }) => Object.hasOwn(KEYS, key) && !isEmpty(value)) }
    : root;

const foreignKeys = (root: ConfigNode | undefined): readonly string[] =>
  root?.kind === 'map' ? root.entries.map(({ key }) => key).filter((key) => !Object.hasOwn(KEYS, key)) : [];

const insteadOf = (key: string): string =>
  Object.hasOwn(FLAGS, key) ? `; pass ${FLAGS[key]}` : meant(key, Object.keys(KEYS));

const mootCodes = ({ ignored = [], override = {} }: HadolintSettings, rules: readonly Rule[]): readonly string[] => {
  return [...new Set([...ignored, ...Object.values(override).flat()])].filter((code) => !isKnown(rules, code));
};

const isKnown = (rules: readonly Rule[], code: string): boolean =>
  rules.some((rule) => codeIn(rule, code) !== undefined);

/** What hadolint can be told, in a file or by the environment. */
export interface HadolintSettings {
  readonly ignored?: readonly string[] | undefined;
  readonly override?: Readonly<Partial<Record<Severity, readonly string[]>>> | undefined;
  readonly registries?: readonly string[] | undefined;
  readonly labels?: ReadonlyMap<string, LabelKind> | undefined;
  readonly strictLabels?: boolean | undefined;
  readonly threshold?: (typeof THRESHOLDS)[number] | undefined;
  readonly noFail?: boolean | undefined;
  readonly noPragma?: boolean | undefined;
}

const fromFile = (read: RecordOf<typeof KEYS>): HadolintSettings => ({
  ignored: read.ignored,
  override: read.override,
  registries: read.trustedRegistries,
  labels: read['label-schema'],
  strictLabels: read['strict-labels'],
  threshold: read['failure-threshold'],
  noFail: read['no-fail'],
  noPragma: read['disable-ignore-pragma'],
});

/** The same as settings of ours. Codes that no rule here has are left out: there is nothing to set. */
export const settingsFrom = (given: HadolintSettings, rules: readonly Rule[]): Settings => {
  const choices = choicesOf(given, (code) => isKnown(rules, code));
  const failOn = failOnOf(given);
  return {
    ...(choices.size > 0 ? { rules: choices } : {}),
    ...(given.registries?.length ? { 'trusted-registries': given.registries } : {}),
    ...(given.labels ? { labels: given.labels } : {}),
    ...(given.strictLabels === undefined ? {} : { 'strict-labels': given.strictLabels }),
    ...(failOn ? { 'fail-on': failOn } : {}),
    ...(given.noPragma ? { 'inline-ignores': false } : {}),
  };
};

/** Of several lists that have a code the most severe counts, and before it what is ignored. */
const choicesOf = ({ ignored = [], override = {} }: HadolintSettings, isKnownCode: (code: string) => boolean) => {
  const choices = new Map<string, RuleChoice>();
  for (const severity of SEVERITIES.toReversed())
    for (const code of override[severity] ?? []) if (isKnownCode(code)) choices.set(code, { severity });
  for (const code of ignored) if (isKnownCode(code)) choices.set(code, { severity: 'off' });
  return choices;
};

const failOnOf = ({ threshold, noFail }: HadolintSettings): FailOn | undefined =>
  noFail || threshold === 'ignore' || threshold === 'none' ? 'never' : threshold;
