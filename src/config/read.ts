import type { Rule } from '../lint/index.ts';
import { lineIndexOf } from '../source/text.ts';
import { ConfigError } from './error.ts';
import type { Config } from './model.ts';
import { configReader } from './schema.ts';
import { type ConfigNode, entryOf, isEmpty, type Mistake, type ParsedConfig } from './tree.ts';

/** A configuration file's text, and what to call it. */
export interface ConfigText {
  readonly shown: string;
  readonly text: string;
}

/** What the file holds, by the ending of its name; of a package.json what stands under `iechorlint`. */
export const parseConfig = async (file: ConfigText): Promise<ConfigNode | undefined> => {
  const { root, mistakes } = await parserOf(file.shown)(file.text);
  rejectMistakes(file, mistakes);
  const own = isPackage(file.shown) ? entryOf(root, 'iechorlint')?.value : root;
  return own && isEmpty(own) ? undefined : own;
};

const isPackage = (name: string): boolean => /(^|[\\/])package\.json$/.test(name);

const parserOf =
  (name: string) =>
  async (text: string): Promise<ParsedConfig> => {
    if (/\.jsonc?$/i.test(name)) return (await import('./json.ts')).parseJson(text);
    if (/\.toml$/i.test(name)) return (await import('./toml.ts')).parseToml(text);
    return (await import('./yaml.ts')).parseYaml(text);
  };

/**
 * Reads a configuration in which these rules can be named; `lenient` where others may be, of plugins that are not
 * loaded. Throws a ConfigError with a line for each mistake.
 */
export const readConfig = (
  file: ConfigText,
  root: ConfigNode | undefined,
  rules: readonly Rule[],
  lenient: boolean,
): Config => {
  const mistakes: Mistake[] = [];
  const name = isPackage(file.shown) ? 'iechorlint' : '';
  const config = root && configReader(rules, lenient).read(root, name, (at, message) => mistakes.push({ at, message }));
  rejectMistakes(file, mistakes);
  return config ?? {};
};

/** Throws all of them, each with its line and column. */
export const rejectMistakes = (file: ConfigText, mistakes: readonly Mistake[]): void => {
  if (mistakes.length > 0) throw new ConfigError(...mistakes.map((mistake) => placed(file, mistake)));
};

const placed = ({ shown, text }: ConfigText, { at, message }: Mistake): string => {
  const { line, column } = lineIndexOf(text).positionAt(Math.min(at, text.length));
  return `${shown}:${line}:${column}: ${message}`;
};
