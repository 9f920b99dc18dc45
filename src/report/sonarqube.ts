import { type Diagnostic, SEVERITIES, type Severity } from '../lint/diagnostic.ts';
import type { Category } from '../lint/rule.ts';
import type { Range } from '../source/range.ts';
import { escapeJson } from './escape.ts';
import type { FileReport, Report, Reporter, RuleMeta } from './index.ts';
import { phraseOf, withoutDot } from './phrases.ts';
import { sentence } from './prose.ts';
import { type View, viewOf } from './view.ts';

/** SonarQube's generic issues (10.3 and newer): the rules that reported, then a line for each finding. */
export const reportSonarqube: Reporter = function* (report) {
  yield `{"rules":${escapeJson(JSON.stringify(rulesOf(report)))},"issues":[`;
  let separator = '\n';
  for (const file of report.files) {
    for (const issue of issuesOf(file)) {
      yield `${separator}${escapeJson(JSON.stringify(issue))}`;
      separator = ',\n';
    }
  }
  yield '\n]}\n';
};

const IMPACTS: Readonly<Record<Severity, string>> = { error: 'HIGH', warning: 'MEDIUM', info: 'LOW', style: 'LOW' };

/** The clean code attribute that a rule of the category misses, and the quality of the software that it impairs. */
const QUALITIES: Readonly<Record<Category, readonly [attribute: string, quality: string]>> = {
  ordering: ['EFFICIENT', 'MAINTAINABILITY'],
  cache: ['EFFICIENT', 'MAINTAINABILITY'],
  security: ['TRUSTWORTHY', 'SECURITY'],
  correctness: ['LOGICAL', 'RELIABILITY'],
  'multi-stage': ['MODULAR', 'MAINTAINABILITY'],
  syntax: ['CONVENTIONAL', 'RELIABILITY'],
  size: ['EFFICIENT', 'MAINTAINABILITY'],
  reproducibility: ['COMPLETE', 'RELIABILITY'],
  maintainability: ['CLEAR', 'MAINTAINABILITY'],
  style: ['FORMATTED', 'MAINTAINABILITY'],
  shell: ['LOGICAL', 'RELIABILITY'],
  labels: ['CONVENTIONAL', 'MAINTAINABILITY'],
  image: ['LOGICAL', 'RELIABILITY'],
};

const rulesOf = (report: Report) => {
  const known = new Map(report.rules.map((rule) => [rule.name, rule]));
  return Array.from(gravestOf(report), ([name, severity]) =>
    ruleOf(name, severity, known.get(name), report.why.get(name)),
  );
};

/** The gravest severity of each rule that reported: an issue has none of its own. */
const gravestOf = ({ files }: Report): ReadonlyMap<string, Severity> => {
  const gravest = new Map<string, Severity>();
  for (const { diagnostics } of files) {
    for (const { rule, severity } of diagnostics) {
      const known = gravest.get(rule) ?? severity;
      gravest.set(rule, SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(known) ? severity : known);
    }
  }
  return gravest;
};

const ruleOf = (name: string, severity: Severity, rule: RuleMeta | undefined, why: string | undefined) => {
  const [cleanCodeAttribute, softwareQuality] = QUALITIES[rule?.category ?? 'syntax'];
  const summary = rule?.summary ?? name;
  return {
    id: name,
    name: summary,
    description: sentence((why ?? summary).replace(/\s+/g, ' ').trim()),
    engineId: 'iechorlint',
    cleanCodeAttribute,
    impacts: [{ softwareQuality, severity: IMPACTS[severity] }],
  };
};

function* issuesOf({ document, diagnostics }: FileReport) {
  if (diagnostics.length === 0) return;
  const view = viewOf(document);
  const filePath = withoutDot(document.path);
  const locationOf = (message: string, range: Range) => ({ message, filePath, textRange: textRangeOf(range, view) });
  for (const diagnostic of diagnostics) {
    const related = relatedOf(diagnostic).map(({ message, range }) => locationOf(view.sentence(message), range));
    yield {
      ruleId: diagnostic.rule,
      primaryLocation: locationOf(phraseOf(diagnostic, view), diagnostic.range),
      ...(related.length > 0 ? { secondaryLocations: related } : {}),
    };
  }
}

const relatedOf = ({ related = [] }: Diagnostic) => related;

/** Columns count from 0. A range that is empty is refused, and so are columns behind the end of a line. */
const textRangeOf = (range: Range, { lines }: View) => {
  const start = lines.positionAt(range.start);
  const end = lines.positionAt(range.end);
  const columnIn = ({ line, column }: typeof start) => {
    const { start: from, end: to } = lines.rangeOf(line);
    return Math.min(column - 1, to - from);
  };
  const [startColumn, endColumn] = [columnIn(start), columnIn(end)];
  if (start.line === end.line && startColumn >= endColumn) return { startLine: start.line };
  return { startLine: start.line, endLine: end.line, startColumn, endColumn };
};
