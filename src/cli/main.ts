import { ConfigError } from '../config/error.ts';
import type { Rule } from '../lint/rule.ts';
import { isCommandName, pairedCommand } from './command-names.ts';
import type { Io } from './io.ts';
import { plainLint } from './lint-options.ts';
import { say } from './say.ts';

/** The exit code of an error that is a bug of ours, as sysexits.h has it. */
const BUG = 70;

/** Gives the rules; they are loaded when a command asks for them. */
export type LoadRules = () => Promise<readonly Rule[]>;

const loadOwnRules: LoadRules = async () => (await import('../../rules/index.ts')).rules;

/** Runs the command line and gives its exit code; nothing is left pending then. */
export const main = async (args: readonly string[], io: Io, rules?: readonly Rule[]): Promise<number> => {
  try {
    return codeAfterOutput(await dispatch(args, io, rules ? async () => rules : loadOwnRules), io);
  } catch (error) {
    if (error instanceof ConfigError) {
      for (const line of error.lines) say(io, line);
      return 2;
    }
    // By its name, for what makes images is loaded by those commands alone that do.
    if (error instanceof Error && error.name === 'ImageError') {
      say(io, error.message);
      return 3;
    }
    io.stderr.write(`iechorlint: this is a bug in iechorlint, please report it:\n${stackOf(error)}\n`);
    return BUG;
  }
};

/** Plain paths need no option parser, which takes longer to load than a small file to lint. */
const dispatch = async (args: readonly string[], io: Io, rules: LoadRules): Promise<number> => {
  const isCommand = isCommandName(args[0] ?? '') || pairedCommand(args[0], args[1]) !== undefined;
  const isPlain = args.every((arg) => arg === '-' || !arg.startsWith('-')) && !isCommand;
  if (isPlain) return (await import('./lint.ts')).lintFiles(plainLint(args), io, await rules());
  const { runCommand } = await import('./arguments.ts');
  return runCommand(args, io, rules);
};

const codeAfterOutput = (code: number, io: Io): number => {
  const failure = io.stdout.failure();
  if (failure === undefined) return code;
  say(io, `cannot write standard output: ${failure}`);
  return 2;
};

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
