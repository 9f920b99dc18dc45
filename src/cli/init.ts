import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configIn, placesOf } from '../config/discover.ts';
import { ConfigError } from '../config/error.ts';
import { loaderOf } from '../config/load.ts';
import type { Config } from '../config/model.ts';
import { templateOf } from '../config/template.ts';
import { RULESETS, type Rule } from '../lint/rule.ts';
import type { Registries } from '../oci/session.ts';
import type { Io } from './io.ts';
import { say } from './say.ts';
import { reasonOf } from './system-error.ts';

export interface InitArguments {
  readonly from: 'hadolint' | undefined;
  /** Where the project is; undefined: here. */
  readonly folder: string | undefined;
  /** The kind of project, or `none` for a configuration alone; undefined: what the files say. */
  readonly template: string | undefined;
  /** Whether files are written without a question. */
  readonly yes: boolean;
  /** Whether those that are there are written anew. */
  readonly force: boolean;
  readonly dryRun: boolean;
  /** Whether registries are asked for the digests of the images. */
  readonly pin: boolean;
  readonly registries: Registries;
}

/** The name of a configuration that is written. */
export const CONFIG_NAME = '.iechorlint.yaml';

/** `iechorlint init`: writes what a project needs, or a configuration that says what another tool's does. */
export const run = async (given: InitArguments, io: Io, rules: readonly Rule[]): Promise<number> => {
  if (given.from === undefined) return (await import('./init-project.ts')).initProject(given, io);
  const there = configIn(io.cwd);
  if (there !== undefined) throw new ConfigError(`there is a configuration in this folder already, ${there}`);
  const { shown, config, notices, moot, remarks } = await hadolintHere(io, rules);
  try {
    writeFileSync(join(io.cwd, CONFIG_NAME), configText(config, remarks), { flag: 'wx' });
  } catch (error) {
    throw new ConfigError(`cannot write ${CONFIG_NAME}: ${reasonOf(error)}`);
  }
  for (const notice of notices) say(io, notice);
  if (moot.length > 0) say(io, `left out ${moot.join(', ')}: no rule here has such a code`);
  say(io, `wrote ${CONFIG_NAME}, which says what ${shown} does; that counts no more`);
  return 0;
};

/** A commented configuration. */
export const configText = (config: Config, remarks?: ReadonlyMap<string, string>): string => {
  const ruleset = RULESETS.at(-1);
  return templateOf({ root: true, ...(ruleset ? { ruleset } : {}), ...config }, remarks);
};

/** The nearest configuration of hadolint as one of ours. */
const hadolintHere = async (io: Io, rules: readonly Rule[]) => {
  const path = placesOf(io.env).hadolint(io.cwd);
  if (path === undefined)
    throw new ConfigError('there is no .hadolint.yaml here, in the folders above or in the home folder');
  const { shown, layers, notices, moot } = await loaderOf({ cwd: io.cwd, rules, plugins: false })(path);
  return { shown, notices, moot, config: layers[0] ?? {}, remarks: remarksIn(readFileSync(path, 'utf8')) };
};

/** What comments say behind the codes of a list: why a team ignores them. */
const remarksIn = (text: string): ReadonlyMap<string, string> =>
  new Map(
    Array.from(text.matchAll(/^\s*-\s*["']?((?:DL|SC)\d+)["']?\s+(#.*\S)\s*$/gm), ([, code = '', remark = '']) => [
      code,
      remark,
    ]),
  );
