import { ConfigError } from '../config/error.ts';
import type { Io } from './io.ts';

type Variables = ReadonlyMap<string, string>;

/** `NAME=VALUE`, or `NAME` alone for the value in the environment, and nothing where it is not set there. Throws ConfigError. */
export const variablesIn = (texts: readonly string[], env: Io['env'], option: string): Variables =>
  new Map(texts.flatMap((text) => variableIn(text, env, option) ?? []));

/** The values of `--build-arg`. Throws ConfigError. */
export const readBuildArgs = (texts: readonly string[], env: Io['env']): Variables =>
  variablesIn(texts, env, '--build-arg');

const variableIn = (text: string, env: Io['env'], option: string): readonly [readonly [string, string]] | undefined => {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  if (name === '') throw new ConfigError(`${option} must be NAME=VALUE or NAME, not \`${text}\``);
  const value = equals < 0 ? env[name] : text.slice(equals + 1);
  return value === undefined ? undefined : [[name, value]];
};
