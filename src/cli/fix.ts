import { addIgnores } from '../lint/add-ignores.ts';
import { fix } from '../lint/fix.ts';
import { lint } from '../lint/linter.ts';
import type { FileReport } from '../report/index.ts';
import { viewOf } from '../report/view.ts';
import { factsFor } from './facts.ts';
import { fail, type Input, inputsOf, type Run, tell } from './run.ts';
import { say } from './say.ts';
import { undisturbed } from './signals.ts';
import { replaceFile } from './write.ts';

/** Fixes every file of the run in place, and standard input on its way to standard output; gives what remains. */
export const fixFiles = async (run: Run): Promise<readonly FileReport[]> => {
  const files: FileReport[] = [];
  let problems = 0;
  let changed = 0;
  for (const input of inputsOf(run)) {
    const { report, applied } = await fixFile(run, input);
    files.push(report);
    problems += applied;
    if (applied > 0) changed++;
  }
  const done = run.options.addIgnores
    ? `wrote ${count(problems, 'ignore comment', 'ignore comments')}`
    : `applied ${count(problems, 'fix', 'fixes')}`;
  if (problems > 0) tell(run, `${done} in ${count(changed, 'file', 'files')}`);
  return files;
};

/** The fixes that the options allow, or the comments that they ask for, applied to the text alone. */
export const fixText = (run: Run, input: Input) => {
  const { document } = input.source;
  const { config } = run.settings.of(input.target);
  const facts = factsFor(run, config, input);
  if (run.options.addIgnores) return addIgnores(document, config, facts);
  const result = fix(document, config, run.options.unsafeFixes ? 'unsafe' : 'safe', facts);
  for (const note of result.notes) say(run.io, `${document.path}: ${viewOf(document).sentence(note)}`);
  return { ...result, added: result.applied.length };
};

const fixFile = async (run: Run, input: Input): Promise<{ report: FileReport; applied: number }> => {
  const { document } = input.source;
  const { config } = run.settings.of(input.target);
  const { text, added, diagnostics } = fixText(run, input);
  const failure = await handOver(run, input, text);
  if (failure === undefined) return { report: { document: { ...document, text }, diagnostics }, applied: added };
  fail(run, `cannot write ${document.path}: ${failure}`);
  return {
    report: { document, diagnostics: lint(document, config, factsFor(run, config, input)) },
    applied: 0,
  };
};

/** Puts the new text where it belongs, or says why it could not. */
const handOver = async (run: Run, { target, source }: Input, text: string): Promise<string | undefined> => {
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
