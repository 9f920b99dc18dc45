import type { Severity } from '../lint/diagnostic.ts';
import type { FileReport, Reporter } from './index.ts';
import { attributes } from './markup.ts';
import { phraseOf } from './phrases.ts';
import { viewOf } from './view.ts';

/** Checkstyle's XML, which Jenkins, reviewdog and many others read. */
export const reportCheckstyle: Reporter = function* (report) {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="4.3">\n';
  for (const { path, message } of report.unreadable) {
    const error = { line: 1, column: 1, severity: 'error', message: `cannot be read: ${message}` };
    yield `<file${attributes({ name: path })}>\n${errorOf({ ...error, source: 'iechorlint.unreadable-file' })}</file>\n`;
  }
  for (const file of report.files) yield* fileElement(file);
  yield '</checkstyle>\n';
};

const SEVERITIES: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'info',
  style: 'info',
};

function* fileElement({ document, diagnostics }: FileReport): Generator<string> {
  const name = attributes({ name: document.path });
  if (diagnostics.length === 0) {
    yield `<file${name}/>\n`;
    return;
  }
  const view = viewOf(document);
  yield `<file${name}>\n`;
  for (const diagnostic of diagnostics) {
    const place = view.lines.positionAt(diagnostic.range.start);
    const message = phraseOf(diagnostic, view);
    yield errorOf({
      ...place,
      severity: SEVERITIES[diagnostic.severity],
      message,
      source: `iechorlint.${diagnostic.rule}`,
    });
  }
  yield '</file>\n';
}

const errorOf = (values: Readonly<Record<string, string | number>>): string => `  <error${attributes(values)}/>\n`;
