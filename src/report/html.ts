import { SEVERITIES } from '../lint/diagnostic.ts';
import { escapeLine } from './escape.ts';
import { findingArticle, type HtmlPage } from './html-finding.ts';
import { STYLE } from './html-style.ts';
import type { FileReport, Report, Reporter } from './index.ts';
import { escapeMarkup } from './markup.ts';
import { plural } from './prose.ts';
import { countsOf, severitiesOf, summarise } from './summary.ts';
import { viewOf } from './view.ts';

/** One page that needs nothing but a browser: no script, no font, no picture, and its own policy forbids them. */
export const reportHtml: Reporter = function* (report, options) {
  yield headOf(report);
  const page: HtmlPage = { why: options.quiet ? new Map() : report.why, explained: new Set() };
  for (const { path, message } of report.unreadable)
    yield `<p class="unreadable">${code(path)} cannot be read: ${escapeMarkup(escapeLine(message))}</p>\n`;
  for (const file of report.files) if (file.diagnostics.length > 0) yield* fileSection(file, page);
  yield* cleanFiles(report);
  yield `</main>\n<footer>iechorlint ${escapeMarkup(report.version)}</footer>\n</body>\n</html>\n`;
};

const headOf = (report: Report): string => {
  const counts = countsOf(report);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>iechorlint: ${severitiesOf(counts)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>iechorlint</h1>
<p>${escapeMarkup(summarise(report))}</p>
${counts.total > 0 ? filtersOf(counts.severities) : ''}</header>
<main>
`;
};

/** Boxes that show and hide the findings of a severity, by style alone. */
const filtersOf = (severities: ReturnType<typeof countsOf>['severities']): string => {
  const boxes = SEVERITIES.filter((severity) => severities[severity] > 0).map(
    (severity) =>
      `<label class="${severity}"><input type="checkbox" id="show-${severity}" checked> ${plural(severities[severity], severity)}</label>`,
  );
  return `<fieldset><legend>Show</legend>${boxes.join('')}</fieldset>\n`;
};

function* fileSection({ document, diagnostics }: FileReport, page: HtmlPage): Generator<string> {
  const view = viewOf(document);
  yield `<section>\n<h2>${code(document.path)} <small>${plural(diagnostics.length, 'finding')}</small></h2>\n`;
  for (const diagnostic of diagnostics) yield findingArticle(diagnostic, view, page);
  yield '</section>\n';
}

function* cleanFiles({ files }: Report): Generator<string> {
  const clean = files.filter(({ diagnostics }) => diagnostics.length === 0);
  if (clean.length === 0) return;
  yield `<details><summary>${plural(clean.length, 'file')} without findings</summary>\n<ul>\n`;
  for (const { document } of clean) yield `<li>${code(document.path)}</li>\n`;
  yield '</ul>\n</details>\n';
}

const code = (text: string): string => `<code>${escapeMarkup(escapeLine(text))}</code>`;
