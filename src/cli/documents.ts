import type { Document } from '../source/document.ts';
import { discover } from './discover.ts';
import type { Io } from './io.ts';
import { MAX_FILE_SIZE } from './lint-options.ts';
import { readTarget } from './read.ts';
import { say } from './say.ts';

/** Hands over what the operands of a command name, file by file; gives 2, the exit code, if one could not be read. */
export const forEachDocument = async (
  operands: readonly string[],
  io: Io,
  take: (document: Document) => void,
): Promise<0 | 2> => {
  const { targets, unreadable, notices } = await discover(operands, io.cwd, '<stdin>');
  const failures = [...unreadable];
  for (const notice of notices) say(io, notice);
  for (const target of targets) {
    const source = readTarget(target, io, MAX_FILE_SIZE);
    if (typeof source === 'string') failures.push({ path: target.path, message: source });
    else take(source.document);
  }
  for (const { path, message } of failures) say(io, `cannot read ${path}: ${message}`);
  return failures.length === 0 ? 0 : 2;
};
