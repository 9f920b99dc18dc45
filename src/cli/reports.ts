import type { Rule } from '../lint/rule.ts';
import {
  type FileReport,
  type Format,
  gradualReporterOf,
  isPlainText,
  type Report,
  type ReportOptions,
  reporterOf,
  showsWhy,
} from '../report/index.ts';
import { paintOf } from '../report/paint.ts';
import { summarise } from '../report/summary.ts';
import type { Target } from './discover.ts';
import { print, readsCommands, type Sheet, sheetOf, withoutCommands, write } from './print.ts';
import type { ReportWish } from './report-wishes.ts';
import { type Run, tell } from './run.ts';
import { version } from './version.ts';

/** Prints what the user asked for of the files that were checked. */
export const printReports = async (run: Run, files: readonly FileReport[]): Promise<void> => {
  const { options } = run;
  const outcome = outcomeOf(run, files);
  for (const wish of options.reports) await printReport(run, outcome, wish);
  const written = options.reports.flatMap(({ file }) => file ?? []);
  if (written.length < options.reports.length || run.failures.length > 0) return;
  tell(
    run,
    `${summarise(outcome)}; ${written.length === 1 ? 'the report is' : 'the reports are'} in ${written.join(', ')}`,
  );
};

const outcomeOf = (run: Run, files: readonly FileReport[], meta = metaOf(run)): Report => {
  const { unreadable, shellcheck, options } = run;
  const tools = shellcheck === undefined ? [] : [{ name: 'ShellCheck', version: shellcheck }];
  const { shard } = options;
  return { version, files, unreadable, ...meta, tools, ...(shard ? { shard } : {}) };
};

const metaOf = (run: Run): Pick<Report, 'rules' | 'why'> => {
  const isExplained = run.options.reports.some(({ format }) => showsWhy(format));
  return { rules: rulesIn(run), why: new Map(isExplained ? run.rules.map((rule) => [rule.name, rule.why]) : []) };
};

const printReport = async (run: Run, outcome: Report, { format, file }: ReportWish): Promise<void> => {
  const sheet = sheetOf(run, file);
  const pieces = (await reporterOf(format))(outcome, await appearanceOf(run, sheet));
  await print(run, sheet, isForLog(run, format, file) ? await withoutCommands(pieces) : pieces);
};

const appearanceOf = async ({ options }: Run, { color, width }: Sheet): Promise<ReportOptions> => {
  const { quiet, statistics } = options;
  return { paint: await paintOf(color), width, quiet, statistics };
};

const isForLog = ({ io }: Run, format: Format, file: string | undefined): boolean =>
  file === undefined && isPlainText(format) && readsCommands(io.env);

/** A report that is under way. */
interface Begun {
  readonly add: (file: FileReport) => void;
  readonly end: (files: readonly FileReport[]) => void;
}

/** Begins the report while files are still checked, where all that is found will be in it as it comes. */
export const beginReport = async (run: Run): Promise<Begun | undefined> => {
  const { reports, fixing, baseline, since, target, reportSuppressed } = run.options;
  const [wish, ...others] = reports;
  const isLater = [fixing, baseline, since, target, wish?.file, ...others].some((each) => each !== undefined);
  if (wish === undefined || isLater || reportSuppressed || isForLog(run, wish.format, undefined)) return undefined;
  const sheet = sheetOf(run, undefined);
  const begin = gradualReporterOf(wish.format);
  if (begin === undefined) return undefined;
  const meta = metaOf(run);
  const report = begin(meta, await appearanceOf(run, sheet));
  return {
    add: (file) => write(sheet.output, report.file(file)),
    end: (files) => write(sheet.output, report.end(outcomeOf(run, files, meta))),
  };
};

const STDIN: Target = { path: '<stdin>', file: undefined };

/** The rules that run for any of the files, or would. */
const rulesIn = ({ targets, settings }: Run): readonly Rule[] => {
  const configs = new Set((targets.length ? targets : [STDIN]).map((target) => settings.of(target).config));
  return [...new Set([...configs].flatMap(({ rules }) => [...rules.keys()]))];
};
