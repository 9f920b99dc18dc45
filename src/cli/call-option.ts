import { ConfigError } from '../config/error.ts';
import { entryOf } from '../source/entry.ts';
import { nearest } from '../source/nearest.ts';
import { type Given, isOn, textOf } from './given.ts';

/** What is asked of a file instead of building it. */
export interface Call {
  readonly method: Exclude<(typeof METHODS)[number], 'build' | 'lint'>;
  readonly format: 'pretty' | 'json';
  /** Whether findings leave the exit code 0. */
  readonly ignoresStatus: boolean;
}

/** As in `docker build --call`; `lint` is its old name for `check`. */
const METHODS = ['build', 'check', 'outline', 'targets', 'subrequests.describe', 'lint'] as const;

/** `--call METHOD[,format=json][,ignorestatus=true]`, or `--check`; undefined where the file is to be built. */
export const callOf = (given: Given): Call | undefined => {
  const text = textOf(given, 'call') ?? (isOn(given, 'check') ? 'check' : 'build');
  if (isOn(given, 'check') && !/^(?:check|lint)\b/.test(text))
    throw new ConfigError(`--check is --call check, and --call ${text} asks for something else; leave one of them out`);
  const [name = '', ...fields] = text.split(',');
  const method = METHODS.find((each) => each === name);
  if (method === undefined) throw new ConfigError(unknownMethod(name));
  const settings = { format: 'pretty', ignorestatus: 'false', ...Object.fromEntries(fields.map(fieldOf)) };
  if (method === 'build') return undefined;
  if (isOn(given, 'plan')) throw new ConfigError('--plan says what a build would run, and --call builds nothing');
  const format = settings.format === 'json' ? 'json' : 'pretty';
  return { method: method === 'lint' ? 'check' : method, format, ignoresStatus: settings.ignorestatus === 'true' };
};

const unknownMethod = (name: string): string => {
  const near = nearest(name, METHODS);
  const meant = near ? ` (did you mean \`${near}\`?)` : '';
  return `--call cannot be \`${name}\`${meant}; it is check, outline, targets, subrequests.describe or build`;
};

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  format: ['json', 'text', ''],
  ignorestatus: ['true', 'false'],
};

const fieldOf = (field: string): readonly [name: string, value: string] => {
  const [name = '', value = ''] = field.split('=');
  if (entryOf(FIELDS, name)?.includes(value)) return [name, value];
  throw new ConfigError(`--call takes format=json and ignorestatus=true behind the method, not \`${field}\``);
};
