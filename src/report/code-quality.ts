import type { Diagnostic, Severity } from '../lint/diagnostic.ts';
import { fingerprinter, hashOf } from './fingerprint.ts';
import { linesOf } from './frame.ts';
import type { FileReport } from './index.ts';
import { phraseOf, withoutDot } from './phrases.ts';
import { type View, viewOf } from './view.ts';

/** What GitLab's report and Code Climate's have in common. */
export interface QualityIssue {
  readonly description: string;
  readonly check_name: string;
  /** Different for each issue of a report. */
  readonly fingerprint: string;
  readonly severity: 'critical' | 'major' | 'minor' | 'info';
  readonly location: {
    readonly path: string;
    readonly lines: { readonly begin: number; readonly end: number };
  };
}

/** The issues of one file, each with the finding it is made of. */
export function* qualityIssuesOf({
  document,
  diagnostics,
}: FileReport): Generator<readonly [issue: QualityIssue, diagnostic: Diagnostic, view: View]> {
  if (diagnostics.length === 0) return;
  const view = viewOf(document);
  const path = withoutDot(document.path);
  const fingerprint = fingerprinter(view);
  for (const diagnostic of diagnostics) {
    const { first, last } = linesOf(view, diagnostic.range);
    const issue: QualityIssue = {
      description: phraseOf(diagnostic, view),
      check_name: diagnostic.rule,
      fingerprint: hashOf(`${path}\n${fingerprint(diagnostic)}`),
      severity: SEVERITIES[diagnostic.severity],
      location: { path, lines: { begin: first, end: last } },
    };
    yield [issue, diagnostic, view];
  }
}

const SEVERITIES: Readonly<Record<Severity, QualityIssue['severity']>> = {
  error: 'critical',
  warning: 'major',
  info: 'minor',
  style: 'info',
};
