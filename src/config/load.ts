import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, extname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Rule } from '../lint/index.ts';
import { configIn } from './discover.ts';
import { ConfigError } from './error.ts';
import { isHadolintName, readHadolint } from './hadolint.ts';
import type { Config } from './model.ts';
import { loadPlugin } from './plugins.ts';
import { type ConfigText, parseConfig, readConfig, rejectMistakes } from './read.ts';
import { entryOf, type Mistake, type ScalarNode, textsIn } from './tree.ts';

/** A configuration as it counts: first what it extends, then itself. */
export interface Loaded {
  readonly path: string;
  /** What to call it. */
  readonly shown: string;
  readonly layers: readonly Config[];
  /** The rules of its plugins. */
  readonly rules: readonly Rule[];
  /** The plugins that were left where they are. */
  readonly notLoaded: readonly string[];
  /** Whether it is another tool's. */
  readonly isForeign: boolean;
  /** The codes in it that no rule has. */
  readonly moot: readonly string[];
  /** What is worth a line. */
  readonly notices: readonly string[];
}

export interface LoadOptions {
  readonly cwd: string;
  readonly rules: readonly Rule[];
  /** Whether plugins may run. */
  readonly plugins: boolean;
}

/** Reads configurations, each once. */
export const loaderOf = (options: LoadOptions): ((path: string) => Promise<Loaded>) => {
  const known = new Map<string, Promise<Loaded>>();
  return (path) => {
    const loaded = known.get(path) ?? load(path, options, []);
    known.set(path, loaded);
    return loaded;
  };
};

const load = async (path: string, options: LoadOptions, trail: readonly string[]): Promise<Loaded> => {
  const file = fileAt(path, options);
  const root = await parseConfig(file);
  if (isHadolintName(basename(path)) || OF_USER.test(path))
    return { ...NOTHING, isForeign: true, path, shown: file.shown, ...readHadolint(file, root, options.rules) };
  const bases: Loaded[] = [];
  for (const each of textsIn(entryOf(root, 'extends')?.value)) {
    const base = baseOf(each, path, file);
    if ([...trail, path].includes(base)) throw circle([...trail, path, base], options);
    bases.push(await load(base, options, [...trail, path]));
  }
  const own = await pluginsOf(textsIn(entryOf(root, 'plugins')?.value), path, file, options);
  const rules = [...bases.flatMap((base) => base.rules), ...own.rules];
  const notLoaded = [...bases.flatMap((base) => base.notLoaded), ...own.notLoaded];
  const config = readConfig(file, root, [...options.rules, ...rules], notLoaded.length > 0);
  return {
    path,
    shown: file.shown,
    layers: [...bases.flatMap((base) => base.layers), config],
    rules,
    notLoaded,
    isForeign: false,
    moot: [],
    notices: bases.flatMap((base) => base.notices),
  };
};

/** Its other name below the home folder. */
const OF_USER = /[\\/]\.hadolint[\\/]config\.ya?ml$/;

const NOTHING = { rules: [], notLoaded: [] };

const fileAt = (path: string, { cwd }: LoadOptions): ConfigText => {
  const shown = shownFrom(cwd, path);
  try {
    return { shown, text: readFileSync(path, 'utf8').replace(/^\uFEFF/, '') };
  } catch (error) {
    throw new ConfigError(`cannot read the configuration ${shown}: ${reasonIn(error)}`);
  }
};

/** A path as people write it: from the current folder on, if it is below it. */
const shownFrom = (cwd: string, path: string): string => {
  const near = relative(cwd, path);
  const shown = near === '' || near.startsWith('..') || isAbsolute(near) ? path : near;
  return process.platform === 'win32' ? shown.replaceAll('\\', '/') : shown;
};

/** Of `ENOENT: no such file or directory, open '…'` the words. */
const reasonIn = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  return /^[A-Z]+: (.*?),/.exec(message)?.[1] ?? message;
};

const circle = (trail: readonly string[], { cwd }: LoadOptions): ConfigError => {
  const from = trail.indexOf(trail.at(-1) ?? '');
  const names = trail.slice(from).map((path) => shownFrom(cwd, path));
  return new ConfigError(`configurations extend each other in a circle: ${names.join(' → ')}`);
};

type TextNode = ScalarNode & { readonly value: string };

/** The file that an `extends` means: a path from the file's folder, or a package with a configuration in it. */
const baseOf = (node: TextNode, path: string, file: ConfigText): string => {
  const { value } = node;
  const folder = dirname(path);
  if (/^\.{1,2}([\\/]|$)/.test(value) || isAbsolute(value)) return resolve(folder, value);
  const place = packagePlace(value, folder);
  const name = place !== undefined && extname(place) === '' ? configIn(place) : undefined;
  if (place !== undefined && extname(place) !== '') return place;
  if (place !== undefined && name !== undefined) return join(place, name);
  const message =
    place === undefined
      ? `\`extends\`: there is no package \`${value}\`; a path begins with ./ or ../`
      : `\`extends\`: the package \`${value}\` has no configuration (.iechorlint.yaml or another of its names)`;
  return reject(file, { at: node.at, message });
};

const reject = (file: ConfigText, mistake: Mistake): never => {
  rejectMistakes(file, [mistake]);
  throw new ConfigError(mistake.message);
};

/** The folder of a package, or a file in it, as Node looks for them; nothing of the package is run. */
const packagePlace = (name: string, folder: string): string | undefined => {
  const [, owner = ''] = /^((?:@[^/]+\/)?[^/]+)/.exec(name) ?? [];
  for (const above of createRequire(join(folder, 'x')).resolve.paths(name) ?? []) {
    if (existsSync(join(above, owner))) return join(above, name);
  }
  return undefined;
};

const pluginsOf = async (
  nodes: readonly TextNode[],
  path: string,
  file: ConfigText,
  options: LoadOptions,
): Promise<{ rules: readonly Rule[]; notLoaded: readonly string[] }> => {
  if (!options.plugins) return { rules: [], notLoaded: nodes.map(({ value }) => value) };
  const rules: Rule[] = [];
  for (const { value, at } of nodes) {
    const found = await loadPlugin(value, dirname(path), [...options.rules, ...rules]);
    if (typeof found === 'string') return reject(file, { at, message: `\`plugins\`: ${found}` });
    rules.push(...found);
  }
  return { rules, notLoaded: [] };
};
