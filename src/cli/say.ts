import { escapeMessage } from '../report/escape.ts';
import type { Io } from './io.ts';

/** One line on standard error; names in it may hold anything. */
export const say = ({ stderr }: Pick<Io, 'stderr'>, text: string): void =>
  stderr.write(`iechorlint: ${escapeMessage(text)}\n`);
