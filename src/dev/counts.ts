import { readFileSync } from 'node:fs';
import { rules } from '../../rules/index.ts';
import { configure } from '../config/select.ts';
import { lint } from '../lint/linter.ts';
import { decode } from '../source/decode.ts';
import { corpusFiles } from './corpus-files.ts';

/** How often each rule, also those that are off by default, reports on the real files and the templates, by name. */
export const countFindings = (): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  const config = configure(rules, { select: ['all'], ignore: [] });
  for (const path of [...corpusFiles('dev'), ...corpusFiles('rare'), ...corpusFiles('templates')]) {
    const findings = lint(decode(path, readFileSync(path)), config);
    for (const { rule } of findings) counts[rule] = (counts[rule] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
};
