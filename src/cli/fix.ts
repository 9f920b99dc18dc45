import type { Facts } from '../facts/index.ts';
import { addIgnores } from '../lint/add-ignores.ts';
import { type FixResult, fix } from '../lint/fix.ts';
import { lint } from '../lint/linter.ts';
import type { LintConfig } from '../lint/setting.ts';
import type { FileReport } from '../report/index.ts';
import { viewOf } from '../report/view.ts';
import { factsFor } from './facts.ts';
import { fail, type Input, inputsOf, type Run, tell } from './run.ts';
import { say } from './say.ts';
import { undisturbed } from './signals.ts';
import { tellWithheld, withheldIn } from './withheld.ts';
import { replaceFile } from './write.ts';

/** Fixes every file of the run in place, and standard input on its way to standard output; gives what remains. */
export const fixFiles = async (run: Run): Promise<readonly FileReport[]> => {
  const files: FileReport[] = [];
  let problems = 0;
  let changed = 0;
  let withheld = 0;
  for (const input of inputsOf(run)) {
    const { report, applied } = await fixFile(run, input);
    files.push(report);
    problems += applied;
    if (applied > 0) changed++;
    withheld += withheldIn(run, input.target, report.diagnostics);
  }
  const done = run.options.addIgnores
    ? `wrote ${count(problems, 'ignore comment', 'ignore comments')}`
    : `applied ${count(problems, 'fix', 'fixes')}`;
  if (problems > 0) tell(run, `${done} in ${count(changed, 'file', 'files')}`);
  tellWithheld(run, withheld);
  return files;
};

/** The fixes that the options allow, or the comments that they ask for, applied to the text alone. */
export const fixText = async (run: Run, input: Input): Promise<Fixed> => {
  const { document } = input.source;
  const { config } = run.settings.of(input.target);
  const factsOf = run.shellcheck === undefined ? factsFor : (await import('./shellcheck.ts')).allFactsFor;
  if (run.options.addIgnores) return addIgnores(document, config, factsOf(run, config, input));
  const result = fixAll(run, config, input, factsOf);
  for (const note of new Set(result.notes)) say(run.io, `${document.path}: ${viewOf(document).sentence(note)}`);
  return { ...result, added: result.applied.length };
};

type Fixed = ReturnType<typeof addIgnores>;

const MOST_CALLS = 5;

/** ShellCheck knows one text: it is asked again about each that its fixes make. */
const fixAll = (
  run: Run,
  config: LintConfig,
  input: Input,
  factsOf: (run: Run, config: LintConfig, input: Input) => Facts,
): FixResult => {
  const upTo = run.options.unsafeFixes ? 'unsafe' : 'safe';
  let result = fix(input.source.document, config, upTo, factsOf(run, config, input));
  if (run.shellcheck === undefined) return result;
  for (let calls = 1, changed = result.applied.length > 0; changed && calls < MOST_CALLS; calls++) {
    const source = { ...input.source, document: { ...input.source.document, text: result.text } };
    const next = fix(source.document, config, upTo, factsOf(run, config, { ...input, source }));
    changed = next.applied.length > 0;
    result = { ...next, applied: [...result.applied, ...next.applied], notes: [...result.notes, ...next.notes] };
  }
  return result;
};

const fixFile = async (run: Run, input: Input): Promise<{ report: FileReport; applied: number }> => {
  const { document } = input.source;
  const { config } = run.settings.of(input.target);
  const { text, added, diagnostics } = await fixText(run, input);
  const failure = await handOver(run, input, text);
  if (failure === undefined) return { report: { document: { ...document, text }, diagnostics }, applied: added };
  fail(run, `cannot write ${document.path}: ${failure}`);
  return {
    report: { document, diagnostics: lint(document, config, factsFor(run, config, input)) },
    applied: 0,
  };
};

/** Puts the new text where it belongs, or says why it could not. */
export const handOver = async (run: Run, { target, source }: Input, text: string): Promise<string | undefined> => {
  const { document, bytes } = source;
  const after = text === document.text ? bytes : Buffer.from(`${document.bom ? '\uFEFF' : ''}${text}`);
  const { file } = target;
  if (file !== undefined) return after === bytes ? undefined : undisturbed(() => replaceFile(file, bytes, after));
  run.io.stdout.write(after);
  // More than the limit was not read yet, and must not be lost.
  if (document.defect?.kind === 'too-large')
    for (let rest = run.io.stdin(); rest; rest = run.io.stdin()) run.io.stdout.write(rest);
  return undefined;
};

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;
