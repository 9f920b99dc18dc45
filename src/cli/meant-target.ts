import { parse } from '../ast/create.ts';
import { modelOf } from '../model/index.ts';
import type { FileReport } from '../report/index.ts';
import { nearest } from '../source/nearest.ts';
import { fail, type Run } from './run.ts';

/** Tells of a `--target` that no checked file has, which would else count for nothing. */
export const checkTarget = (run: Run, files: readonly FileReport[], target: string): void => {
  const names = new Set<string>();
  for (const { document } of files)
    for (const { name } of modelOf(parse(document.text)).stages) if (name !== undefined) names.add(name);
  if (files.length === 0 || names.has(target.toLowerCase())) return;
  const near = nearest(target, names);
  const others = names.size > 0 ? `; there is ${[...names].sort().join(', ')}` : '; none has a name';
  fail(run, `--target ${target}: there is no such stage${near ? ` (did you mean \`${near}\`?)` : ''}${others}`);
};
