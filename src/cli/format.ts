import type { FixResult } from '../lint/fix.ts';
import { format } from '../lint/format.ts';
import type { Rule } from '../lint/rule.ts';
import { plural } from '../report/prose.ts';
import { viewOf } from '../report/view.ts';
import { diffFiles } from './diff.ts';
import { handOver } from './fix.ts';
import type { FormatOptions } from './format-options.ts';
import type { Io } from './io.ts';
import { startRun } from './lint.ts';
import { exitCodeOf, fail, type Input, inputsOf, type Run, tell } from './run.ts';

/** `iechorlint format`: lays files out anew, or names those that it would. */
export const formatFiles = async (options: FormatOptions, io: Io, rules: readonly Rule[]): Promise<number> => {
  const run = await startRun(options.lint, io, rules);
  if (options.lint.fixing === 'diff') return diffFiles(run, patched);
  const outcome = options.check ? checkFiles(run) : await writeFiles(run);
  const isPiped = run.targets.some(({ file }) => file === undefined);
  if (!isPiped || options.check) sayOutcome(run, outcome, options.check);
  return exitCodeOf(run, options.check && outcome.changed > 0);
};

const patched = async (run: Run, input: Input): Promise<Pick<FixResult, 'text' | 'diagnostics'>> => ({
  text: formatted(run, input) ?? input.source.document.text,
  diagnostics: [],
});

/** How many files could be formatted, and how many of those were not yet. */
interface Outcome {
  all: number;
  changed: number;
}

const sayOutcome = (run: Run, { all, changed }: Outcome, isCheck: boolean): void => {
  if (all === 0) return;
  const done = isCheck ? 'would format' : 'formatted';
  tell(
    run,
    changed > 0 ? `${done} ${changed} of ${plural(all, 'file')}` : `nothing to format in ${plural(all, 'file')}`,
  );
};

/** The new text of a file; undefined, and told, where the file cannot be formatted. */
const formatted = (run: Run, { target, source: { document } }: Input): string | undefined => {
  const { text, refusal } = format(document, run.settings.of(target).config);
  if (refusal === undefined) return text;
  const view = viewOf(document);
  const place = view.placeOf({ start: refusal.offset, end: refusal.offset });
  fail(run, `${place}: the file is left as it is, for it cannot be read: ${view.sentence(refusal.message)}`);
  return undefined;
};

const checkFiles = (run: Run): Outcome => {
  const outcome: Outcome = { all: 0, changed: 0 };
  for (const input of inputsOf(run)) {
    const { document } = input.source;
    const text = formatted(run, input);
    if (text === undefined) continue;
    outcome.all++;
    if (text === document.text) continue;
    outcome.changed++;
    run.io.stdout.write(`${viewOf(document).path}\n`);
  }
  return outcome;
};

const writeFiles = async (run: Run): Promise<Outcome> => {
  const outcome: Outcome = { all: 0, changed: 0 };
  for (const input of inputsOf(run)) {
    const { document } = input.source;
    const text = formatted(run, input);
    // What is piped through must come out, whatever it is.
    const failure = await handOver(run, input, text ?? document.text);
    if (failure !== undefined) fail(run, `cannot write ${document.path}: ${failure}`);
    if (text === undefined || failure !== undefined) continue;
    outcome.all++;
    if (text !== document.text) outcome.changed++;
  }
  return outcome;
};
