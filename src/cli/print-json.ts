import { escapeJson } from '../report/escape.ts';
import type { Io } from './io.ts';

/** Prints a value for programs; nothing in it hides on a terminal or is a command in the log of a CI system. */
export const printJson = (value: unknown, { stdout }: Pick<Io, 'stdout'>): void =>
  stdout.write(`${escapeJson(JSON.stringify(value, undefined, 2))}\n`);
