import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { parse } from '../ast/create.ts';
import { ConfigError } from '../config/error.ts';
import type { Diagnostic } from '../lint/diagnostic.ts';
import { NEVER_IGNORED } from '../lint/suppress.ts';
import type { FileReport } from '../report/index.ts';
import { plural } from '../report/prose.ts';
import { viewOf } from '../report/view.ts';
import { type Baseline, type Counts, keyOf, readBaseline, textOfBaseline } from './baseline-file.ts';
import { contentAt } from './baseline-key.ts';
import type { Io } from './io.ts';
import type { LintOptions } from './lint-options.ts';
import { writeOutputFile } from './output-file.ts';
import { withSlashes } from './paths.ts';
import { fail, type Run, tell } from './run.ts';
import { undisturbed } from './signals.ts';
import { codeOf, reasonOf } from './system-error.ts';

/** The findings that are known already, and where they are kept. */
export interface OpenBaseline {
  /** As the user wrote it. */
  readonly name: string;
  readonly file: string;
  /** Undefined where there is no file yet. */
  readonly text: string | undefined;
  readonly known: Baseline;
}

/** Reads the baseline that the options name; a ConfigError says why it is none. */
export const openBaseline = (
  { baseline: name, updateBaseline }: Pick<LintOptions, 'baseline' | 'updateBaseline'>,
  { cwd }: Pick<Io, 'cwd'>,
): OpenBaseline | undefined => {
  if (name === undefined) return undefined;
  const file = resolve(cwd, name);
  const text = textOf(file, name, updateBaseline);
  if (text === undefined) return { name, file, text, known: new Map() };
  const known = readBaseline(text);
  if (typeof known !== 'string') return { name, file, text, known };
  const advice = updateBaseline ? 'delete it, and --update-baseline writes one' : '--update-baseline writes one';
  throw new ConfigError(`--baseline ${name} is no baseline: ${known}; ${advice}`);
};

const textOf = (file: string, name: string, mayBeMissing: boolean): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const isMissing = codeOf(error) === 'ENOENT';
    if (isMissing && mayBeMissing) return undefined;
    const advice = isMissing ? '; --update-baseline writes it' : '';
    throw new ConfigError(`--baseline ${name} cannot be read: ${reasonOf(error)}${advice}`);
  }
};

/** Leaves out what is known, or makes all that was found known where that is asked for. */
export const applyBaseline = async <T extends FileReport>(
  run: Run,
  files: readonly T[],
  baseline: OpenBaseline,
): Promise<readonly T[]> => {
  const isUpdate = run.options.updateBaseline;
  const known = isUpdate ? await update(run, files, baseline) : baseline.known;
  let met = 0;
  let gone = 0;
  const left = files.map((file) => {
    const counts = known?.get(pathOf(file, run, baseline));
    if (!counts) return file;
    const { diagnostics, unmet } = withoutKnown(file, counts);
    met += file.diagnostics.length - diagnostics.length;
    gone += unmet;
    return { ...file, diagnostics };
  });
  if (met > 0 && !isUpdate) tell(run, `left out ${plural(met, 'finding')} that ${baseline.name} has`);
  if (gone > 0) tell(run, `${plural(gone, 'finding')} that ${baseline.name} has can go; --update-baseline does that`);
  return left;
};

/** The path from the folder of the baseline. */
const pathOf = ({ document }: FileReport, { io }: Run, { file }: OpenBaseline): string =>
  withSlashes(relative(dirname(file), resolve(io.cwd, document.path)));

const withoutKnown = (file: FileReport, counts: Counts) => {
  const left = new Map(counts);
  const keyIn = keysOf(file);
  const diagnostics = file.diagnostics.filter((diagnostic) => {
    const key = keyIn(diagnostic);
    const count = left.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    return count === 0;
  });
  return { diagnostics, unmet: total(left) };
};

const total = (counts: Counts): number => {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
};

const keysOf = ({ document }: FileReport): ((diagnostic: Diagnostic) => string) => {
  const file = parse(document.text);
  const view = viewOf(document);
  return ({ rule, range }) => keyOf(rule, contentAt(file, view, range));
};

/** Writes what was found, beside what is known of files that were not checked; undefined where that fails. */
const update = async (
  run: Run,
  files: readonly FileReport[],
  baseline: OpenBaseline,
): Promise<Baseline | undefined> => {
  const checked = new Map(files.map((file) => [pathOf(file, run, baseline), countsOf(file)]));
  const unchecked = [...baseline.known].filter(
    ([path]) => !checked.has(path) && existsSync(resolve(dirname(baseline.file), path)),
  );
  const known = new Map([...unchecked, ...[...checked].filter(([, counts]) => counts.size > 0)]);
  const text = textOfBaseline(known);
  const failure = text === baseline.text ? undefined : await undisturbed(() => writeOutputFile(baseline.file, [text]));
  if (failure !== undefined) {
    fail(run, `cannot write ${baseline.name}: ${failure}`);
    return undefined;
  }
  const count = Array.from(known.values(), total).reduce((sum, each) => sum + each, 0);
  tell(run, `${baseline.name} has ${plural(count, 'finding')} in ${plural(known.size, 'file')}`);
  return known;
};

/** That a file cannot be read is never known. */
const countsOf = (file: FileReport): Counts => {
  const counts = new Map<string, number>();
  const keyIn = keysOf(file);
  for (const diagnostic of file.diagnostics) {
    if (NEVER_IGNORED.has(diagnostic.rule)) continue;
    const key = keyIn(diagnostic);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
};
