import type { Diagnostic, Severity } from '../lint/diagnostic.ts';
import { escapeLine } from './escape.ts';
import { linesOf } from './frame.ts';
import type { Reporter } from './index.ts';
import { withoutDot } from './phrases.ts';
import { type View, viewOf } from './view.ts';

/** For GitHub Actions: a workflow command for each finding, which becomes an annotation at its place. */
export const reportGithub: Reporter = function* (report) {
  for (const { path, message } of report.unreadable)
    yield command('error', { title: 'iechorlint' }, escapeLine(`cannot read ${path}: ${message}`));
  for (const { document, diagnostics } of report.files) {
    if (diagnostics.length === 0) continue;
    const view = viewOf(document);
    for (const diagnostic of diagnostics) yield annotationOf(diagnostic, view);
  }
};

const LEVELS: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
  style: 'notice',
};

const annotationOf = ({ severity, rule, message, help, range }: Diagnostic, view: View): string => {
  const { first, last } = linesOf(view, range);
  const column = view.lines.positionAt(range.start).column;
  // Of several lines GitHub marks no columns.
  const columns = first === last ? { col: column, endColumn: column + range.end - range.start } : {};
  const place = { file: withoutDot(view.path), line: first, endLine: last, ...columns };
  const texts = [view.sentence(message), ...(help === undefined ? [] : [view.paragraphs(help)])];
  return command(LEVELS[severity], { ...place, title: `iechorlint: ${rule}` }, texts.join('\n'));
};

const command = (level: string, properties: Readonly<Record<string, string | number>>, message: string): string => {
  const written = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  return `::${level} ${written.join(',')}::${escapeData(message)}\n`;
};

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
