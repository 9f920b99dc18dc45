import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from './error.ts';

/** The names of our configuration; in package.json it stands under `iechorlint`. */
export const CONFIG_NAMES = ['yaml', 'yml', 'json', 'jsonc', 'toml'].map((ending) => `.iechorlint.${ending}`);
export const HADOLINT_NAMES = ['.hadolint.yaml', '.hadolint.yml'];

/** The configurations in force in a folder: the nearest, and those in the folders above it. */
export interface Chain {
  readonly path: string;
  readonly above: Chain | undefined;
}

/** Where configurations stand, each folder looked at once. hadolint's is found too, for where there is none of ours. */
export interface Places {
  own(folder: string): Chain | undefined;
  hadolint(folder: string): string | undefined;
}

export const placesOf = (env: Environment): Places => ({
  own: upwards<Chain>((folder, above) => {
    const name = configIn(folder);
    return name === undefined ? above : { path: join(folder, name), above };
  }),
  hadolint: upwards<string>((folder, above) => {
    const name = HADOLINT_NAMES.find((each) => existsSync(join(folder, each)));
    if (name !== undefined) return join(folder, name);
    return dirname(folder) === folder ? hadolintOfUser(env) : above;
  }),
});

type Environment = Readonly<Record<string, string | undefined>>;

/** The configuration that hadolint has for all that a user does, where it looks for one. */
const hadolintOfUser = ({ HOME, XDG_CONFIG_HOME }: Environment): string | undefined => {
  const settings = XDG_CONFIG_HOME || (HOME && join(HOME, '.config'));
  const places = [
    ...(settings ? [join(settings, 'hadolint')] : []),
    ...(HOME ? ['.hadolint/hadolint', '.hadolint/config', '.hadolint'].map((name) => join(HOME, name)) : []),
  ];
  return places.flatMap((place) => [`${place}.yaml`, `${place}.yml`]).find((path) => existsSync(path));
};

/** What a folder has, which may be what the folder above it has; each is asked once. */
const upwards = <T>(find: (folder: string, above: T | undefined) => T | undefined) => {
  const known = new Map<string, T | undefined>();
  const at = (folder: string): T | undefined => {
    if (known.has(folder)) return known.get(folder);
    const parent = dirname(folder);
    const found = find(folder, parent === folder ? undefined : at(parent));
    known.set(folder, found);
    return found;
  };
  return at;
};

/** The name of the folder's own configuration; two are one too many. */
export const configIn = (folder: string): string | undefined => {
  const names = CONFIG_NAMES.filter((name) => existsSync(join(folder, name)));
  if (hasKey(join(folder, 'package.json'))) names.push('package.json');
  const [name, other] = names;
  if (name === undefined || other === undefined) return name;
  throw new ConfigError(`${folder} has two configurations, ${name} and ${other}; keep one of them`);
};

const hasKey = (path: string): boolean => {
  if (!existsSync(path)) return false;
  try {
    const text = readFileSync(path, 'utf8');
    return text.includes('"iechorlint"') && Object.hasOwn(JSON.parse(text), 'iechorlint');
  } catch {
    // What is no package is none of our business.
    return false;
  }
};
