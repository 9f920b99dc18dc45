import type { Diagnostic, Fix, Safety, Severity } from '../lint/diagnostic.ts';
import { truncate, widthOf } from './cells.ts';
import { escapeText } from './escape.ts';
import { frameOf } from './frame.ts';
import type { FileReport, GradualReporter, Report, Reporter, ReportOptions } from './index.ts';
import type { Paint } from './paint.ts';
import { fromDifference, hunksOf } from './preview.ts';
import { plural, wrap } from './prose.ts';
import { statisticsOf, tableOf } from './statistics.ts';
import { countsOf, summarise } from './summary.ts';
import { type View, viewOf } from './view.ts';

/** For people: findings by file, each with its place in the text, what to write instead and why. */
export const reportPretty: Reporter = function* (report, options) {
  const pretty = prettyGradually(report, options);
  for (const file of report.files) yield* pretty.file(file);
  yield* pretty.end(report);
};

export const prettyGradually: GradualReporter = (report, options) => {
  const page = pageOf(report, options);
  return {
    file: (file) => (file.diagnostics.length > 0 ? fileBlock(file, page) : []),
    end: (whole) => endBlock(whole, options, page),
  };
};

function* endBlock(report: Report, { statistics, quiet }: ReportOptions, { measure, paint }: Page): Generator<string> {
  if (statistics) yield* statisticsBlock(report);
  if (quiet) return;
  for (const line of wrap(capitalised(summarise(report)), measure)) yield `${paint.bold(line)}\n`;
}

/** What holds for the whole run. */
interface Page {
  readonly paint: Paint;
  /** Columns for code, and the fewer ones for prose. */
  readonly width: number;
  readonly measure: number;
  readonly why: ReadonlyMap<string, string>;
  /** What to mind with the fixes of a rule. */
  readonly risks: ReadonlyMap<string, string>;
  /** Rules whose why, and risks, have been said. */
  readonly explained: Set<string>;
  readonly warned: Set<string>;
}

const pageOf = (report: Pick<Report, 'rules' | 'why'>, options: ReportOptions): Page => {
  const width = Math.max(30, options.width);
  return {
    paint: options.paint,
    width,
    measure: Math.min(width, 100),
    why: options.quiet ? new Map() : report.why,
    risks: options.quiet ? new Map() : risksOf(report.rules),
    explained: new Set(),
    warned: new Set(),
  };
};

const risksOf = (rules: Report['rules']): ReadonlyMap<string, string> =>
  new Map(rules.flatMap(({ name, fix }) => (fix?.note === undefined ? [] : [[name, fix.note] as const])));

function* fileBlock(file: FileReport, page: Page): Generator<string> {
  const view = viewOf(file.document);
  yield `${headingOf(view.path, file, page)}\n\n`;
  for (const diagnostic of file.diagnostics) yield `${findingLines(diagnostic, view, page).join('\n')}\n\n`;
}

/** `── path ───── 3 findings ──` as wide as the prose, or the path alone where that is too narrow. */
const headingOf = (path: string, { diagnostics }: FileReport, { paint, measure }: Page): string => {
  const count = plural(diagnostics.length, 'finding');
  const room = measure - widthOf(path) - count.length - 8;
  const end = room < 2 ? '' : ` ${'─'.repeat(room)} ${count} ──`;
  return `${paint.dim('──')} ${paint.bold(path)}${paint.dim(end)}`;
};

const findingLines = (diagnostic: Diagnostic, view: View, page: Page): readonly string[] => [
  ...titleOf(diagnostic, view, page),
  ...wrap(view.sentence(diagnostic.message), page.measure - 2).map((line) => `  ${page.paint.bold(line)}`),
  // Of a file that was not read there is nothing to show.
  ...(view.text === '' ? [] : ['', ...frame(diagnostic, view, page)]),
  ...notesOf(diagnostic, view, page),
];

/** The place first and whole, so that a terminal makes a link of it. */
const titleOf = ({ severity, rule, range }: Diagnostic, view: View, { paint, measure }: Page): readonly string[] => {
  const place = view.placeOf(range);
  const kind = `${painter(paint, severity)(severity)}  ${paint.dim(rule)}`;
  const fits = widthOf(place) + severity.length + rule.length + 4 <= measure;
  return fits ? [`${paint.cyan(place)}  ${kind}`] : [paint.cyan(place), `  ${kind}`];
};

const painter = (paint: Paint, severity: Severity): Paint['red'] => {
  const colors = { error: paint.red, warning: paint.yellow, info: paint.blue, style: paint.magenta };
  return (text) => paint.bold(colors[severity](text));
};

const frame = ({ range, severity }: Diagnostic, view: View, { paint, width }: Page): readonly string[] => {
  const style = {
    width: width - 2,
    context: 1,
    mark: '^',
    paintMark: painter(paint, severity),
    paintGutter: paint.dim,
  };
  return frameOf(view, range, style).map(indent);
};

const indent = (line: string): string => `  ${line}`;

/** Under the frame: other places, what to write instead, the fix, and once in a run what to mind and why it matters. */
const notesOf = (diagnostic: Diagnostic, view: View, page: Page): readonly string[] => {
  const { help, related = [], fix, rule } = diagnostic;
  const lines: string[] = [];
  for (const place of related) {
    lines.push(...note('note', `${view.sentence(place.message)} (${view.placeOf(place.range)})`, page));
    lines.push(...relatedFrame(view, place.range, page));
  }
  if (help !== undefined) lines.push(...note('help', view.paragraphs(help), page));
  if (fix !== undefined) lines.push(...fixNote(fix, view, page));
  if (fix !== undefined && fix.safety !== 'safe') lines.push(...said('note', rule, page.risks, page.warned, page));
  lines.push(...said('why', rule, page.why, page.explained, page));
  return lines.length === 0 ? [] : ['', ...lines];
};

/** What there is to say of a rule, the first time. */
const said = (
  label: string,
  rule: string,
  texts: ReadonlyMap<string, string>,
  done: Set<string>,
  page: Page,
): readonly string[] => {
  const text = done.has(rule) ? undefined : texts.get(rule);
  done.add(rule);
  return text === undefined ? [] : note(label, text.replace(/\s+/g, ' '), page);
};

const relatedFrame = (view: View, range: Diagnostic['range'], { paint, width }: Page): readonly string[] => {
  const style = { width: width - 8, context: 0, mark: '-', paintMark: paint.cyan, paintGutter: paint.dim };
  return frameOf(view, range, style).map((line) => `        ${line}`);
};

/** A label and its text beside it, wrapped; the text's own lines are kept. */
const note = (label: string, text: string, { paint, measure }: Page): readonly string[] => {
  const lines = text.split('\n').flatMap((line) => wrap(line, measure - 8));
  return lines.map((line, index) => `  ${index === 0 ? paint.green(label.padEnd(4)) : '    '}  ${line}`.trimEnd());
};

/** What applies a fix. */
export const APPLIED_BY: Readonly<Record<Safety, string>> = {
  safe: '--fix',
  unsafe: '--fix --unsafe-fixes',
  manual: 'by hand',
};

const fixNote = (fix: Fix, view: View, page: Page): readonly string[] => [
  ...note('fix', `${view.sentence(fix.title)} (${APPLIED_BY[fix.safety]})`, page),
  ...previewLines(fix, view, page).map((line) => `        ${line}`),
];

const previewLines = (fix: Fix, view: View, { paint, width }: Page): readonly string[] => {
  const room = width - 11;
  const brief = (lines: readonly string[]) => shortened(lines).map((line) => truncate(line, room));
  const lines: string[] = [];
  for (const hunk of hunksOf(view, fix)) {
    if (lines.length > 0) lines.push(paint.dim('⋮'));
    if (hunk.above !== undefined) lines.push(...brief([hunk.above]).map((line) => paint.dim(`  ${line}`)));
    const isCopied = fix.safety === 'manual';
    const { removed, added } = isCopied ? hunk : fromDifference(hunk, room);
    // A manual fix is there to be copied: all of it is shown, and nothing cut off.
    const written = isCopied ? added.map(escapeText) : brief(added);
    lines.push(...brief(removed).map((line) => paint.red(line === '' ? '-' : `- ${line}`)));
    lines.push(...written.map((line) => paint.green(line === '' ? '+' : `+ ${line}`)));
  }
  return lines;
};

/** At most seven lines, those in the middle left out. */
const shortened = (lines: readonly string[]): readonly string[] =>
  lines.length <= 7 ? lines : [...lines.slice(0, 4), `⋮ ${lines.length - 6} more lines`, ...lines.slice(-2)];

function* statisticsBlock(report: Report): Generator<string> {
  const table = tableOf(statisticsOf(report));
  if (countsOf(report).total > 0) yield `${table.join('\n')}\n\n`;
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
