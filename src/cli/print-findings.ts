import type { Rule } from '../lint/rule.ts';
import { type FileReport, type Format, reporterOf, showsWhy } from '../report/index.ts';
import { paintOf } from '../report/paint.ts';
import { hasColors } from './colors.ts';
import type { Io, Output } from './io.ts';
import { readsCommands, WIDTH, withoutCommands, write } from './print.ts';
import { version } from './version.ts';

/** Prints what was found in one file that is to be built; `rules` are those that were on. */
export const printFindings = async (
  format: Extract<Format, 'pretty' | 'compact'>,
  file: FileReport,
  rules: readonly Rule[],
  output: Output,
  { env }: Io,
): Promise<void> => {
  const reporter = await reporterOf(format);
  const why = new Map(showsWhy(format) ? rules.map((rule) => [rule.name, rule.why]) : []);
  const paint = await paintOf(format === 'pretty' && hasColors(output, { env }));
  const appearance = { paint, width: output.columns() ?? WIDTH, quiet: false, statistics: false };
  const pieces = reporter({ version, files: [file], unreadable: [], rules, why }, appearance);
  write(output, readsCommands(env) ? await withoutCommands(pieces) : pieces);
};
