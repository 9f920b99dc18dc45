import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '../config/error.ts';
import { type CommandName, isCommandName, pairedCommand } from './command-names.ts';
import { COMMANDS, type Flag } from './commands.ts';
import { type Given, givenOf, isOn } from './given.ts';
import type { Io } from './io.ts';
import type { LoadRules } from './main.ts';
import { say } from './say.ts';
import { mistakeIn, type Token, tokensOf } from './tokens.ts';
import { version } from './version.ts';

const GENERAL_FLAGS: Readonly<Record<string, Flag>> = {
  help: { type: 'boolean', alias: 'h', describe: 'Show this help' },
  version: { type: 'boolean', alias: 'V', describe: 'Show the version' },
};

/** The flags of every command together: enough to tell an operand from the value of an option. */
export const ALL_FLAGS: Readonly<Record<string, Flag>> = Object.assign(
  {},
  ...Object.values(COMMANDS).map(({ flags }) => flags),
);

/** Reads the arguments and runs the command they name; throws a ConfigError for what makes no sense. */
export const runCommand = async (args: readonly string[], io: Io, rules: LoadRules): Promise<number> => {
  if (args[0] === '--get-completions') {
    const { completionLines } = await import('./completions.ts');
    for (const line of completionLines(args.slice(1), await rules())) io.stdout.write(`${line}\n`);
    return 0;
  }
  const { name, rest } = splitCommand(withColorValue(withOneWord(withBuildCommand(args))));
  if (name !== undefined) sayIfPath(name, io);
  const command = COMMANDS[name ?? 'lint'];
  const flags = { ...command.flags, ...GENERAL_FLAGS };
  const tokens = [...tokensOf(command.endsAtOperand ? withEnd(rest, flags) : rest, flags)];
  const mistake = mistakeIn(tokens, flags);
  if (mistake !== undefined) {
    const { foreignOption } = await import('./option-hints.ts');
    const meant = foreignOption(name, tokens, flags) ?? mistake;
    throw new ConfigError(`${meant}; see iechorlint ${name ? `${name} ` : ''}--help`);
  }
  const given = givenOf(tokens, flags);
  if (!isOn(given, 'help') && !isOn(given, 'version')) return command.run(given, io, rules);
  io.stdout.write(await textFor(name, tokens, given, io.stdout.columns()));
  return 0;
};

/** The library of help takes longer to load than a small file to lint. */
const textFor = async (
  name: CommandName | undefined,
  tokens: readonly Token[],
  given: Given,
  columns: number | undefined,
): Promise<string> => {
  if (isOn(given, 'version') && !isOn(given, 'help')) return `${version}\n`;
  const { textFrom } = await import('./yargs.ts');
  return textFrom(name, tokens, columns);
};

/** All that follows the first operand as operands too. */
const withEnd = (args: readonly string[], flags: Readonly<Record<string, Flag>>): readonly string[] => {
  const first = [...tokensOf(args, flags)].find(({ kind }) => kind === 'operand');
  // What follows the image is its program's; a `--` may also stand before it.
  if (first && args.slice(0, first.index).includes('--')) return args;
  return first ? args.toSpliced(first.index, 0, '--') : args;
};

/** `--build` anywhere is the command of that name, with its own options. */
const withBuildCommand = (args: readonly string[]): readonly string[] => {
  const end = args.indexOf('--');
  const at = args.indexOf('--build');
  return at < 0 || (end >= 0 && at > end) ? args : ['build', ...args.toSpliced(at, 1)];
};

/** `image ls` and its like as the one word that they stand for. */
const withOneWord = (args: readonly string[]): readonly string[] => {
  const name = pairedCommand(args[0], args[1]);
  return name === undefined ? args : [name, ...args.slice(2)];
};

/** The command named by the first operand before any `--`, and the arguments without it. */
const splitCommand = (args: readonly string[]): { name: CommandName | undefined; rest: readonly string[] } => {
  const end = args.indexOf('--');
  for (const token of tokensOf(end < 0 ? args : args.slice(0, end), ALL_FLAGS)) {
    if (token.kind !== 'operand') continue;
    return isCommandName(token.text)
      ? { name: token.text, rest: args.toSpliced(token.index, 1) }
      : { name: undefined, rest: args };
  }
  return { name: undefined, rest: args };
};

const sayIfPath = (name: CommandName, io: Io): void => {
  if (!existsSync(resolve(io.cwd, name))) return;
  say(io, `this runs the command ${name}; to check the path of that name, write ./${name}`);
};

/** `--color` alone is a value of its own, which would else be taken from the next argument. */
const withColorValue = (args: readonly string[]): readonly string[] => {
  const end = args.indexOf('--');
  return args.map((arg, index) => {
    if (end >= 0 && index > end) return arg;
    if (arg === '--color') return '--color=always';
    return arg === '--no-color' ? '--color=never' : arg;
  });
};
