import { FORMATS } from '../report/formats.ts';
import type { Flag } from './commands.ts';
import { COLOR, FAIL_ON, SHELLCHECK } from './lint-options.ts';

const WHAT = 'What to check:';
const IGNORING = 'What is known:';
const FIXING = 'Fixing:';
const OUTPUT = 'Output:';

/** The options of `lint`. */
export const LINT_FLAGS: Readonly<Record<string, Flag>> = {
  select: {
    type: 'string',
    array: true,
    group: WHAT,
    describe: 'Check these alone: rules, codes of other tools, categories, presets; a,b or repeated',
  },
  ignore: { type: 'string', array: true, group: WHAT, describe: 'Leave these out; named as for --select' },
  context: { type: 'string', group: WHAT, describe: 'Folder that COPY takes from; what it copies is then checked' },
  'build-arg': {
    type: 'string',
    array: true,
    group: WHAT,
    describe: 'NAME=VALUE of an ARG, or NAME to take it from the environment',
  },
  target: { type: 'string', group: WHAT, describe: 'The stage that is built, where it is not the last' },
  shellcheck: {
    type: 'string',
    choices: SHELLCHECK,
    group: WHAT,
    defaultDescription: 'off',
    describe: 'Ask the program shellcheck too; auto: where it is installed',
  },
  'stdin-filename': { type: 'string', group: WHAT, describe: 'What to call the file that is read from -' },
  'max-file-size': {
    type: 'string',
    group: WHAT,
    defaultDescription: '5MB',
    describe: 'Larger files are reported and not read',
  },
  shard: { type: 'string', group: WHAT, describe: 'One part of the files, such as 2/8 of eight; always the same ones' },
  config: { type: 'string', group: WHAT, describe: 'The configuration to use; also one of hadolint' },
  'lint-cache': { type: 'boolean', group: WHAT, describe: 'Keep findings, and check again only what has changed' },
  'lint-cache-location': { type: 'string', group: WHAT, describe: 'The folder to keep them in; implies --lint-cache' },
  'no-config': {
    type: 'boolean',
    group: WHAT,
    describe: 'Read no configuration, neither files nor HADOLINT_ variables',
  },
  'print-config': { type: 'string', group: WHAT, describe: 'Print as JSON what is in force for this file' },
  plugins: { type: 'boolean', group: WHAT, describe: 'Load the plugins that configurations name; they are code' },
  since: { type: 'string', group: IGNORING, describe: 'Report only what is on lines changed since this git revision' },
  baseline: { type: 'string', group: IGNORING, describe: 'Leave out the findings that this file has' },
  'update-baseline': { type: 'boolean', group: IGNORING, describe: 'Write what is found to the baseline' },
  'add-ignores': {
    type: 'boolean',
    group: IGNORING,
    describe: 'Write a comment above each instruction with findings that ignores them',
  },
  'no-inline-ignores': { type: 'boolean', group: IGNORING, describe: 'Report what comments ignore, too' },
  'report-unused-ignores': {
    type: 'boolean',
    group: IGNORING,
    describe: 'Report comments that ignore nothing; --fix deletes them',
  },
  'report-suppressed': {
    type: 'boolean',
    group: IGNORING,
    describe: 'Put what comments ignore into SARIF, marked as suppressed; code scanning would show it as open',
  },
  'require-reason': { type: 'boolean', group: IGNORING, describe: 'Report ignore comments without a reason' },
  fix: { type: 'boolean', group: FIXING, describe: 'Apply the fixes that keep the image as it is' },
  'unsafe-fixes': { type: 'boolean', group: FIXING, describe: 'Apply those that may change it, too' },
  'fix-rule': {
    type: 'string',
    array: true,
    group: FIXING,
    describe: 'Apply the fixes of these rules alone; named as for --select',
  },
  diff: { type: 'boolean', group: FIXING, describe: 'Print what --fix would do as a patch, and change nothing' },
  format: {
    type: 'string',
    array: true,
    choices: FORMATS,
    takesFile: true,
    group: OUTPUT,
    defaultDescription: 'pretty',
    describe: `The report; FORMAT=FILE writes it there, and several may be asked for: ${FORMATS.join(', ')}`,
  },
  'output-file': { type: 'string', group: OUTPUT, describe: 'Write the report there' },
  'fail-on': {
    type: 'string',
    choices: FAIL_ON,
    group: OUTPUT,
    defaultDescription: 'warning',
    describe: 'The least severity that makes the exit code 1',
  },
  quiet: { type: 'boolean', alias: 'q', group: OUTPUT, describe: 'Print findings and failures, and nothing else' },
  statistics: { type: 'boolean', group: OUTPUT, describe: 'Count the findings of each rule' },
  color: {
    type: 'string',
    choices: COLOR,
    group: OUTPUT,
    defaultDescription: 'auto',
    describe: '--color alone is always, --no-color never',
  },
};
