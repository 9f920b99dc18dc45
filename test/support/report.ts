import type { Diagnostic } from '../../src/lint/diagnostic.ts';
import type { FileReport, Report, Reporter, ReportOptions } from '../../src/report/index.ts';
import { paintOf } from '../../src/report/paint.ts';
import { documentOf } from '../../src/source/document.ts';
import type { Range } from '../../src/source/range.ts';

/** Where a piece stands in a text; `''` is its end. */
export const rangeOf = (text: string, piece: string): Range => {
  const start = piece === '' ? text.length : text.indexOf(piece);
  if (start < 0) throw new Error(`${JSON.stringify(piece)} is not in the text`);
  return { start, end: start + piece.length };
};

/** A finding at a range, a warning of `some-rule` where nothing else is said. */
export const findingAt = (range: Range, more: Partial<Diagnostic> = {}): Diagnostic => ({
  path: 'Dockerfile',
  rule: 'some-rule',
  codes: [],
  severity: 'warning',
  range,
  message: 'Something is wrong',
  ...more,
});

/** A file and its findings, each at a piece of the text. */
export const fileOf = (text: string, findings: readonly Diagnostic[] = [], path = 'Dockerfile'): FileReport => ({
  document: documentOf(text, path),
  diagnostics: findings,
});

export const reportOf = (files: readonly FileReport[], more: Partial<Report> = {}): Report => ({
  version: '1.2.3',
  files,
  unreadable: [],
  rules: [],
  why: new Map(),
  ...more,
});

const PLAIN = await paintOf(false);

export const render = (reporter: Reporter, report: Report, options: Partial<ReportOptions> = {}): string =>
  [...reporter(report, { paint: PLAIN, width: 80, quiet: false, statistics: false, ...options })].join('');
