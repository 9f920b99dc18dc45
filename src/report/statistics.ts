import type { Severity } from '../lint/diagnostic.ts';
import type { Report } from './index.ts';

/** One rule's share of the findings. */
export interface Statistic {
  readonly rule: string;
  readonly severity: Severity;
  readonly count: number;
  /** How many of them a flag can fix. */
  readonly fixable: number;
}

/** How often each rule reported, the most frequent first. */
export const statisticsOf = ({ files }: Pick<Report, 'files'>): readonly Statistic[] => {
  const byRule = new Map<string, Statistic>();
  for (const { diagnostics } of files) {
    for (const { rule, severity, fix } of diagnostics) {
      const known = byRule.get(rule) ?? { rule, severity, count: 0, fixable: 0 };
      const fixable = fix === undefined || fix.safety === 'manual' ? 0 : 1;
      byRule.set(rule, { ...known, count: known.count + 1, fixable: known.fixable + fixable });
    }
  }
  return [...byRule.values()].sort((a, b) => b.count - a.count || (a.rule < b.rule ? -1 : 1));
};

/** The statistics as a table, a line for each rule. */
export const tableOf = (statistics: readonly Statistic[]): readonly string[] => {
  const digits = String(statistics[0]?.count ?? 0).length;
  const width = Math.max(0, ...statistics.map(({ rule }) => rule.length));
  return statistics.map(({ rule, severity, count, fixable }) => {
    const fixed = fixable === 0 ? '' : `${fixable} fixable`;
    return `${String(count).padStart(digits)}  ${severity.padEnd(7)}  ${rule.padEnd(width)}  ${fixed}`.trimEnd();
  });
};
