import type { Diagnostic } from '../lint/diagnostic.ts';
import { escapeText } from './escape.ts';
import type { FileReport, Report, Reporter, Unreadable } from './index.ts';
import { attributes, escapeMarkup } from './markup.ts';
import { countsOf } from './summary.ts';
import { type View, viewOf } from './view.ts';

/** JUnit's XML: a suite for each file, in which each finding is a failed test; a clean file is one that passed. */
export const reportJunit: Reporter = function* (report) {
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${attributes(totalsOf(report))}>\n`;
  for (const each of report.unreadable) yield unreadableSuite(each);
  for (const file of report.files) yield* suiteOf(file);
  yield '</testsuites>\n';
};

const totalsOf = (report: Report) => {
  const { total, files } = countsOf(report);
  const errors = report.unreadable.length;
  return { name: 'iechorlint', tests: total + report.files.length - files + errors, failures: total, errors };
};

const unreadableSuite = ({ path, message }: Unreadable): string => {
  const test = attributes({ name: 'can be read', classname: path });
  const error = `<error${attributes({ message: `cannot be read: ${message}`, type: 'unreadable-file' })}/>`;
  return `<testsuite${attributes({ name: path, file: path, tests: 1, failures: 0, errors: 1 })}>\n  <testcase${test}>${error}</testcase>\n</testsuite>\n`;
};

function* suiteOf({ document, diagnostics }: FileReport): Generator<string> {
  const { path } = document;
  const failures = diagnostics.length;
  yield `<testsuite${attributes({ name: path, file: path, tests: Math.max(1, failures), failures, errors: 0 })}>\n`;
  if (failures === 0) yield `  <testcase${attributes({ name: 'no findings', classname: path })}/>\n`;
  else {
    const view = viewOf(document);
    for (const diagnostic of diagnostics) yield testOf(diagnostic, path, view);
  }
  yield '</testsuite>\n';
}

const testOf = ({ rule, severity, message, help, range }: Diagnostic, path: string, view: View): string => {
  const { line, column } = view.lines.positionAt(range.start);
  const said = view.sentence(message);
  const test = attributes({ name: `${rule} at ${line}:${column}`, classname: path });
  const failure = attributes({ message: said, type: severity });
  const text = [`${view.placeOf(range)}: ${said}`, ...(help === undefined ? [] : [view.paragraphs(help)])].join('\n');
  return `  <testcase${test}><failure${failure}>${escapeMarkup(escapeText(text))}</failure></testcase>\n`;
};
