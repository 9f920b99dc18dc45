import { resolve } from 'node:path';
import type { Flags, Layer } from '../config/apply.ts';
import type { Chain } from '../config/discover.ts';
import { environmentSettings } from '../config/environment.ts';
import { type Loaded, loaderOf } from '../config/load.ts';
import { type Resolved, resolveConfigs } from '../config/resolve.ts';
import { matching } from '../config/select.ts';
import type { Rule } from '../lint/rule.ts';
import type { Target } from './discover.ts';
import { inputsIn } from './facts.ts';
import {
  DEFAULT_FAIL_ON,
  folderOf,
  placeOf,
  type RunSettings,
  type SettingsRequest,
  type TargetSettings,
} from './settings.ts';

/** The settings of a run in which configurations or the environment have a say. */
export const configuredSettings = async (request: SettingsRequest): Promise<RunSettings> => {
  const { options, io, targets } = request;
  const resolvedOf = await resolvedForAll(request);
  const all = [...new Set(targets.map(resolvedOf))];
  const settle = (target: Target): TargetSettings => {
    const { config, failOn } = resolvedOf(target).settingsOf(placeOf(target, io.cwd));
    return { config, failOn: options.failOn ?? failOn ?? DEFAULT_FAIL_ON };
  };
  const known = new Map<Target, TargetSettings>();
  return {
    of(target) {
      const settings = known.get(target) ?? settle(target);
      known.set(target, settings);
      return settings;
    },
    isIgnored: (target) => target.file !== undefined && resolvedOf(target).isIgnored(target.file),
    rules: withPlugins(request.rules, all),
    notices: [...new Set(all.flatMap(({ files }) => files).flatMap((file) => noticesOf(file, request)))],
  };
};

/** The very same list where there are no plugins: then other threads know the rules too. */
const withPlugins = (rules: readonly Rule[], all: readonly Resolved[]): readonly Rule[] => {
  const more = new Set(all.flatMap((resolved) => resolved.rules));
  for (const rule of rules) more.delete(rule);
  return more.size === 0 ? rules : [...rules, ...more];
};

/** Loads what is in force for the targets, folder by folder. */
export const resolvedForAll = async (request: SettingsRequest): Promise<(target: Target) => Resolved> => {
  const { io, targets } = request;
  const filesIn = filesFinder(request);
  const environment = request.options.noConfig ? {} : environmentSettings(io.env, request.rules);
  const known = new Map<string, Resolved>();
  const byFolder = new Map<string, Resolved>();
  for (const target of targets) {
    const folder = folderOf(target, io.cwd);
    if (byFolder.has(folder)) continue;
    const files = await filesIn(folder);
    const key = files.map(({ path }) => path).join('\0');
    const resolved = known.get(key) ?? resolveFiles(files, environment, request);
    known.set(key, resolved);
    byFolder.set(folder, resolved);
  }
  return (target) => byFolder.get(folderOf(target, io.cwd)) ?? resolveFiles([], environment, request);
};

const resolveFiles = (files: readonly Loaded[], environment: Layer, request: SettingsRequest): Resolved => {
  const rules = [...request.rules, ...new Set(files.flatMap((file) => file.rules))];
  const base = configPath(request) === undefined ? undefined : request.io.cwd;
  return resolveConfigs(files, { rules: request.rules, flags: flagsOf(request, rules), environment, base });
};

/** The configurations in force in a folder, the outermost first. */
const filesFinder = (request: SettingsRequest): ((folder: string) => Promise<readonly Loaded[]>) => {
  const { options, io, rules, places } = request;
  const load = loaderOf({ cwd: io.cwd, rules, plugins: options.plugins });
  const given = configPath(request);
  return async (folder) => {
    if (options.noConfig) return [];
    if (given !== undefined) return [await load(given)];
    const own = await loadChain(places.own(folder), load);
    const hadolint = own.length === 0 ? places.hadolint(folder) : undefined;
    return hadolint === undefined ? own : [await load(hadolint)];
  };
};

const loadChain = async (
  chain: Chain | undefined,
  load: (path: string) => Promise<Loaded>,
): Promise<readonly Loaded[]> => {
  const files: Loaded[] = [];
  for (let at = chain; at; at = at.above) {
    const file = await load(at.path);
    files.unshift(file);
    if (file.layers.some(({ root }) => root)) break;
  }
  return files;
};

const configPath = ({ options, io }: SettingsRequest): string | undefined => {
  const path = options.noConfig ? undefined : (options.config ?? io.env.IECHORLINT_CONFIG);
  return path ? resolve(io.cwd, path) : undefined;
};

const flagsOf = ({ options, io }: SettingsRequest, rules: readonly Rule[]): Flags => ({
  select: options.select,
  ignore: options.ignore,
  inputs: inputsIn(options, io),
  fixOnly: options.fixRules.length === 0 ? undefined : namesOf(options.fixRules, rules),
  also: options.also,
  // What a configuration switches off stays off.
  inlineIgnores: options.inlineIgnores ? undefined : false,
});

const namesOf = (selectors: readonly string[], rules: readonly Rule[]): ReadonlySet<string> =>
  new Set(selectors.flatMap((selector) => matching(rules, selector)).map(({ name }) => name));

const noticesOf = (file: Loaded, request: SettingsRequest): readonly string[] => {
  const lines = [...file.notices];
  if (file.isForeign && configPath(request) === undefined)
    lines.unshift(
      `no configuration of iechorlint here, so ${file.shown} counts; \`iechorlint init --from hadolint\` writes one`,
    );
  const notLoaded = notLoadedNotice(file);
  return notLoaded === undefined ? lines : [...lines, notLoaded];
};

/** That a configuration names plugins, and they were not run. */
export const notLoadedNotice = ({ shown, notLoaded }: Loaded): string | undefined =>
  notLoaded.length === 0
    ? undefined
    : `${shown}: ${notLoaded.join(', ')} ${notLoaded.length === 1 ? 'is a plugin' : 'are plugins'} and thus code, and not loaded; add --plugins to run it`;
