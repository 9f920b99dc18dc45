import { LABEL_KINDS, type LabelKind, type Rule } from '../lint/index.ts';
import { ConfigError } from './error.ts';
import { type HadolintSettings, settingsFrom, THRESHOLDS } from './hadolint.ts';
import type { Settings } from './model.ts';
import { choice, listOf, type Reader, text } from './readers.ts';
import type { ConfigNode } from './tree.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables by which hadolint is steered in CI, as settings of ours. */
export const environmentSettings = (env: Environment, rules: readonly Rule[]): Settings => {
  const ask = <T>(name: string, reader: Reader<T>, node: (value: string) => ConfigNode): T | undefined => {
    const value = env[`HADOLINT_${name}`];
    return value ? reader.read(node(value), `HADOLINT_${name}`, reject) : undefined;
  };
  const list = (name: string) => ask(name, listOf(text), items);
  const isOn = (name: string) => TRUE.test(env[`HADOLINT_${name}`] ?? '');
  const given: HadolintSettings = {
    ignored: list('IGNORE'),
    override: {
      error: list('OVERRIDE_ERROR') ?? [],
      warning: list('OVERRIDE_WARNING') ?? [],
      info: list('OVERRIDE_INFO') ?? [],
      style: list('OVERRIDE_STYLE') ?? [],
    },
    registries: list('TRUSTED_REGISTRIES'),
    labels: labelsIn(list('REQUIRE_LABELS')),
    strictLabels: isOn('STRICT_LABELS') || undefined,
    threshold: ask('FAILURE_THRESHOLD', choice(THRESHOLDS), scalar),
    noFail: isOn('NOFAIL'),
    noPragma: isOn('DISABLE_IGNORE_PRAGMA'),
  };
  return settingsFrom(given, rules);
};

const TRUE = /^(1|y|on|true|yes)$/i;

const reject = (_at: number, message: string): never => {
  throw new ConfigError(message);
};

const scalar = (value: string): ConfigNode => ({ kind: 'scalar', at: 0, value: value.trim(), text: value.trim() });

const items = (value: string): ConfigNode => ({
  kind: 'list',
  at: 0,
  items: value
    .split(',')
    .filter((item) => item.trim() !== '')
    .map(scalar),
});

/** `name:kind` */
const labelsIn = (texts: readonly string[] | undefined): ReadonlyMap<string, LabelKind> | undefined => {
  if (!texts) return undefined;
  const labels = new Map<string, LabelKind>();
  for (const each of texts) {
    const colon = each.lastIndexOf(':');
    const name = colon < 0 ? each : each.slice(0, colon);
    const kind = choice(LABEL_KINDS).read(
      scalar(each.slice(name.length + 1) || 'text'),
      'HADOLINT_REQUIRE_LABELS',
      reject,
    );
    if (kind) labels.set(name, kind);
  }
  return labels;
};
