import type { Diagnostic } from '../lint/diagnostic.ts';
import type { Reporter } from './index.ts';
import { statisticsOf, tableOf } from './statistics.ts';
import { type View, viewOf } from './view.ts';

/** A line for each finding: `path:line:column: severity rule: message`, with the flag that fixes it. */
export const reportCompact: Reporter = function* (report, options) {
  for (const { document, diagnostics } of report.files) {
    if (diagnostics.length === 0) continue;
    const view = viewOf(document);
    for (const diagnostic of diagnostics) yield `${lineOf(diagnostic, view)}\n`;
  }
  if (options.statistics) for (const line of tableOf(statisticsOf(report))) yield `${line}\n`;
};

const lineOf = ({ severity, rule, message, range, fix }: Diagnostic, view: View): string =>
  `${view.placeOf(range)}: ${severity} ${rule}: ${view.sentence(message)}${MARKS[fix?.safety ?? 'manual']}`;

const MARKS = { safe: ' [--fix]', unsafe: ' [--fix --unsafe-fixes]', manual: '' } as const;
