import type { Severity } from '../lint/diagnostic.ts';
import type { Reporter } from './index.ts';
import { viewOf } from './view.ts';

/** As GNU tools and compilers have it: `path:line:column: warning: message [rule]`, which many programs read. */
export const reportGnu: Reporter = function* (report) {
  for (const { document, diagnostics } of report.files) {
    if (diagnostics.length === 0) continue;
    const view = viewOf(document);
    for (const { severity, rule, message, range } of diagnostics)
      yield `${view.placeOf(range)}: ${LEVELS[severity]}: ${view.sentence(message)} [${rule}]\n`;
  }
};

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note', style: 'note' };
