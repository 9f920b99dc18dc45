import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { copyEntries, digestOfSources, noFiles, writeLayer } from '../build/copy.ts';
import type { FileTree } from '../build/files.ts';
import type { Store } from '../build/store.ts';
import { ConfigError } from '../config/error.ts';
import { ImageError } from '../oci/error.ts';
import { append, digestOf, emptyImage, hexOf, type Image } from '../oci/image.ts';
import { platformOf } from '../oci/platform.ts';
import { folderContext, MAY_BE_REPOSITORY, warningOf } from './build-input.ts';
import type { BuildOptions } from './build-options.ts';
import { fullName, shortName } from './image-names.ts';
import type { Io } from './io.ts';

/** What `--build-context NAME=…` gives; `NAME::PLATFORM=…` is for one platform alone. */
export interface NamedContexts {
  /** A folder, to copy from. */
  folder(name: string, platform: string): FileTree | undefined;
  /** What the name means as an image: another name, or an image; undefined where nothing is given. */
  image(name: string, platform: string): Promise<Image | string | undefined>;
  /** Keeps what was learnt about the folders for the next build. */
  save(): void;
}

type Folder = ReturnType<typeof folderContext>;

/** Throws ConfigError where a folder or a repository is not there. */
export const namedContexts = async (options: BuildOptions, io: Io, store: Store): Promise<NamedContexts> => {
  const folders = new Map<string, Folder>();
  const given = new Map(Array.from(options.contexts, ([name, value]) => [contextKey(name), value]));
  const repositories = new Map<string, Folder>();
  for (const [name, value] of given) {
    const files = MAY_BE_REPOSITORY.test(value) ? await filesOfRepository(value, options, io, store) : undefined;
    if (files) repositories.set(name, files);
  }
  const folderOf = (name: string): Folder | undefined => {
    const value = given.get(name);
    const repository = repositories.get(name);
    if (value === undefined || repository || ADDRESS.test(value)) return repository;
    const path = resolve(io.cwd, value);
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
      throw new ConfigError(`--build-context ${name}=${value}: there is no such folder`);
    const known = folders.get(path) ?? folderContext(path, undefined, store, warningOf(options, io));
    folders.set(path, known);
    return known;
  };
  for (const name of given.keys()) folderOf(name);
  const nameFor = (name: string, platform: string): string => {
    const own = contextKey(`${name}::${platform}`);
    return given.has(own) ? own : contextKey(name);
  };
  return {
    folder: (name, platform) => folderOf(nameFor(name, platform))?.context,
    async image(text, platform) {
      const name = nameFor(text, platform);
      const value = given.get(name);
      if (value === undefined) return undefined;
      const folder = folderOf(name);
      return folder ? imageOfFolder(folder.context, platform, store) : imageAt(value, name, platform, io, store);
    },
    save() {
      for (const { save } of [...folders.values(), ...repositories.values()]) save();
    },
  };
};

/** One for all ways to write a name: `docker.io/library/alpine:latest` is `alpine`. */
const contextKey = (text: string): string => {
  const [name = '', platform] = text.split('::');
  const key = nameKey(name);
  return platform === undefined ? key : `${key}::${platform}`;
};

const nameKey = (name: string): string => {
  try {
    return shortName(fullName(name)).replace(/:latest$/, '');
  } catch {
    return name.toLowerCase();
  }
};

const filesOfRepository = async (
  value: string,
  options: BuildOptions,
  io: Io,
  store: Store,
): Promise<Folder | undefined> => {
  const { contextFromRepository, repositoryIn } = await import('./git-input.ts');
  const address = repositoryIn(value, io.cwd);
  return address && contextFromRepository(address, options, io, store);
};

const ADDRESS = /^[a-z-]+:\/\//;

const imageAt = async (
  value: string,
  name: string,
  platform: string,
  io: Io,
  store: Store,
): Promise<Image | string> => {
  const [, kind, place = ''] = /^([a-z-]+):\/\/(.*)$/s.exec(value) ?? [];
  if (kind === 'docker-image') return place;
  if (kind === 'oci-layout' || kind === 'oci-archive' || kind === 'docker-archive') {
    const [path = '', tag] = place.split(/:(?=[^/]*$)/);
    return (await import('../build/import.ts')).importLayout(store, resolve(io.cwd, path), tag, platform);
  }
  throw new ImageError(
    `--build-context ${name}=${value}: what can be given is a folder, a repository such as https://HOST/NAME.git#REF, oci-layout://FOLDER[:TAG], oci-archive://FILE, docker-archive://FILE or docker-image://NAME`,
  );
};

/** A folder as an image of one layer. */
const imageOfFolder = (tree: FileTree, platform: string, store: Store): Image => {
  const sources = tree.find('/', {});
  const key = hexOf(digestOf(`folder ${digestOfSources(sources)}`));
  const request = { sources, destination: '/', tree: noFiles, owner: undefined, mode: undefined, mtime: 0 };
  const entries = copyEntries({ ...request, followsLinks: true });
  if (typeof entries === 'string') throw new ImageError(entries);
  const layer = store.cached(key)?.layer ?? writeLayer(store, entries);
  const created = '1970-01-01T00:00:00Z';
  store.remember(key, { layer, created });
  return append(emptyImage(platformOf(platform)), layer, { created, created_by: 'a folder that was given by name' });
};
