import { escapeLine } from '../report/escape.ts';
import type { Io } from './io.ts';

/** One line on standard error; names in it may hold anything. */
export const say = ({ stderr }: Pick<Io, 'stderr'>, text: string): void =>
  // No `##[…]` either, which CI systems take for a command wherever it stands.
  stderr.write(`iechorlint: ${escapeLine(text).replace(/#(?=#\w*\[)/g, '\\u{23}')}\n`);
