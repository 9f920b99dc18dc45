import { readFileSync } from 'node:fs';
import { ConfigError } from '../config/error.ts';
import type { HistoryEntry } from '../model/history.ts';
import type { HealthcheckConfig, ImageConfig } from '../model/scope.ts';
import { reasonOf } from './system-error.ts';

/** Reads an OCI image configuration, or what `docker image inspect` prints; throws ConfigError where it is none. */
export const readBaseConfig = (path: string): ImageConfig => {
  const config = configIn(parseFile(path), path);
  return {
    env: envOf(fieldOf(config, 'Env'), path),
    workdir: textIn(config, 'WorkingDir', path),
    user: textIn(config, 'User', path),
    cmd: textsIn(config, 'Cmd', path),
    entrypoint: textsIn(config, 'Entrypoint', path),
    shell: textsIn(config, 'Shell', path),
    labels: new Map(Object.entries(objectIn(config, 'Labels')).map(([name, value]) => [name, String(value)])),
    ports: Object.keys(objectIn(config, 'ExposedPorts')),
    volumes: Object.keys(objectIn(config, 'Volumes')),
    stopsignal: textIn(config, 'StopSignal', path),
    onbuild: textsIn(config, 'OnBuild', path) ?? [],
    healthcheck: healthcheckIn(config, path),
  };
};

/** The history that an OCI image configuration tells; what `docker image inspect` prints has none. */
export const readBaseHistory = (path: string): readonly HistoryEntry[] => {
  const history = fieldOf(parseFile(path), 'history');
  if (!Array.isArray(history)) return [];
  return history.map((entry: unknown) => ({
    text: String(fieldOf(entry, 'created_by') ?? ''),
    hasLayer: fieldOf(entry, 'empty_layer') !== true,
  }));
};

const configIn = (file: unknown, path: string): unknown => {
  const image: unknown = Array.isArray(file) ? file[0] : file;
  const config = fieldOf(image, 'config') ?? fieldOf(image, 'Config');
  if (config !== undefined) return config;
  // An image may do without, but not a file that holds something else.
  if (fieldOf(image, 'rootfs') !== undefined || JSON.stringify(image) === '{}') return {};
  throw new ConfigError(
    `${path} has no \`config\`; an OCI image configuration has one, and so has what \`docker image inspect\` prints`,
  );
};

const parseFile = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new ConfigError(`${path} is not JSON: ${error.message}`);
    throw new ConfigError(`cannot read ${path}: ${reasonOf(error)}`);
  }
};

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;

const objectIn = (value: unknown, name: string): object => {
  const field = fieldOf(value, name);
  return typeof field === 'object' && field !== null ? field : {};
};

const wrong = (path: string, name: string, wanted: string): ConfigError =>
  new ConfigError(`${path}: \`config.${name}\` must be ${wanted}, as in an OCI image configuration`);

const textIn = (config: unknown, name: string, path: string): string | undefined => {
  const field = fieldOf(config, name);
  if (field === undefined || field === null || field === '') return undefined;
  if (typeof field !== 'string') throw wrong(path, name, 'a string');
  return field;
};

const textsIn = (config: unknown, name: string, path: string): readonly string[] | undefined => {
  const field = fieldOf(config, name);
  if (field === undefined || field === null) return undefined;
  if (!Array.isArray(field) || !field.every((each) => typeof each === 'string'))
    throw wrong(path, name, 'a list of strings');
  return field;
};

const envOf = (field: unknown, path: string): ReadonlyMap<string, string> => {
  const env = new Map<string, string>();
  for (const text of textsIn({ Env: field }, 'Env', path) ?? []) {
    const equals = text.indexOf('=');
    if (equals < 0) throw wrong(path, 'Env', 'a list of `NAME=VALUE`');
    env.set(text.slice(0, equals), text.slice(equals + 1));
  }
  return env;
};

const healthcheckIn = (config: unknown, path: string): HealthcheckConfig | undefined => {
  const field = fieldOf(config, 'Healthcheck');
  const test = textsIn(field, 'Test', path);
  if (!test) return undefined;
  const numbers: Record<string, number> = {};
  for (const name of ['Interval', 'Timeout', 'StartPeriod', 'StartInterval', 'Retries']) {
    const value = fieldOf(field, name);
    if (typeof value === 'number') numbers[name] = value;
  }
  return { Test: test, ...numbers };
};
