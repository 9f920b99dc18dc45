import { resolve } from 'node:path';
import type { Material } from '../build/attest/provenance.ts';
import { copyEntries, digestOfSources, noFiles, writeLayer } from '../build/copy.ts';
import type { FileTree } from '../build/files.ts';
import type { LaidImage } from '../build/import.ts';
import { masked } from '../build/masked-url.ts';
import type { Store } from '../build/store.ts';
import { isWebAddress } from '../build/web-address.ts';
import { ConfigError } from '../config/error.ts';
import { reachedFrom, targetOf } from '../model/stages.ts';
import { ImageError } from '../oci/error.ts';
import { append, digestOf, emptyImage, hexOf, type Image, imageIdOf } from '../oci/image.ts';
import { imageUrl } from '../oci/package-url.ts';
import { platformOf } from '../oci/platform.ts';
import { type BuildInput, datedTime, folderContext, MAY_BE_ELSEWHERE, warningOf } from './build-input.ts';
import type { BuildOptions } from './build-options.ts';
import { commitTimeOf } from './build-time.ts';
import type { PlatformBuild } from './buildable.ts';
import { fullName, shortName } from './image-names.ts';
import type { Io } from './io.ts';
import { onceEach } from './once.ts';
import { statOf } from './places.ts';

/** What `--build-context NAME=…` gives; `NAME::PLATFORM=…` is for one platform alone. */
export interface NamedContexts {
  /** Files to copy from; what comes from elsewhere is fetched when it is first asked for. Throws ConfigError. */
  folder(name: string, platform: string): Promise<FileTree | undefined>;
  /** What the name means as an image: another name, or an image; undefined where nothing is given. */
  image(name: string, platform: string): Promise<Image | string | undefined>;
  /** Where what was taken under the name is from: a material, or the name of an image; undefined where it is from here. */
  origin(name: string, platform: string): Material | string | undefined;
  /** When the files of the name are of, in seconds since 1970. */
  dated(name: string, platform: string): Promise<number | undefined>;
  /** Whether something is given for the name. */
  has(name: string, platform: string): boolean;
  /** Keeps what was learnt about the folders for the next build. */
  save(): void;
}

type Folder = Pick<BuildInput, 'context' | 'save' | 'origin' | 'dated' | 'committed'>;

/** What comes from elsewhere goes into `fetching`. Throws ConfigError where a folder is not there. */
export const namedContexts = async (
  options: BuildOptions,
  io: Io,
  store: Store,
  fetching = store,
): Promise<NamedContexts> => {
  const given = givenIn(options);
  const folders = new Map<string, Folder | undefined>();
  const images = new Map<string, Material | string>();
  const keyOf = ({ key }: GivenContext) => key;
  const open = onceEach(keyOf, async (each: GivenContext) => {
    const folder = await folderAt(each, options, io, store, fetching);
    folders.set(each.key, folder);
    return folder;
  });
  const originOf = (key: string) => folders.get(key)?.origin ?? images.get(key);
  const folderOf = async (each: GivenContext | undefined) => each && open(each);
  for (const each of given.all) if (!MAY_BE_ELSEWHERE.test(each.value)) await open(each);
  return {
    folder: async (name, platform) => (await folderOf(given.find(name, platform)))?.context,
    async image(name, platform) {
      const each = given.find(name, platform);
      const folder = await folderOf(each);
      if (!each || folder) return folder && imageOfFolder(folder.context, platform, store);
      const image = await imageAt(each, platform, io, store);
      images.set(each.key, typeof image === 'string' ? image : keptMaterial(image, each.key, platform));
      return image;
    },
    origin: (name, platform) => originOf(given.find(name, platform)?.key ?? ''),
    dated: async (name, platform) => datedTime(await folderOf(given.find(name, platform))),
    has: (name, platform) => given.find(name, platform) !== undefined,
    save() {
      for (const folder of folders.values()) folder?.save();
    },
  };
};

/** One `--build-context`; its key is the same for all ways to write its name. */
interface GivenContext {
  readonly key: string;
  readonly value: string;
}

/** All that is given, and what is meant by a name for a platform. */
const givenIn = ({ contexts }: BuildOptions) => {
  const all = new Map(Array.from(contexts, ([name, value]) => [contextKey(name), { key: contextKey(name), value }]));
  return {
    all: [...all.values()],
    find: (name: string, platform: string): GivenContext | undefined =>
      all.get(contextKey(`${name}::${platform}`)) ?? all.get(contextKey(name)),
  };
};

/** Fetches what the stages that are built name, before anything is run. Throws ConfigError. */
export const fetchNeeded = async (contexts: NamedContexts, builds: readonly PlatformBuild[]): Promise<void> => {
  const names = builds.flatMap(({ valid, inputs, options: { platform } }) => {
    const target = targetOf(valid.stages, inputs.target);
    const references = [...(target ? reachedFrom(target) : [])].flatMap((stage) => stage.references);
    return references.flatMap(({ text }) => (text === undefined ? [] : [{ text, platform }]));
  });
  await Promise.all(names.map(({ text, platform }) => contexts.folder(text, platform)));
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

/** A folder of this machine, the files of a commit, or one file of an address; undefined for an image. */
const folderAt = async (
  { key, value }: GivenContext,
  options: BuildOptions,
  io: Io,
  store: Store,
  fetching: Store,
): Promise<Folder | undefined> => {
  const fetched = MAY_BE_ELSEWHERE.test(value) ? await filesFrom(value, options, io, fetching) : undefined;
  if (fetched || ADDRESS.test(value)) return fetched;
  const path = resolve(io.cwd, value);
  if (!statOf(path)?.isDirectory()) throw new ConfigError(`--build-context ${key}=${value}: there is no such folder`);
  const committed = () => commitTimeOf(path, undefined, io.env);
  return { committed, ...folderContext(path, undefined, store, warningOf(options, io)) };
};

const filesFrom = async (value: string, options: BuildOptions, io: Io, store: Store): Promise<Folder | undefined> => {
  const { contextFromRepository, repositoryIn } = await import('./git-input.ts');
  const repository = repositoryIn(value, io.cwd);
  if (repository) return contextFromRepository(repository, options, io, store);
  return isWebAddress(value)
    ? (await import('./web-input.ts')).contextFromAddress(value, options, io, store)
    : undefined;
};

const ADDRESS = /^[a-z-]+:\/\//;

/** An image of a layout as others are told of it. */
const keptMaterial = (image: LaidImage, name: string, platform: string): Material => {
  const { manifest } = image;
  if (manifest === undefined)
    return { uri: imageUrl(name, platform, 'oci'), annotations: { imageId: imageIdOf(image) } };
  return { uri: imageUrl(`${name}@${manifest}`, platform, 'oci'), digest: { sha256: hexOf(manifest) } };
};

const imageAt = async (
  { key, value }: GivenContext,
  platform: string,
  io: Io,
  store: Store,
): Promise<LaidImage | string> => {
  const [, kind, place = ''] = /^([a-z-]+):\/\/(.*)$/s.exec(value) ?? [];
  if (kind === 'docker-image') return place;
  if (kind === 'oci-layout' || kind === 'oci-archive' || kind === 'docker-archive') {
    const [, path = '', tag, digest] = /^(.*?)(?::([^:/@]+))?(?:@(sha256:[0-9a-f]{64}))?$/s.exec(place) ?? [];
    const { importLayout } = await import('../build/import.ts');
    const full = resolve(io.cwd, path);
    if (!statOf(full)) throw new ConfigError(`--build-context ${key}=${value}: there is no ${path}`);
    return importLayout(store, full, { tag, digest }, platform);
  }
  throw new ImageError(
    `--build-context ${key}=${masked(value)}: what can be given is a folder, a repository such as https://HOST/NAME.git#REF, another address, oci-layout://FOLDER[:TAG][@DIGEST], oci-archive://FILE, docker-archive://FILE or docker-image://NAME`,
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
