import { diffOf } from '../report/diff.ts';
import { fixText } from './fix.ts';
import { print, sheetOf } from './print.ts';
import { exitCodeOf, inputsOf, type Run, tell } from './run.ts';

/** Prints what fixing would do as a patch, and changes nothing. */
export const diffFiles = async (run: Run): Promise<number> => {
  const sheet = sheetOf(run);
  const diffs: string[] = [];
  for (const { source } of inputsOf(run)) {
    const { text } = fixText(run, source.document);
    if (text !== source.document.text) diffs.push(diffOf(source.document, text, sheet));
  }
  await print(run, sheet, diffs);
  tell(run, diffs.length === 1 ? '1 file would change' : `${diffs.length || 'no'} files would change`);
  return exitCodeOf(run, diffs.length > 0);
};
