import { resolve } from 'node:path';
import { placesOf } from '../config/discover.ts';
import { ConfigError } from '../config/error.ts';
import type { Loaded } from '../config/load.ts';
import type { Rule } from '../lint/rule.ts';
import { notLoadedNotice, resolvedForAll } from './configured.ts';
import type { Io } from './io.ts';
import { plainLint } from './lint-options.ts';
import type { PluginOptions } from './plugin-options.ts';

/** The rules of the plugins that are named for the current folder, and what to say of those that are not run. */
export const pluginRules = async (
  options: PluginOptions,
  io: Io,
  rules: readonly Rule[],
): Promise<{ readonly rules: readonly Rule[]; readonly notices: readonly string[] }> => {
  const files = await filesHere(options, io, rules);
  return {
    rules: [...new Set(files.flatMap((file) => file.rules))],
    notices: files.map(notLoadedNotice).filter((notice) => notice !== undefined),
  };
};

const filesHere = async (options: PluginOptions, io: Io, rules: readonly Rule[]): Promise<readonly Loaded[]> => {
  const target = { path: 'iEchorfile', file: resolve(io.cwd, 'iEchorfile') };
  const request = { io, rules, targets: [target], places: placesOf(io.env) };
  try {
    const resolvedOf = await resolvedForAll({ ...request, options: { ...plainLint([]), ...options } });
    return resolvedOf(target).files;
  } catch (error) {
    // Our own rules are told of whatever a configuration says that nobody has asked for.
    if (error instanceof ConfigError && !options.plugins && options.config === undefined) return [];
    throw error;
  }
};
