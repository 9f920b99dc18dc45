import type {
  Artifact,
  ArtifactLocation,
  Invocation,
  Location,
  Notification,
  PhysicalLocation,
  Region,
  Replacement,
  Result,
  Run,
  Fix as SarifFix,
  Suppression,
} from 'sarif';
import type { Diagnostic, Fix } from '../lint/diagnostic.ts';
import type { Suppressed } from '../lint/suppressed.ts';
import type { Range } from '../source/range.ts';
import { escapeJson, escapeText } from './escape.ts';
import { type Fingerprint, fingerprinter } from './fingerprint.ts';
import type { FileReport, Report, Reporter, Unreadable } from './index.ts';
import { sentence } from './prose.ts';
import { levelOf, type RuleTable, ruleTableOf } from './sarif-rules.ts';
import { type View, viewOf } from './view.ts';

/** SARIF 2.1.0, one run; a line for each result. */
export const reportSarif: Reporter = function* (report) {
  const rules = ruleTableOf(report);
  const run = escapeJson(JSON.stringify(runOf(report, rules)));
  yield `{"$schema":"${SCHEMA}","version":"2.1.0","runs":[\n${run.slice(0, -1)},"results":[`;
  let separator = '\n';
  for (const [index, file] of report.files.entries()) {
    for (const result of resultsOf(file, index, rules)) {
      yield `${separator}${escapeJson(JSON.stringify(result))}`;
      separator = ',\n';
    }
  }
  yield ']}]}\n';
};

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
// SARIF asks for an absolute URI; a name without a host promises no page.
const INFORMATION = 'urn:iechorlint';
const ROOT = '%SRCROOT%';
const UNREADABLE = 'unreadable-file';

const runOf = (report: Report, rules: RuleTable): Omit<Run, 'results'> => ({
  tool: {
    driver: {
      name: 'iechorlint',
      version: report.version,
      semanticVersion: report.version,
      informationUri: INFORMATION,
      rules: [...rules.descriptors],
      notifications: [
        { id: UNREADABLE, name: 'UnreadableFile', shortDescription: { text: 'A file could not be read.' } },
      ],
    },
    ...(report.tools?.length ? { extensions: [...report.tools] } : {}),
  },
  // Code scanning replaces what it has of the same id.
  ...(report.shard ? { automationDetails: { id: `iechorlint/${report.shard.replace('/', '-of-')}/` } } : {}),
  columnKind: 'utf16CodeUnits',
  originalUriBaseIds: { [ROOT]: { description: { text: 'The folder in which iechorlint was started.' } } },
  invocations: [invocationOf(report)],
  artifacts: report.files.map(artifactOf),
});

const invocationOf = ({ unreadable }: Report): Invocation => ({
  executionSuccessful: unreadable.length === 0,
  toolExecutionNotifications: unreadable.map(notificationOf),
});

const notificationOf = ({ path, message }: Unreadable): Notification => ({
  descriptor: { id: UNREADABLE, index: 0 },
  level: 'error',
  message: { text: sentence(escapeText(message)) },
  locations: [{ physicalLocation: { artifactLocation: artifactLocationOf(path) } }],
});

const artifactOf = ({ document }: FileReport): Artifact => ({
  location: artifactLocationOf(document.path),
  sourceLanguage: 'dockerfile',
  roles: ['analysisTarget'],
});

/** A relative path counts from the root; an absolute one stands for itself. */
const artifactLocationOf = (path: string): ArtifactLocation => {
  const encoded = path
    .replace(/^(?:\.\/+)+/, '')
    .toWellFormed()
    .split('/')
    .map(encodeURIComponent)
    .join('/');
  if (/^[A-Za-z]:\//.test(path)) return { uri: `file:///${encoded.replace('%3A', ':')}` };
  if (path.startsWith('/')) return { uri: path.startsWith('//') ? `file:${encoded}` : `file://${encoded}` };
  return { uri: encoded, uriBaseId: ROOT };
};

function* resultsOf(file: FileReport, index: number, rules: RuleTable): Generator<Result> {
  const { document, diagnostics, suppressed } = file;
  if (diagnostics.length === 0 && !suppressed?.length) return;
  const view = viewOf(document);
  const artifact = { ...artifactLocationOf(document.path), index };
  const place = { view, artifact, rules, fingerprint: fingerprinter(view) };
  // Either all results say whether they are suppressed, or none does.
  for (const diagnostic of diagnostics)
    yield { ...resultOf(diagnostic, place), ...(suppressed ? { suppressions: [] } : {}) };
  for (const each of suppressed ?? [])
    yield { ...resultOf(each.diagnostic, place), suppressions: [suppressionOf(each, place)] };
}

const suppressionOf = ({ comment, reason }: Suppressed, place: Place): Suppression => ({
  kind: 'inSource',
  location: { physicalLocation: physicalLocationOf(comment, place) },
  ...(reason === undefined ? {} : { justification: place.view.sentence(reason) }),
});

/** What the results of one file share. */
interface Place {
  readonly view: View;
  readonly artifact: ArtifactLocation;
  readonly rules: RuleTable;
  readonly fingerprint: Fingerprint;
}

const resultOf = (diagnostic: Diagnostic, place: Place): Result => {
  const { rule, severity, message, help, range, related = [], fix } = diagnostic;
  const { view, rules, fingerprint } = place;
  const text = sentence(view.sentence(message));
  const result: Result = {
    ruleId: rule,
    ruleIndex: rules.indexOf.get(rule) ?? -1,
    level: levelOf(severity),
    message: { text: help === undefined ? text : `${text} ${sentence(view.paragraphs(help))}` },
    locations: [{ physicalLocation: physicalLocationOf(range, place) }],
    partialFingerprints: { 'ruleAndLine/v1': fingerprint(diagnostic) },
  };
  if (related.length > 0) result.relatedLocations = related.map((one, id) => relatedLocationOf(one, id, place));
  if (fix !== undefined && fix.safety !== 'manual' && !view.hidesFix(fix)) result.fixes = [fixOf(fix, place)];
  return result;
};

const physicalLocationOf = (range: Range, { view, artifact }: Place): PhysicalLocation => {
  const { lines } = view;
  const first = lines.lineAt(range.start);
  const last = lines.lineAt(Math.max(range.start, range.end - 1));
  const around = { start: lines.rangeOf(Math.max(1, first - 1)).start, end: lines.rangeOf(last + 1).end };
  const location: PhysicalLocation = { artifactLocation: artifact, region: regionWithText(range, view) };
  const isWider = around.start < range.start || range.end < around.end;
  if (isWider && around.end - around.start <= LONGEST_SNIPPET) location.contextRegion = regionWithText(around, view);
  return location;
};

const LONGEST_SNIPPET = 4000;

const regionWithText = (range: Range, view: View): Region => {
  const region = regionOf(range, view);
  if (range.end - range.start > LONGEST_SNIPPET) return region;
  return { ...region, snippet: { text: escapeText(view.text.slice(range.start, range.end)) } };
};

const regionOf = (range: Range, { lines }: View): Region => {
  const start = lines.positionAt(range.start);
  const end = lines.positionAt(range.end);
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
};

const relatedLocationOf = (
  { range, message }: NonNullable<Diagnostic['related']>[number],
  id: number,
  { view, artifact }: Place,
): Location => ({
  id,
  physicalLocation: { artifactLocation: artifact, region: regionWithText(range, view) },
  message: { text: sentence(view.sentence(message)) },
});

const fixOf = ({ title, edits }: Fix, { view, artifact }: Place): SarifFix => ({
  description: { text: sentence(view.sentence(title)) },
  artifactChanges: [
    {
      artifactLocation: artifact,
      replacements: edits.map(
        ({ range, text }): Replacement => ({ deletedRegion: regionOf(range, view), insertedContent: { text } }),
      ),
    },
  ],
});
