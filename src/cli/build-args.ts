import { ConfigError } from '../config/error.ts';
import type { Io } from './io.ts';

/** The values of `--build-arg`: `NAME=VALUE`, or `NAME` alone for the value in the environment, and nothing where it is not set there. */
export const readBuildArgs = (texts: readonly string[], env: Io['env']): ReadonlyMap<string, string> =>
  new Map(texts.flatMap((text) => readBuildArg(text, env) ?? []));

const readBuildArg = (text: string, env: Io['env']): readonly [readonly [string, string]] | undefined => {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  if (name === '') throw new ConfigError(`--build-arg must be NAME=VALUE or NAME, not \`${text}\``);
  const value = equals < 0 ? env[name] : text.slice(equals + 1);
  return value === undefined ? undefined : [[name, value]];
};
