import { basename, dirname, isAbsolute, relative } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import type { LintConfig, Rule } from '../lint/index.ts';
import { type Flags, type Layer, lastOf, lintConfigOf } from './apply.ts';
import type { Loaded } from './load.ts';
import type { Config, FailOn, Override } from './model.ts';

/** How one file is linted. */
export interface FileSettings {
  readonly config: LintConfig;
  readonly failOn: FailOn | undefined;
}

/** The settings of every file that the same configurations are in force for. */
export interface Resolved {
  readonly rules: readonly Rule[];
  /** The configurations, the nearest last. */
  readonly files: readonly Loaded[];
  settingsOf(path: string): FileSettings;
  /** The layers that count for a file, in the order in which they outrank each other. */
  layersOf(path: string): readonly Layer[];
  isIgnored(path: string): boolean;
}

export interface ResolveOptions {
  readonly rules: readonly Rule[];
  readonly flags: Flags;
  /** What the environment says; every file outranks it. */
  readonly environment: Layer;
  /** From where patterns count, if not from the folder of their file. */
  readonly base: string | undefined;
}

/** Puts configurations together, the outermost first. Files that the same overrides match share their settings. */
export const resolveConfigs = (files: readonly Loaded[], options: ResolveOptions): Resolved => {
  const rules = [...options.rules, ...new Set(files.flatMap((file) => file.rules))];
  const parts = files
    .flatMap((file) => file.layers.map((config) => ({ config, base: options.base ?? dirname(file.path) })))
    .map(({ config, base }, index) => partOf(config, base, index));
  const known = new Map<string, FileSettings>();
  const layersOf = (matched: Matched): readonly Layer[] => [
    options.environment,
    ...parts.flatMap(({ config, overrides }) => [
      config,
      ...overrides.filter((each) => matched.includes(each)).map(({ settings }) => settings),
    ]),
  ];
  const settle = (matched: Matched): FileSettings => {
    const layers = layersOf(matched);
    const { known: all, ...config } = lintConfigOf(rules, layers, options.flags);
    const isComplete = files.every(({ notLoaded }) => notLoaded.length === 0);
    // A comment may name a rule of a plugin that was not loaded.
    return { config: isComplete && all ? { ...config, known: all } : config, failOn: lastOf(layers, 'fail-on') };
  };
  return {
    rules,
    files,
    layersOf: (path) => layersOf(matchedIn(parts, path)),
    settingsOf(path) {
      const matched = matchedIn(parts, path);
      const key = matched.map(({ id }) => id).join();
      const settings = known.get(key) ?? settle(matched);
      known.set(key, settings);
      return settings;
    },
    isIgnored: (path) => parts.some(({ ignored, within }) => ignored?.ignores(within(path))),
  };
};

/** Some files' settings, with the patterns ready; `id` is their place in their file. */
interface Choosy {
  readonly id: string;
  readonly settings: Override;
  readonly files: Ignore;
}

type Matched = readonly Choosy[];

const matchedIn = (parts: readonly Part[], path: string): Matched =>
  parts.flatMap(({ overrides, within }) =>
    overrides.length === 0 ? [] : overrides.filter(({ files }) => files.ignores(within(path))),
  );

interface Part {
  readonly config: Config;
  readonly overrides: readonly Choosy[];
  readonly ignored: Ignore | undefined;
  /** A path as the patterns see it. */
  readonly within: (path: string) => string;
}

const partOf = (config: Config, base: string, index: number): Part => ({
  config,
  overrides: (config.overrides ?? []).map((settings, at) => ({
    id: `${index}.${at}`,
    settings,
    files: patternsOf(settings.files),
  })),
  ignored: config.ignore && patternsOf(config.ignore),
  within: (path) => nameFrom(base, path),
});

/** The path as patterns see it; of what is not below the folder its name alone. */
const nameFrom = (base: string, path: string): string => {
  // The usual case, without the cost of the general one.
  if (path.startsWith(base) && path[base.length] === '/') return path.slice(base.length + 1);
  const near = relative(base, path);
  return near === '' || near.startsWith('..') || isAbsolute(near) ? basename(path) : near.replaceAll('\\', '/');
};

const ignorecase = process.platform === 'win32' || process.platform === 'darwin';

const patternsOf = (patterns: readonly string[] = []): Ignore => ignore({ ignorecase }).add(patterns);
