import type { Diagnostic, Edit, Fix } from '../lint/diagnostic.ts';
import type { LineIndex } from '../source/text.ts';
import { escapeJson } from './escape.ts';
import type { FileReport, Report, Reporter } from './index.ts';
import { countsOf } from './summary.ts';
import { type View, viewOf } from './view.ts';

/** For programs, schema 1: every linted file, a line for each; a path is exact, a message made visible. */
export const reportJson: Reporter = function* (report) {
  yield '{"schema":1,"files":[';
  let separator = '\n';
  for (const file of report.files) {
    yield `${separator}${escapeJson(JSON.stringify(fileJson(file)))}`;
    separator = ',\n';
  }
  yield `\n],"summary":${JSON.stringify(summaryJson(report))}}\n`;
};

const fileJson = ({ document, diagnostics }: FileReport) => {
  if (diagnostics.length === 0) return { path: document.path, diagnostics: [] };
  const view = viewOf(document);
  return { path: document.path, diagnostics: diagnostics.map((diagnostic) => diagnosticJson(diagnostic, view)) };
};

const diagnosticJson = ({ rule, codes, severity, message, range, fix }: Diagnostic, view: View) => ({
  rule,
  codes,
  severity,
  message: view.sentence(message),
  start: placeJson(view.lines, range.start),
  end: placeJson(view.lines, range.end),
  // A starred-out edit would write the stars into the file, and an exact one would give the secret away.
  ...(fix === undefined || view.hidesFix(fix) ? {} : { fix: fixJson(fix, view) }),
});

const fixJson = ({ title, safety, edits }: Fix, view: View) => ({
  title: view.sentence(title),
  safety,
  edits: edits.map((edit) => editJson(edit, view)),
});

const editJson = ({ range, text }: Edit, { lines }: View) => ({
  start: placeJson(lines, range.start),
  end: placeJson(lines, range.end),
  text,
});

const placeJson = (lines: LineIndex, offset: number) => ({ ...lines.positionAt(offset), offset });

const summaryJson = (report: Report) => {
  const { severities, fixes } = countsOf(report);
  return {
    errors: severities.error,
    warnings: severities.warning,
    infos: severities.info,
    styles: severities.style,
    fixable: fixes.safe + fixes.unsafe,
  };
};
