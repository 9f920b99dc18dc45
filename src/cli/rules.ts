import { CATEGORIES, type Category, type Rule } from '../lint/rule.ts';
import { plural, wrap } from '../report/prose.ts';
import type { Io } from './io.ts';
import type { PluginOptions } from './plugin-options.ts';
import { pluginRules } from './plugin-rules.ts';
import { say } from './say.ts';
import { type Terminal, terminalOf } from './terminal.ts';

export interface RulesArguments extends PluginOptions {
  readonly format: 'pretty' | 'json';
}

/** `iechorlint rules`: every rule, by category, those of plugins among them. */
export const run = async ({ format, ...options }: RulesArguments, io: Io, own: readonly Rule[]): Promise<number> => {
  const { rules, notices } = await pluginRules(options, io, own);
  for (const notice of notices) say(io, notice);
  const ordered = CATEGORIES.flatMap((category) => rulesIn(category, [...own, ...rules]));
  io.stdout.write(format === 'json' ? jsonOf(ordered) : `${linesOf(ordered, terminalOf(io)).join('\n')}\n`);
  return 0;
};

const rulesIn = (category: Category, rules: readonly Rule[]): readonly Rule[] =>
  rules.filter((rule) => rule.category === category).toSorted((a, b) => (a.name < b.name ? -1 : 1));

const jsonOf = (rules: readonly Rule[]): string =>
  `{"schema":1,"rules":[\n${rules.map((rule) => JSON.stringify(viewOf(rule))).join(',\n')}\n]}\n`;

const viewOf = ({ name, category, severity, off, codes, summary, fix }: Rule) => ({
  name,
  category,
  severity,
  on: !off,
  codes,
  summary,
  ...(fix ? { fix } : {}),
});

const linesOf = (rules: readonly Rule[], terminal: Terminal): readonly string[] => {
  const width = Math.max(0, ...rules.map(({ name }) => name.length));
  const lines: string[] = [];
  let category: Category | undefined;
  for (const rule of rules) {
    if (rule.category !== category) lines.push(terminal.paint.bold.underline(rule.category), '');
    category = rule.category;
    lines.push(...entryOf(rule, width, terminal), '');
  }
  return [...lines, ...footer(rules, terminal)];
};

/** The name with what can be seen at a glance, and below it the summary. */
const entryOf = (rule: Rule, nameWidth: number, { paint, width }: Terminal): readonly string[] => {
  const facts = [rule.severity.padEnd(7), rule.off ? 'off' : 'on ', (rule.fix?.safety ?? '').padEnd(6)];
  const line = `  ${paint.bold(rule.name.padEnd(nameWidth))}  ${facts.join('  ')}`;
  const codes = rule.codes.join(', ');
  const room = width - nameWidth - facts.join('  ').length - 6;
  const fits = codes.length <= room;
  return [
    fits ? `${line}  ${paint.dim(codes)}`.trimEnd() : line.trimEnd(),
    ...wrap(rule.summary, width - 4).map((text) => `    ${text}`),
    ...(fits ? [] : wrap(codes, width - 4).map((text) => `    ${paint.dim(text)}`)),
  ];
};

const footer = (rules: readonly Rule[], { width }: Terminal): readonly string[] => {
  const off = rules.filter((rule) => rule.off).length;
  const counts = off
    ? `${plural(rules.length, 'rule')}, ${off} of them off unless selected`
    : plural(rules.length, 'rule');
  return wrap(`${counts}; safe, unsafe and manual are their fixes. \`iechorlint explain RULE\` says more.`, width);
};
