import yargs, { type Argv } from 'yargs';
import { ConfigError } from '../config/error.ts';
import type { CommandName } from './command-names.ts';
import { COMMANDS, type Command } from './commands.ts';
import type { Given } from './given.ts';
import type { Token } from './tokens.ts';
import { version } from './version.ts';

/** What the arguments give a command, unless they ask for a text: help, the version, the completion script. */
export interface Parsed {
  readonly given: Given | undefined;
  readonly text: string;
}

/**
 * Parses the arguments of a command; without a name they ask for a text about all of them. Each option is written with
 * its value, and operands stand behind `--`, so that nothing can be taken for another.
 */
export const parseWith = async (
  name: CommandName | undefined,
  tokens: readonly Token[],
  columns: number | undefined,
): Promise<Parsed> => {
  let given: Given | undefined;
  let text = '';
  const isTextAsked = name === undefined || tokens.some(asksForText);
  const parser = yargsFor(name, isTextAsked, Math.min(columns ?? 100, 100), (options, [, ...operands]) => {
    given = { options, operands };
  });
  await parser.parseAsync(
    [...(name === undefined ? [] : [name]), ...spelledOut(tokens)],
    {},
    (_error, _argv, output) => {
      text = output;
    },
  );
  return text === '' ? { given, text } : { given: undefined, text: `${text}\n` };
};

/** `--help`, `--version`, or a letter of theirs. */
const asksForText = (token: Token): boolean =>
  token.kind === 'option' && /^(?:--(?:help|version)|-[a-z]*[hV][a-z]*)$/i.test(token.flag);

const spelledOut = (tokens: readonly Token[]): readonly string[] => {
  const options = tokens.flatMap((token) => (token.kind === 'option' ? [token] : []));
  const operands = tokens.flatMap((token) => (token.kind === 'operand' ? [token.text] : []));
  return [...options.map(({ flag, value }) => (value === undefined ? flag : `${flag}=${value}`)), '--', ...operands];
};

type Take = (options: Readonly<Record<string, unknown>>, operands: readonly string[]) => void;

/** What help would say is made for every call, so without need for it there is nothing to say. */
const yargsFor = (name: CommandName | undefined, isTextAsked: boolean, width: number, take: Take): Argv => {
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
    parser.command(
      names,
      command.describe,
      (own) => addFlags(own, names.length > 1 ? '' : `${each} `, isTextAsked, command),
      (argv) => take(argv, argv._.map(String)),
    );
  }
  const general = isTextAsked
    ? parser
        .help('help', 'Show this help')
        .alias('help', 'h')
        .version('version', 'Show the version', version)
        .alias('version', 'V')
    : parser.help(false).version(false);
  return general
    .completion('completion', 'Print a completion script for bash, zsh or fish')
    .strictOptions()
    .fail((message, error) => {
      throw error instanceof Error && error.name !== 'YError' ? error : new ConfigError(message.replace(/\s+/g, ' '));
    });
};

const addFlags = (
  parser: Argv,
  name: string,
  isTextAsked: boolean,
  { flags, operands, examples, epilogue, describe }: Command,
): Argv => {
  if (isTextAsked) parser.usage(`${`iechorlint ${name}[options] ${operands}`.trim()}\n\n${describe}`);
  // What has a file behind it is no choice to yargs; it has been checked before.
  for (const [flag, { takesFile = false, choices, ...settings }] of Object.entries(flags))
    parser.option(flag, {
      ...settings,
      ...(takesFile || choices === undefined ? {} : { choices }),
      requiresArg: settings.type === 'string',
      hidden: !isTextAsked,
    });
  if (!isTextAsked) return parser;
  for (const [call, meaning] of examples) parser.example(call, meaning);
  return epilogue === undefined ? parser : parser.epilogue(epilogue);
};
