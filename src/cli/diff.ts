import { randomUUID } from 'node:crypto';
import type { FixResult } from '../lint/fix.ts';
import { diffOf } from '../report/diff.ts';
import type { Document } from '../source/document.ts';
import { fixText } from './fix.ts';
import type { Io } from './io.ts';
import { print, sheetOf } from './print.ts';
import { exitCodeOf, type Input, inputsOf, type Run, tell } from './run.ts';
import { say } from './say.ts';
import { tellWithheld, withheldIn } from './withheld.ts';

type NewText = (run: Run, input: Input) => Promise<Pick<FixResult, 'text' | 'diagnostics'>>;

/** Prints what fixing, or formatting, would do as a patch, and changes nothing. */
export const diffFiles = async (run: Run, newTextOf: NewText = fixText): Promise<number> => {
  const sheet = sheetOf(run, run.options.reports[0]?.file);
  const diffs: string[] = [];
  let isFailure = false;
  let withheld = 0;
  for (const input of inputsOf(run)) {
    const { source } = input;
    const { text, diagnostics } = await newTextOf(run, input);
    withheld += withheldIn(run, input.target, diagnostics);
    if (text === source.document.text) continue;
    isFailure ||= run.settings.of(input.target).failOn !== 'never';
    diffs.push(diffOf(source.document, text, sheet));
    if (!isApplicable(source.document, text))
      say(
        run.io,
        `${source.document.path}: the patch hides secrets or control characters and cannot be applied; use --fix`,
      );
  }
  await print(run, sheet, sheet.file === undefined ? withoutActions(diffs, run.io.env) : diffs);
  tell(run, diffs.length === 1 ? '1 file would change' : `${diffs.length || 'no'} files would change`);
  tellWithheld(run, withheld);
  return exitCodeOf(run, isFailure);
};

/**
 * In the log of GitHub Actions a line of a patch could be a command: none is obeyed between two lines that only who
 * writes them knows. Programs that apply patches pass over both.
 */
const withoutActions = (diffs: readonly string[], { GITHUB_ACTIONS }: Io['env']): readonly string[] => {
  if (!GITHUB_ACTIONS || diffs.length === 0) return diffs;
  const token = randomUUID();
  return [`::stop-commands::${token}\n`, ...diffs, `::${token}::\n`];
};

/** Whether the patch has the lines as they are. */
const isApplicable = (document: Document, fixed: string): boolean => {
  const lines = diffOf(document, fixed, { color: false }).split('\n').slice(2, -1);
  const known = new Set([...document.text.split('\n'), ...fixed.split('\n')]);
  return lines.every((line) => /^(@@ |\\)/.test(line) || known.has(line.slice(1).replace(/^\uFEFF/, '')));
};
