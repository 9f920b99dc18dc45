import yargs, { type Argv } from 'yargs';
import { ConfigError } from '../config/error.ts';
import type { CommandName } from './command-names.ts';
import { COMMANDS, type Command } from './commands.ts';
import type { Token } from './tokens.ts';
import { version } from './version.ts';

/**
 * The text that arguments ask for: help, of a command or of all, or the version. Each option is written with
 * its value, and operands stand behind `--`, so that nothing can be taken for another.
 */
export const textFrom = async (
  name: CommandName | undefined,
  tokens: readonly Token[],
  columns: number | undefined,
): Promise<string> => {
  let text = '';
  const parser = yargsFor(name, Math.min(columns ?? 100, 100));
  await parser.parseAsync(
    [...(name === undefined ? [] : [name]), ...spelledOut(tokens)],
    {},
    (_error, _argv, output) => {
      text = output;
    },
  );
  return `${text.replace(BARE_HEAD, '')}\n`;
};

/** What yargs puts above the help of all commands, and what the usage line below it says better. */
const BARE_HEAD = /^iechorlint\n\n.*\n(?=iechorlint )/;

const spelledOut = (tokens: readonly Token[]): readonly string[] => {
  const options = tokens.flatMap((token) => (token.kind === 'option' ? [token] : []));
  const operands = tokens.flatMap((token) => (token.kind === 'operand' ? [token.text] : []));
  return [...options.map(({ flag, value }) => (value === undefined ? flag : `${flag}=${value}`)), '--', ...operands];
};

const yargsFor = (name: CommandName | undefined, width: number): Argv => {
  const parser = yargs([])
    .scriptName('iechorlint')
    .detectLocale(false)
    .exitProcess(false)
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .wrap(width);
  for (const [each, command] of Object.entries(COMMANDS)) {
    const names = each === 'lint' && name === undefined ? [each, '$0'] : [each];
    parser.command(names, command.describe, (own) => addFlags(own, names.length > 1 ? '' : `${each} `, command));
  }
  return parser
    .help('help', 'Show this help')
    .alias('help', 'h')
    .version('version', 'Show the version', version)
    .alias('version', 'V')
    .strictOptions()
    .fail((message, error) => {
      throw error instanceof Error && error.name !== 'YError' ? error : new ConfigError(message.replace(/\s+/g, ' '));
    });
};

const addFlags = (parser: Argv, name: string, { flags, operands, examples, epilogue, describe }: Command): Argv => {
  parser.usage(`${`iechorlint ${name}[options] ${operands}`.trim()}\n\n${describe}`);
  // What has a file behind it is no choice to yargs; it has been checked before.
  for (const [flag, { takesFile = false, choices, ...settings }] of Object.entries(flags))
    parser.option(flag, {
      ...settings,
      ...(takesFile || choices === undefined ? {} : { choices }),
      requiresArg: settings.type === 'string',
    });
  for (const [call, meaning] of examples) parser.example(call, meaning);
  return epilogue === undefined ? parser : parser.epilogue(epilogue);
};
