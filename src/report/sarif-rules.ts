import type { ReportingConfiguration, ReportingDescriptor } from 'sarif';
import type { Diagnostic, Severity } from '../lint/diagnostic.ts';
import type { Report, RuleMeta } from './index.ts';
import { sentence } from './prose.ts';

const LEVELS = { error: 'error', warning: 'warning', info: 'note', style: 'note' } as const;

/** SARIF has no level below `note`. */
export const levelOf = (severity: Severity): 'error' | 'warning' | 'note' => LEVELS[severity];

/** The descriptors of all rules, and where each stands among them. */
export interface RuleTable {
  readonly descriptors: readonly ReportingDescriptor[];
  readonly indexOf: ReadonlyMap<string, number>;
}

/** The rules that were on, and those names under which the engine itself reported. */
export const ruleTableOf = (report: Report): RuleTable => {
  const descriptors = report.rules.map((rule) => descriptorOf(rule, report.why.get(rule.name)));
  const indexOf = new Map(descriptors.map(({ id }, index) => [id, index]));
  for (const { diagnostics } of report.files) {
    for (const diagnostic of diagnostics) {
      if (indexOf.has(diagnostic.rule)) continue;
      indexOf.set(diagnostic.rule, descriptors.length);
      descriptors.push(engineDescriptorOf(diagnostic));
    }
  }
  return { descriptors, indexOf };
};

const descriptorOf = (rule: RuleMeta, why: string | undefined): ReportingDescriptor => {
  const summary = sentence(rule.summary);
  const reason = why === undefined ? summary : sentence(why.replace(/\s+/g, ' ').trim());
  return {
    id: rule.name,
    ...nameOf(rule.name),
    shortDescription: { text: summary },
    fullDescription: { text: reason },
    help: { text: `${reason} ${howToIgnore(rule.name, "'")}`, markdown: markdownOf(rule, reason) },
    defaultConfiguration: configurationOf(rule),
    properties: {
      tags: [rule.category, ...(rule.tags ?? [])],
      precision: 'high',
      'problem.severity': rule.severity === 'error' || rule.severity === 'warning' ? rule.severity : 'recommendation',
    },
  };
};

const configurationOf = ({ severity, off }: RuleMeta): ReportingConfiguration =>
  off === true ? { level: levelOf(severity), enabled: false } : { level: levelOf(severity) };

const markdownOf = ({ name, summary, codes, fix }: RuleMeta, reason: string): string => {
  const paragraphs = [`**${sentence(summary)}**`, reason];
  if (codes.length > 0) paragraphs.push(`Known elsewhere as ${codes.map((code) => `\`${code}\``).join(', ')}.`);
  if (fix?.safety === 'safe') paragraphs.push('`--fix` mends it.');
  if (fix?.safety === 'unsafe') paragraphs.push('`--fix --unsafe-fixes` mends it.');
  if (fix?.note !== undefined) paragraphs.push(sentence(fix.note));
  return [...paragraphs, howToIgnore(name, '`')].join('\n\n');
};

const howToIgnore = (name: string, quote: string): string =>
  `A comment ${quote}# iechorlint ignore=${name}${quote} above the line silences it there.`;

/** `syntax`, `encoding`, `internal` and the like are no rules of their own. */
const engineDescriptorOf = ({ rule, severity }: Diagnostic): ReportingDescriptor => ({
  id: rule,
  ...nameOf(rule),
  shortDescription: { text: `Reported by the engine itself under the name '${rule}'.` },
  fullDescription: { text: `Reported by the engine itself under the name '${rule}'.` },
  help: { text: 'The message says what is wrong.', markdown: 'The message says what is wrong.' },
  defaultConfiguration: { level: levelOf(severity) },
  properties: { tags: ['engine'], precision: 'high' },
});

/** `relative-workdir` is `RelativeWorkdir`; a name of one word would but repeat the id, which SARIF forbids. */
const nameOf = (id: string): { readonly name?: string } => {
  const name = id.replace(/(?:^|[^a-z0-9]+)([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());
  return name.toLowerCase() === id.toLowerCase() ? {} : { name };
};
