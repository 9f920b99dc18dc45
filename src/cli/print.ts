import { resolve } from 'node:path';
import { hasColors } from './colors.ts';
import type { Io, Output } from './io.ts';
import { fail, type Run } from './run.ts';

/** Where the report of a run goes. */
export interface Sheet {
  /** The file it is written to; `undefined` for an output of the process. */
  readonly file: string | undefined;
  readonly output: Output;
  readonly color: boolean;
  readonly width: number;
}

/** The columns of a report that goes to no terminal. */
export const WIDTH = 100;

export const sheetOf = ({ options, io, targets }: Run, file: string | undefined): Sheet => {
  const isTextOnStdout = options.fixing === 'write' && targets.some(({ file }) => file === undefined);
  const output = isTextOnStdout ? io.stderr : io.stdout;
  const isOnTerminal = file === undefined && output.isTerminal();
  const color = options.color === 'auto' ? isOnTerminal && hasColors(output, io) : options.color === 'always';
  return { file, output, color, width: isOnTerminal ? (output.columns() ?? WIDTH) : WIDTH };
};

/** Writes the pieces as they come. */
export const print = async (run: Run, { file, output }: Sheet, pieces: Iterable<string>): Promise<void> => {
  if (file === undefined) return write(output, pieces);
  const { writeOutputFile } = await import('./output-file.ts');
  const { undisturbed } = await import('./signals.ts');
  const failure = await undisturbed(() => writeOutputFile(resolve(run.io.cwd, file), pieces));
  if (failure !== undefined) fail(run, `cannot write ${file}: ${failure}`);
};

/** Enough for one call of the system, so that small pieces do not take one each. */
const ENOUGH = 16_384;

/** Writes pieces of text, many small ones at once. */
export const write = (output: Output, pieces: Iterable<string>): void => {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < ENOUGH) continue;
    output.write(text);
    text = '';
  }
  if (text !== '') output.write(text);
};

/** Whether what is printed ends in a log in which a CI system looks for commands. */
export const readsCommands = (env: Io['env']): boolean =>
  ['GITHUB_ACTIONS', 'TF_BUILD', 'TEAMCITY_VERSION'].some((name) => env[name]);

/** The pieces with nothing in them that a CI system would do. */
export const withoutCommands = async (pieces: Iterable<string>): Promise<Iterable<string>> => {
  const { defuse } = await import('../report/defuse.ts');
  return mapped(pieces, defuse);
};

function* mapped(pieces: Iterable<string>, change: (piece: string) => string): Generator<string> {
  for (const piece of pieces) yield change(piece);
}
