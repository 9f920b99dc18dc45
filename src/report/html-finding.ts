import type { Diagnostic, Fix, Related } from '../lint/diagnostic.ts';
import type { Range } from '../source/range.ts';
import { escapeLine, escapeText } from './escape.ts';
import { linesOf } from './frame.ts';
import { escapeMarkup, withCode } from './markup.ts';
import { APPLIED_BY } from './pretty.ts';
import { hunksOf } from './preview.ts';
import type { View } from './view.ts';

/** What holds for the whole page. */
export interface HtmlPage {
  readonly why: ReadonlyMap<string, string>;
  /** Rules whose why has been said. */
  readonly explained: Set<string>;
}

/** One finding: its place, the lines concerned, what to write instead. */
export const findingArticle = (diagnostic: Diagnostic, view: View, page: HtmlPage): string => {
  const { severity, rule, message, help, related = [], fix, range } = diagnostic;
  const { line, column } = view.lines.positionAt(range.start);
  const parts = [
    `<h3><span class="badge">${severity}</span> ${prose(view.sentence(message))}</h3>`,
    `<p class="place">${line}:${column} <code>${escapeMarkup(escapeLine(rule))}</code></p>`,
    ...(view.text === '' ? [] : [excerpt(view, range, 1)]),
    ...related.map((place) => relatedNote(place, view)),
    ...(help === undefined ? [] : [`<p class="help">${prose(view.paragraphs(help))}</p>`]),
    ...(fix === undefined ? [] : [fixDetails(fix, view)]),
    ...whyOf(rule, page),
  ];
  return `<article class="${severity}">\n${parts.join('\n')}\n</article>\n`;
};

const prose = (text: string): string => withCode(text, escapeMarkup);

const relatedNote = ({ range, message }: Related, view: View): string =>
  `<p>${prose(view.sentence(message))} (line ${view.lines.lineAt(range.start)})</p>\n${excerpt(view, range, 0)}`;

const whyOf = (rule: string, { why, explained }: HtmlPage): readonly string[] => {
  const text = explained.has(rule) ? undefined : why.get(rule);
  explained.add(rule);
  return text === undefined ? [] : [`<p class="why">${prose(escapeLine(text.replace(/\s+/g, ' ')))}</p>`];
};

/** Lines shown of a range at its start and at its end, and characters of a line. */
const EDGE = 6;
const LONGEST = 2000;

/** The lines of a range and so many around it, numbered, the range marked; of many lines those in the middle are left out. */
const excerpt = (view: View, range: Range, around: number): string => {
  const { first, last } = linesOf(view, range);
  const rows: string[] = [];
  const bottom = Math.min(view.lines.starts.length, last + around);
  for (let line = Math.max(1, first - around); line <= bottom; line++) {
    if (line === first + EDGE && line <= last - EDGE) {
      rows.push('<i>⋮</i>');
      line = last - EDGE;
      continue;
    }
    const code = markedLine(view, line, range);
    if (code !== '' || (line >= first && line <= last)) rows.push(`<i>${line}</i>${code}`);
  }
  return `<pre>${rows.join('\n')}</pre>`;
};

const markedLine = ({ text, lines }: View, line: number, range: Range): string => {
  const { start, end } = lines.rangeOf(line);
  const to = Math.min(end, start + LONGEST);
  const [from, until] = [clamp(range.start, start, to), clamp(range.end, start, to)];
  const shown = (a: number, b: number) => escapeMarkup(tabbed(text.slice(a, b)));
  const mark = from < until ? `<mark>${shown(from, until)}</mark>` : '';
  return `${shown(start, from)}${mark}${shown(until, to)}${to < end ? '…' : ''}`;
};

const clamp = (offset: number, least: number, most: number): number => Math.max(least, Math.min(offset, most));

/** Hidden characters made visible, but for tabs. */
const tabbed = (line: string): string => line.split('\t').map(escapeLine).join('\t');

const fixDetails = (fix: Fix, view: View): string => {
  const hunks = hunksOf(view, fix).map(({ above, removed, added }) =>
    [
      ...(above === undefined ? [] : [`  ${changed(above)}`]),
      ...removed.map((line) => `<del>- ${changed(line)}</del>`),
      ...added.map((line) => `<ins>+ ${changed(line)}</ins>`),
    ].join('\n'),
  );
  const title = `${prose(view.sentence(fix.title))} (${APPLIED_BY[fix.safety]})`;
  return `<details open><summary>${title}</summary>\n<pre class="fix">${hunks.join('\n  ⋮\n')}</pre></details>`;
};

const changed = (line: string): string => {
  const text = escapeMarkup(escapeText(line.slice(0, LONGEST)));
  return line.length > LONGEST ? `${text}…` : text;
};
