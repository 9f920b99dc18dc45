import { resolve } from 'node:path';
import { ConfigError } from '../config/error.ts';
import { lint } from '../lint/linter.ts';
import type { Rule } from '../lint/rule.ts';
import type { FileReport } from '../report/index.ts';
import { plural } from '../report/prose.ts';
import { type Checked, checkTarget, type Findings, isReport, plainFindings } from './check.ts';
import { type Discovery, discover, type Target } from './discover.ts';
import { factsFor } from './facts.ts';
import type { Io } from './io.ts';
import type { LintOptions } from './lint-options.ts';
import type { startThreads } from './parallel.ts';
import { regularFileAt, withSlashes } from './paths.ts';
import { beginReport, printReports } from './reports.ts';
import { exitCodeOf, type Run, refuse, tell } from './run.ts';
import { isFailure, settingsFor } from './settings.ts';

/** `iechorlint lint`: checks what the paths name, fixes it or shows the fixes where asked to, and reports. */
export const lintFiles = async (options: LintOptions, io: Io, rules: readonly Rule[]): Promise<number> => {
  const baseline = options.baseline === undefined ? undefined : await import('./baseline.ts');
  const known = baseline?.openBaseline(options, io);
  // Where that many files are named, they start while those are looked at.
  const threads = await threadsFor(options, rules, options.paths.length);
  const run = await startRun(options, io, rules);
  if (options.fixing === 'diff') return (await import('./diff.ts')).diffFiles(run);
  const begun = await beginReport(run);
  const found =
    options.fixing === 'write'
      ? await (await import('./fix.ts')).fixFiles(run)
      : await checkFiles(run, threads, begun?.add);
  const fresh = known && baseline ? await baseline.applyBaseline(run, found, known) : found;
  const { since, target } = options;
  if (target !== undefined && options.shard === undefined)
    (await import('./meant-target.ts')).checkTarget(run, found, target);
  const files = since === undefined ? fresh : (await import('./since.ts')).keepChanged(run, fresh, since);
  if (begun) begun.end(files);
  else if (options.reportSuppressed)
    await printReports(run, (await import('./suppressed.ts')).withSuppressed(run, files));
  else await printReports(run, files);
  return exitCodeOf(run, hasFailed(run, files));
};

/** What the paths name, with the settings of each. */
export const startRun = async (options: LintOptions, io: Io, rules: readonly Rule[]): Promise<Run> => {
  const asked =
    options.shellcheck === 'off' ? undefined : (await import('./shellcheck.ts')).askShellcheck(options, io, rules);
  const found = await find(options, io);
  const settings = await settingsFor({ options, io, rules: asked?.rules ?? rules, targets: found.targets });
  const targets = found.targets.filter((target) => !settings.isIgnored(target));
  const { rules: known } = settings;
  const shellcheck = asked?.version;
  const run: Run = { options, io, rules: known, settings, shellcheck, targets, unreadable: [], failures: [] };
  protectInputs(run);
  for (const notice of [...found.notices, ...settings.notices, ...leftOut(found.targets, targets)]) tell(run, notice);
  for (const each of found.unreadable) refuse(run, each);
  return run;
};

const find = async (options: LintOptions, io: Io): Promise<Discovery> => {
  const found = await discover(options.paths, io.cwd, withSlashes(options.stdinFilename));
  const { shard } = options;
  if (shard === undefined) return found;
  const targets = (await import('./shard.ts')).targetsOfShard(found.targets, shard);
  return {
    ...found,
    targets,
    notices: [...found.notices, `shard ${shard}: ${targets.length} of ${plural(found.targets.length, 'file')}`],
  };
};

const leftOut = ({ length: all }: readonly Target[], { length: kept }: readonly Target[]): readonly string[] =>
  all === kept
    ? []
    : [`left out ${plural(all - kept, 'file')}, as the configuration ignores ${all - kept === 1 ? 'it' : 'them'}`];

/** A forgotten value makes the next path the output file: no report is ever written over what is checked. */
const protectInputs = ({ options: { reports }, io, targets }: Run): void => {
  for (const { file: name } of reports) {
    const file = name === undefined ? undefined : regularFileAt(resolve(io.cwd, name));
    if (file === undefined || !targets.some((target) => target.file === file)) continue;
    throw new ConfigError(`the report would overwrite ${name}, which is a file that is checked; name another`);
  }
};

// Set by the launcher of the bundle: where its worker is. Sources have none, and run in one thread.
declare global {
  var iechorlintWorker: string | undefined;
}

type Threads = ReturnType<typeof startThreads>;

/** With fewer files a second thread takes longer to warm up than to help. */
const MANY = 200;

/** Checks all targets; each file that could be read is given on as soon as those before it are. */
const checkFiles = async (
  run: Run,
  threads: Threads,
  giveOn?: (file: FileReport) => void,
): Promise<readonly FileReport[]> => {
  const files: FileReport[] = [];
  await checkTargets(run, threads, (checked) => {
    if (!isReport(checked)) return refuse(run, checked);
    files.push(checked);
    giveOn?.(checked);
  });
  return files;
};

const checkTargets = async (run: Run, early: Threads, giveOn: (checked: Checked) => void): Promise<void> => {
  const { targets, io, settings, options, rules, shellcheck } = run;
  const cache = await cacheFolderOf(run);
  if (shellcheck !== undefined) {
    const { checkWithShellcheck } = await import('./shellcheck.ts');
    return (await checkWithShellcheck(run, shellcheck, cache)).forEach(giveOn);
  }
  // A further thread has the rules of ours alone, and no standard input.
  const mayShare = rules === (await ownRules()) && targets.every(({ file }) => file !== undefined);
  const threads = mayShare && early.length === 0 ? await threadsFor(options, rules, targets.length) : early;
  if (mayShare && threads.length > 0)
    return (await import('./parallel.ts')).checkOnAllCores(run, threads, cache, giveOn);
  const findings = await findingsOf(run, cache);
  for (const target of targets)
    giveOn(checkTarget(target, io, settings.of(target).config, options.maxFileSize, findings));
};

/** The threads that help with so many files, on their way up; none where this thread alone knows what is asked for. */
const threadsFor = async (options: LintOptions, rules: readonly Rule[], files: number): Promise<Threads> => {
  const { fixing, context, shellcheck } = options;
  const file = globalThis.iechorlintWorker;
  if (file === undefined || files < MANY || fixing !== undefined || context !== undefined) return [];
  if (shellcheck !== 'off' || rules !== (await ownRules())) return [];
  return (await import('./parallel.ts')).startThreads(files, file);
};

const ownRules = async (): Promise<readonly Rule[]> => (await import('../../rules/index.ts')).rules;

/** Where findings are kept from run to run; undefined: nowhere. What a context or the code of a plugin decides is not kept. */
const cacheFolderOf = async (run: Run): Promise<string | undefined> => {
  const { lintCache, context, plugins } = run.options;
  if (lintCache === undefined || context !== undefined || plugins) return undefined;
  const { cacheProblem, usualCacheFolder } = await import('./lint-cache.ts');
  const folder = lintCache === '' ? usualCacheFolder(run.io.env) : resolve(run.io.cwd, lintCache);
  const problem = cacheProblem(folder);
  if (problem === undefined) return folder;
  tell(run, `findings cannot be kept in ${folder}: ${problem}`);
  return undefined;
};

const findingsOf = async (run: Run, cache: string | undefined): Promise<Findings> => {
  if (run.options.context !== undefined)
    return (input, config) => lint(input.source.document, config, factsFor(run, config, input));
  return cache === undefined ? plainFindings : (await import('./lint-cache.ts')).cachedFindings(cache);
};

/** Whether a finding is as severe as the settings of its file allow none to be. */
const hasFailed = ({ targets, settings }: Run, files: readonly FileReport[]): boolean => {
  const thresholds = new Map(targets.map((target) => [target.path, settings.of(target).failOn]));
  return files.some(({ document: { path }, diagnostics }) => isFailure(diagnostics, thresholds.get(path) ?? 'never'));
};
