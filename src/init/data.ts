import { parseJson } from '../config/json.ts';
import { parseToml } from '../config/toml.ts';
import type { ConfigNode } from '../config/tree.ts';
import type { Folder } from './folder.ts';

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
