import type { Diagnostic } from '../lint/diagnostic.ts';
import { escapeLine } from './escape.ts';
import type { FileReport, Reporter } from './index.ts';
import { withCode } from './markup.ts';
import { plural } from './prose.ts';
import { statisticsOf } from './statistics.ts';
import { countsOf, severitiesOf, summarise } from './summary.ts';
import { type View, viewOf } from './view.ts';

/** GitHub takes a job summary of up to a mebibyte, and none that is larger. */
const ROOM = 900_000;

/** For job summaries and comments: a table for each file. What does not fit is counted. */
export const reportMarkdown: Reporter = function* (report, options) {
  yield `## iechorlint: ${severitiesOf(countsOf(report))}\n\n${escapeMarkdown(summarise(report))}\n`;
  for (const { path, message } of report.unreadable)
    yield `\n- ${codeOf(path)} cannot be read: ${escapeMarkdown(escapeLine(message))}\n`;
  if (options.statistics) yield* statisticsTable(report);
  let left = ROOM;
  let unshown = 0;
  for (const file of report.files) {
    const table = left > 0 && file.diagnostics.length > 0 ? tableOf(file) : '';
    if (table.length > left) left = 0;
    if (left === 0) unshown += file.diagnostics.length;
    else yield table;
    left = Math.max(0, left - table.length);
  }
  if (unshown > 0) yield `\n… and ${plural(unshown, 'finding')} more.\n`;
};

const tableOf = ({ document, diagnostics }: FileReport): string => {
  const view = viewOf(document);
  const rows = diagnostics.map((diagnostic) => rowOf(diagnostic, view));
  return `\n### ${codeOf(view.path)}\n\n| place | severity | finding |\n| ---: | --- | --- |\n${rows.join('')}`;
};

const rowOf = ({ severity, rule, message, help, range }: Diagnostic, view: View): string => {
  const { line, column } = view.lines.positionAt(range.start);
  const texts = [message, ...(help === undefined ? [] : [help])];
  const finding = texts.map((text) => withCode(view.sentence(text), escapeMarkdown)).join('<br>');
  return `| ${line}&#58;${column} | ${severity} | ${finding}<br>${codeOf(rule)} |\n`;
};

function* statisticsTable(report: Parameters<Reporter>[0]): Generator<string> {
  const statistics = statisticsOf(report);
  if (statistics.length === 0) return;
  yield '\n| findings | rule | severity | fixable |\n| ---: | --- | --- | ---: |\n';
  for (const { rule, severity, count, fixable } of statistics)
    yield `| ${count} | ${codeOf(rule)} | ${severity} | ${fixable} |\n`;
}

const codeOf = (text: string): string => `<code>${escapeMarkdown(escapeLine(text))}</code>`;

// What can be markup, a link, a name that is told, or an emoji. As a number, a character is never more than itself.
const SPECIAL = /[\\`*_[\]<>#|~&!{}$"']|:(?! )|(?<=\bwww)\./gi;

const escapeMarkdown = (text: string): string =>
  text.replace(SPECIAL, (character) => `&#${character.charCodeAt(0)};`).replaceAll('@', '@<!-- -->');
