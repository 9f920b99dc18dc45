import { ConfigError } from '../config/error.ts';
import { SEVERITIES, type Severity } from '../lint/diagnostic.ts';
import { choiceOf, type Given, isOn, listOf, textOf, textsOf } from './given.ts';
import { ignoreOptionsOf, rejectIgnoreContradictions } from './ignore-options.ts';
import { type ReportWish, reportWishesOf } from './report-wishes.ts';
import { sizeOf } from './size.ts';

export const FAIL_ON = [...SEVERITIES, 'never'] as const;
export const SHELLCHECK = ['off', 'auto', 'on'] as const;
export const COLOR = ['auto', 'always', 'never'] as const;

export interface LintOptions {
  readonly paths: readonly string[];
  /** `write` the fixes, show them as a `diff`, or leave them. */
  readonly fixing: 'write' | 'diff' | undefined;
  readonly unsafeFixes: boolean;
  /** At least one. */
  readonly reports: readonly ReportWish[];
  /** The git revision since which a line must have changed for its findings to count. */
  readonly since: string | undefined;
  /** The part of the files that is checked, such as `2/8`; undefined: all. */
  readonly shard: string | undefined;
  /** The build context; undefined: what needs one is not checked. */
  readonly context: string | undefined;
  /** Each `NAME=VALUE`, or `NAME`. */
  readonly buildArgs: readonly string[];
  readonly target: string | undefined;
  readonly select: readonly string[];
  readonly ignore: readonly string[];
  /** The rules that options of their own ask for, beside the others. */
  readonly also: readonly string[];
  /** False: comments that say what to ignore have no effect. */
  readonly inlineIgnores: boolean;
  /** What is written, or shown, are comments that ignore what is found, instead of fixes. */
  readonly addIgnores: boolean;
  /** Whether SARIF reports have what comments ignore as well. */
  readonly reportSuppressed: boolean;
  /** The file of the findings that are known already. */
  readonly baseline: string | undefined;
  readonly updateBaseline: boolean;
  /** Undefined: what the configuration says, or `warning`. */
  readonly failOn: Severity | 'never' | undefined;
  /** The configuration file to use instead of those that are found. */
  readonly config: string | undefined;
  readonly noConfig: boolean;
  /** Whether the plugins that configurations name are run. */
  readonly plugins: boolean;
  /** The rules whose fixes alone are applied; none: those of all. */
  readonly fixRules: readonly string[];
  /** Whether the program `shellcheck` is asked: never, where it is there, or always. */
  readonly shellcheck: (typeof SHELLCHECK)[number];
  readonly quiet: boolean;
  readonly statistics: boolean;
  readonly color: (typeof COLOR)[number];
  readonly stdinFilename: string;
  /** In bytes. */
  readonly maxFileSize: number;
  /** The folder in which findings are kept from run to run, empty for the usual one; undefined: none are kept. */
  readonly lintCache: string | undefined;
}

export const MAX_FILE_SIZE = 5_000_000;

/** What `iechorlint PATH…` means. */
export const plainLint = (paths: readonly string[]): LintOptions => ({
  paths: paths.length === 0 ? ['.'] : paths,
  fixing: undefined,
  unsafeFixes: false,
  reports: [{ format: 'pretty', file: undefined }],
  since: undefined,
  shard: undefined,
  context: undefined,
  buildArgs: [],
  target: undefined,
  select: [],
  ignore: [],
  also: [],
  inlineIgnores: true,
  addIgnores: false,
  reportSuppressed: false,
  baseline: undefined,
  updateBaseline: false,
  failOn: undefined,
  config: undefined,
  noConfig: false,
  plugins: false,
  fixRules: [],
  shellcheck: 'off',
  quiet: false,
  statistics: false,
  color: 'auto',
  stdinFilename: '<stdin>',
  maxFileSize: MAX_FILE_SIZE,
  lintCache: undefined,
});

export const lintOptionsOf = (given: Given): LintOptions => {
  const plain = plainLint(given.operands);
  const options: LintOptions = {
    ...plain,
    fixing: fixingOf(given),
    unsafeFixes: isOn(given, 'unsafe-fixes'),
    reports: reportWishesOf(given),
    since: textOf(given, 'since'),
    shard: textOf(given, 'shard'),
    context: textOf(given, 'context'),
    buildArgs: textsOf(given, 'build-arg'),
    target: textOf(given, 'target'),
    select: listOf(given, 'select'),
    ignore: listOf(given, 'ignore'),
    ...ignoreOptionsOf(given),
    reportSuppressed: isOn(given, 'report-suppressed'),
    failOn: choiceOf(given, 'fail-on', FAIL_ON),
    config: textOf(given, 'config'),
    noConfig: isOn(given, 'no-config'),
    plugins: isOn(given, 'plugins'),
    fixRules: listOf(given, 'fix-rule'),
    shellcheck: choiceOf(given, 'shellcheck', SHELLCHECK) ?? plain.shellcheck,
    quiet: isOn(given, 'quiet'),
    statistics: isOn(given, 'statistics'),
    color: choiceOf(given, 'color', COLOR) ?? plain.color,
    stdinFilename: textOf(given, 'stdin-filename') ?? plain.stdinFilename,
    maxFileSize: maxFileSizeOf(given),
    lintCache: textOf(given, 'lint-cache-location') ?? (isOn(given, 'lint-cache') ? '' : undefined),
  };
  rejectContradictions(options, given);
  return options;
};

const fixingOf = (given: Given): LintOptions['fixing'] => {
  if (isOn(given, 'diff')) return 'diff';
  return isOn(given, 'fix') || isOn(given, 'add-ignores') ? 'write' : undefined;
};

const maxFileSizeOf = (given: Given): number => {
  const text = textOf(given, 'max-file-size');
  return text === undefined ? MAX_FILE_SIZE : sizeOf(text, '--max-file-size');
};

const rejectContradictions = (options: LintOptions, given: Given): void => {
  rejectIgnoreContradictions(options, given);
  if (options.config !== undefined && options.noConfig)
    throw new ConfigError('--config names a configuration and --no-config wants none; leave one of them out');
  if (options.fixRules.length > 0 && options.fixing === undefined)
    throw new ConfigError('--fix-rule says whose fixes to apply; add --fix, or --diff to see them first');
  if (options.unsafeFixes && options.fixing === undefined)
    throw new ConfigError('--unsafe-fixes says which fixes to apply; add --fix, or --diff to see them first');
  if (given.options['stdin-filename'] !== undefined && !options.paths.includes('-'))
    throw new ConfigError('--stdin-filename names what is read from standard input; add - to the paths to read it');
  if (options.reportSuppressed && !options.reports.some(({ format }) => format === 'sarif'))
    throw new ConfigError(
      '--report-suppressed is for --format sarif, which alone can say that a finding is suppressed',
    );
  if (options.since !== undefined) rejectBesideSince(options);
  if (options.shard !== undefined) rejectBesideShard(options);
  if (options.fixing !== 'diff') return;
  for (const name of ['format', 'statistics'])
    if (given.options[name] !== undefined)
      throw new ConfigError(`--diff prints a patch and no findings, so --${name} has no place beside it`);
};

const rejectBesideSince = ({ paths, fixing, updateBaseline, reportSuppressed }: LintOptions): void => {
  if (reportSuppressed) throw new ConfigError('--report-suppressed reports what all lines suppress; leave out --since');
  if (fixing !== undefined || updateBaseline)
    throw new ConfigError(
      '--since says which findings to report, and what writes files takes all; run one after the other',
    );
  if (paths.includes('-')) throw new ConfigError('--since compares files, and standard input is none; leave out -');
};

const rejectBesideShard = ({ paths, updateBaseline }: LintOptions): void => {
  if (paths.includes('-')) throw new ConfigError('--shard shares out files, and standard input is none; leave out -');
  if (updateBaseline) throw new ConfigError('--update-baseline writes what all files have; leave out --shard');
};
