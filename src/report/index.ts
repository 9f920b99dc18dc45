import type { Diagnostic } from '../lint/diagnostic.ts';
import type { Rule } from '../lint/rule.ts';
import type { Suppressed } from '../lint/suppressed.ts';
import type { Document } from '../source/document.ts';
import type { Format } from './formats.ts';
import type { Paint } from './paint.ts';
import { prettyGradually, reportPretty } from './pretty.ts';

export { FORMATS, type Format, isPlainText, showsWhy } from './formats.ts';

/** A linted file and what was found in it, by place. */
export interface FileReport {
  readonly document: Document;
  readonly diagnostics: readonly Diagnostic[];
  /** What comments leave out; undefined where nobody asked. */
  readonly suppressed?: readonly Suppressed[];
}

/** A file that could not be read, and why in one sentence. */
export interface Unreadable {
  readonly path: string;
  readonly message: string;
}

/** What a report says of a rule; every `Rule` is one. */
export type RuleMeta = Pick<Rule, 'name' | 'codes' | 'category' | 'summary' | 'severity' | 'off' | 'fix' | 'tags'>;

/** The outcome of one run: clean files are in it too. */
export interface Report {
  /** Of iechorlint. */
  readonly version: string;
  readonly files: readonly FileReport[];
  /** Programs that were asked besides. */
  readonly tools?: readonly { readonly name: string; readonly version: string }[];
  readonly unreadable: readonly Unreadable[];
  /** Which part of the files this is, such as `2/8`. */
  readonly shard?: string;
  /** The rules that were on. */
  readonly rules: readonly RuleMeta[];
  /** Why a rule matters, by its name; the caller loads it for the formats that show it. */
  readonly why: ReadonlyMap<string, string>;
}

export interface ReportOptions {
  /** Colours, where there are any. */
  readonly paint: Paint;
  /** Columns of the terminal. */
  readonly width: number;
  /** Findings alone: no why, no summary, nothing when there is nothing to say. */
  readonly quiet: boolean;
  /** How often each rule reported, after the findings (pretty and compact). */
  readonly statistics: boolean;
}

/** A report as text in pieces, so that a large one is never held whole; each piece of lines for people ends in a newline. */
export type Reporter = (report: Report, options: ReportOptions) => Iterable<string>;

/** A report that is written file by file, as they come. */
export interface GradualReport {
  readonly file: (file: FileReport) => Iterable<string>;
  /** What follows the files. */
  readonly end: (report: Report) => Iterable<string>;
}

/** Starts a gradual report. */
export type GradualReporter = (report: Pick<Report, 'rules' | 'why'>, options: ReportOptions) => GradualReport;

const REPORTERS: { readonly [F in Format]: () => Promise<Reporter> } = {
  pretty: async () => reportPretty,
  compact: async () => (await import('./compact.ts')).reportCompact,
  json: async () => (await import('./json.ts')).reportJson,
  sarif: async () => (await import('./sarif.ts')).reportSarif,
  github: async () => (await import('./github.ts')).reportGithub,
  gitlab: async () => (await import('./gitlab.ts')).reportGitlab,
  codeclimate: async () => (await import('./codeclimate.ts')).reportCodeclimate,
  junit: async () => (await import('./junit.ts')).reportJunit,
  checkstyle: async () => (await import('./checkstyle.ts')).reportCheckstyle,
  sonarqube: async () => (await import('./sonarqube.ts')).reportSonarqube,
  markdown: async () => (await import('./markdown.ts')).reportMarkdown,
  gnu: async () => (await import('./gnu.ts')).reportGnu,
  html: async () => (await import('./html.ts')).reportHtml,
};

/** The reporter of a format; all but `pretty` are loaded when asked for. */
export const reporterOf = (format: Format): Promise<Reporter> => REPORTERS[format]();

/** The reporter of a format that can begin before all files are known; `undefined` where the format needs all of them. */
export const gradualReporterOf = (format: Format): GradualReporter | undefined =>
  format === 'pretty' ? prettyGradually : undefined;
