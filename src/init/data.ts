import { parseJson } from '../config/json.ts';
import { parseToml } from '../config/toml.ts';
import type { ConfigNode, ParsedConfig } from '../config/tree.ts';
import { type Folder, has } from './folder.ts';

/** What a JSON file of the project holds; undefined where it is not there or no JSON. */
export const jsonIn = (folder: Folder, path: string): ConfigNode | undefined => {
  const text = folder.text(path);
  return text === undefined ? undefined : parseJson(text).root;
};

/** What a TOML file of the project holds; undefined where it is not there or no TOML. */
export const tomlIn = (folder: Folder, path: string): ConfigNode | undefined => {
  const text = folder.text(path);
  return text === undefined ? undefined : parseToml(text).root;
};

const MANIFESTS: readonly (readonly [name: string, parse: (text: string) => ParsedConfig])[] = [
  ['package.json', parseJson],
  ['composer.json', parseJson],
  ['pyproject.toml', parseToml],
  ['Cargo.toml', parseToml],
];

/** What keeps the files that say what a project is from being read, as sentences. */
export const flawsIn = (folder: Folder): readonly string[] =>
  MANIFESTS.flatMap(([name, parse]) => {
    const text = has(folder, name) ? folder.text(name) : '';
    if (text === undefined) return [`${name} is no file that can be read`];
    const [mistake] = parse(text).mistakes;
    if (!mistake) return [];
    const line = text.slice(0, mistake.at).split('\n').length;
    return [`${name}:${line}: ${mistake.message}`];
  });

/** What stands under the keys, one in the other. */
export const fieldOf = (node: ConfigNode | undefined, ...keys: readonly string[]): ConfigNode | undefined => {
  let found = node;
  for (const key of keys)
    found = found?.kind === 'map' ? found.entries.find((entry) => entry.key === key)?.value : undefined;
  return found;
};

export const textAt = (node: ConfigNode | undefined, ...keys: readonly string[]): string | undefined => {
  const found = fieldOf(node, ...keys);
  return found?.kind === 'scalar' && typeof found.value === 'string' ? found.value : undefined;
};

/** The texts of a list. */
export const textsAt = (node: ConfigNode | undefined, ...keys: readonly string[]): readonly string[] => {
  const found = fieldOf(node, ...keys);
  if (found?.kind !== 'list') return [];
  return found.items.flatMap((item) => (item.kind === 'scalar' && typeof item.value === 'string' ? [item.value] : []));
};

export const keysAt = (node: ConfigNode | undefined, ...keys: readonly string[]): readonly string[] => {
  const found = fieldOf(node, ...keys);
  return found?.kind === 'map' ? found.entries.map(({ key }) => key) : [];
};
