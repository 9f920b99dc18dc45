import { tableOf } from '../../lint/document.ts';
import { BUILDKIT_CHECKS, type Rule } from '../../lint/index.ts';

/** The tools whose ids a guide may list, as `<!-- codes: hadolint -->`. */
const TOOLS: Readonly<Record<string, (code: string) => boolean>> = {
  hadolint: (code) => /^DL\d+$/.test(code),
  buildkit: (code) => BUILDKIT_CHECKS.includes(code),
  tally: (code) => code.startsWith('tally/'),
};

/** The markdown with a table of a tool's ids, and our rules for them, in each place that asks for one. */
export const withCodeTables = (markdown: string, rules: readonly Rule[]): string =>
  markdown.replace(/<!-- codes: (\w+) -->/g, (_, tool: string) => {
    const isOwn = TOOLS[tool];
    if (isOwn === undefined) throw new Error(`There is no table of the codes of ${tool}`);
    return tableOf(['There', 'Here', 'What it finds', 'Fix'], rowsOf(rules, isOwn));
  });

const rowsOf = (rules: readonly Rule[], isOwn: (code: string) => boolean): readonly (readonly string[])[] => {
  const rows = rules.flatMap((rule) => rule.codes.filter(isOwn).map((code) => [code, rule] as const));
  return rows
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { name, summary, fix, off }]) => [
      `\`${code}\``,
      `[${name}](../rules/${name}.html)${off ? ' (off)' : ''}`,
      summary,
      fix?.safety ?? '',
    ]);
};
