import { resolve } from 'node:path';
import { rules as ownRules } from '../../rules/index.ts';
import { ConfigError } from '../config/error.ts';
import { configure } from '../config/select.ts';
import { SEVERITIES } from '../lint/diagnostic.ts';
import type { Rule } from '../lint/rule.ts';
import { type FileReport, reporterOf, showsWhy } from '../report/index.ts';
import { paintOf } from '../report/paint.ts';
import { summarise } from '../report/summary.ts';
import { type Checked, checkTarget, isReport } from './check.ts';
import { discover } from './discover.ts';
import { factsFor, inputsIn } from './facts.ts';
import type { Io } from './io.ts';
import type { LintOptions } from './lint-options.ts';
import { regularFileAt, withSlashes } from './paths.ts';
import { print, sheetOf } from './print.ts';
import { exitCodeOf, type Input, type Run, refuse, tell } from './run.ts';
import { version } from './version.ts';

/** `iechorlint lint`: checks what the paths name, fixes it or shows the fixes where asked to, and reports. */
export const lintFiles = async (options: LintOptions, io: Io, rules: readonly Rule[]): Promise<number> => {
  const run = await startRun(options, io, rules);
  if (options.fixing === 'diff') return (await import('./diff.ts')).diffFiles(run);
  const files = options.fixing === 'write' ? await (await import('./fix.ts')).fixFiles(run) : await checkFiles(run);
  await report(run, files);
  return exitCodeOf(
    run,
    files.some((file) => reachesThreshold(file, run)),
  );
};

const startRun = async (options: LintOptions, io: Io, rules: readonly Rule[]): Promise<Run> => {
  const inputs = inputsIn(options, io);
  const config = { ...configure(rules, options), ...(inputs ? { inputs } : {}) };
  const { targets, unreadable, notices } = await discover(options.paths, io.cwd, withSlashes(options.stdinFilename));
  const run: Run = { options, io, rules, config, targets, unreadable: [], failures: [] };
  protectInputs(run);
  for (const notice of notices) tell(run, notice);
  for (const each of unreadable) refuse(run, each);
  return run;
};

/** A forgotten value makes the next path the output file: no report is ever written over what is checked. */
const protectInputs = ({ options: { outputFile }, io, targets }: Run): void => {
  if (outputFile === undefined) return;
  const file = regularFileAt(resolve(io.cwd, outputFile));
  if (file === undefined || !targets.some((target) => target.file === file)) return;
  throw new ConfigError(`--output-file ${outputFile} would overwrite a file that is checked; name another`);
};

// Set by the launcher of the bundle: where its worker is. Sources have none, and run in one thread.
declare global {
  var iechorlintWorker: string | undefined;
}

/** With fewer files a second thread takes longer to warm up than to help. */
const MANY = 200;

const checkFiles = async (run: Run): Promise<readonly FileReport[]> => {
  const files: FileReport[] = [];
  for (const checked of await checkTargets(run)) {
    if (isReport(checked)) files.push(checked);
    else refuse(run, checked);
  }
  return files;
};

const checkTargets = async (run: Run): Promise<readonly Checked[]> => {
  const { targets, io, config, options, rules } = run;
  // Rules of a program that calls us are not in the worker, nor is its standard input.
  const isPlain = rules === ownRules && options.context === undefined;
  const mayShare = isPlain && targets.length >= MANY && targets.every(({ file }) => file !== undefined);
  if (mayShare && globalThis.iechorlintWorker !== undefined) {
    return (await import('./parallel.ts')).checkOnAllCores(run, globalThis.iechorlintWorker);
  }
  const factsOf = (input: Input) => factsFor(run, config, input);
  return targets.map((target) => checkTarget(target, io, config, options.maxFileSize, factsOf));
};

const report = async (run: Run, files: readonly FileReport[]): Promise<void> => {
  const { options, rules, config, unreadable } = run;
  const sheet = sheetOf(run);
  const reporter = await reporterOf(options.format);
  const why = new Map(showsWhy(options.format) ? rules.map((rule) => [rule.name, rule.why]) : []);
  const outcome = { version, files, unreadable, rules: [...config.rules.keys()], why };
  const paint = await paintOf(sheet.color);
  await print(
    run,
    sheet,
    reporter(outcome, { paint, width: sheet.width, quiet: options.quiet, statistics: options.statistics }),
  );
  if (sheet.file !== undefined && run.failures.length === 0)
    tell(run, `${summarise(outcome)}; the report is in ${sheet.file}`);
};

const reachesThreshold = ({ diagnostics }: FileReport, { options }: Run): boolean => {
  if (options.failOn === 'never') return false;
  const threshold = SEVERITIES.indexOf(options.failOn);
  return diagnostics.some(({ severity }) => SEVERITIES.indexOf(severity) <= threshold);
};
