import { ConfigError } from '../config/error.ts';
import type { Flag } from './commands.ts';
import { choiceOf, type Given, isOn, textOf } from './given.ts';
import { COLOR, type LintOptions, plainLint } from './lint-options.ts';

/** The options of `format` as yargs takes them. */
export const FORMAT_FLAGS: Readonly<Record<string, Flag>> = {
  check: { type: 'boolean', describe: 'Change nothing; name the files that would change, and exit with 1' },
  diff: { type: 'boolean', describe: 'Change nothing; print what would change as a patch, and exit with 1' },
  'stdin-filename': { type: 'string', describe: 'What to call the file that is read from -' },
  config: { type: 'string', describe: 'The configuration to use' },
  'no-config': { type: 'boolean', describe: 'Read no configuration' },
  quiet: { type: 'boolean', alias: 'q', describe: 'Print names and failures, and nothing else' },
  color: { type: 'string', choices: COLOR, defaultDescription: 'auto', describe: 'The patch in colours' },
};

export const FORMAT_EPILOGUE = `Formatting changes white space, empty lines, the letter case of keywords, and the order
of packages where it cannot matter. The image stays the same; a RUN whose lines move is
built anew once. What is done are the fixes of the rules in the preset format, which a
configuration can switch off, and whose options it can set.

Exit codes:
  0   nothing to change, or changed
  1   with --check or --diff: something would change
  2   wrong use, or a file that cannot be read, formatted or written; the other files are formatted all the same`;

export interface FormatOptions {
  readonly lint: LintOptions;
  readonly check: boolean;
}

export const formatOptionsOf = (given: Given): FormatOptions => {
  const check = isOn(given, 'check');
  const plain = plainLint(given.operands);
  if (textOf(given, 'config') !== undefined && isOn(given, 'no-config'))
    throw new ConfigError('--config names a configuration and --no-config wants none; leave one of them out');
  if (textOf(given, 'stdin-filename') !== undefined && !plain.paths.includes('-'))
    throw new ConfigError('--stdin-filename names what is read from standard input; add - to the paths to read it');
  const lint: LintOptions = {
    ...plain,
    select: ['format'],
    fixing: isOn(given, 'diff') ? 'diff' : check ? undefined : 'write',
    // No configuration makes a patch that is not empty a success.
    failOn: 'style',
    config: textOf(given, 'config'),
    noConfig: isOn(given, 'no-config'),
    quiet: isOn(given, 'quiet'),
    color: choiceOf(given, 'color', COLOR) ?? plain.color,
    stdinFilename: textOf(given, 'stdin-filename') ?? plain.stdinFilename,
  };
  return { lint, check };
};
