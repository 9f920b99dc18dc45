import type { Material } from '../build/attest/provenance.ts';
import { type Download, type DownloadWish, download } from '../build/download.ts';
import { masked } from '../build/masked-url.ts';
import type { Store } from '../build/store.ts';
import { fileOf, folderOfOne, layerOf, longerThan, newestIn } from '../build/web-context.ts';
import { ConfigError } from '../config/error.ts';
import type { Layer } from '../oci/image.ts';
import { archiveInput, asInput, documentOf, NO_FILES } from './archive-input.ts';
import { type BuildInput, type BuiltFile, warningOf } from './build-input.ts';
import type { BuildOptions } from './build-options.ts';
import type { Io } from './io.ts';
import { MAX_FILE_SIZE } from './lint-options.ts';
import { patiently } from './patience.ts';

/** The files of an archive that an address gives, or the file to build alone. Throws ConfigError. */
export const inputFromAddress = async (
  address: string,
  options: BuildOptions,
  io: Io,
  store: Store,
): Promise<BuildInput> => {
  const [url = '', fragment] = address.split(/#(.*)/s);
  if (fragment !== undefined && !fragment.startsWith(':'))
    throw new ConfigError(
      `#${fragment} means nothing in ${masked(url)}: #:FOLDER is a folder of an archive, and a repository's address ends in .git`,
    );
  const file = await told(fetched(url, store, fileWish()), url, options, io);
  const layer = await unpacked(file, url, store);
  const { lastModified } = file;
  const origin = originOf(file, url);
  if (layer) {
    const input = await archiveInput(layer, fragment?.slice(1) ?? '', masked(url), options, io, store);
    return { ...input, dated: () => lastModified ?? input.dated?.(), origin };
  }
  const document = documentOf(fileOf(file, ''), placeOf(url));
  if (fragment) throw new ConfigError(`${masked(url)} is a file to build, which has no folder ${fragment.slice(1)}`);
  if (options.file !== undefined)
    warningOf(options, io)(`${masked(url)} is the file to build, and -f ${masked(options.file)} does not count`);
  return { document, context: NO_FILES, dated: () => lastModified, origin, save: () => {} };
};

/** What an address gives as a folder of one file, as BuildKit has it. Throws ConfigError. */
export const contextFromAddress = async (
  url: string,
  options: BuildOptions,
  io: Io,
  store: Store,
): Promise<Pick<BuildInput, 'context' | 'save' | 'dated' | 'origin'>> => {
  const file = await told(fetched(url, store), url, options, io);
  const absence = `: ${masked(url)} gives one file, whose name is ${ONLY_NAME} there`;
  return {
    context: { ...folderOfOne(ONLY_NAME, file), absence },
    async dated() {
      const layer = file.lastModified === undefined ? await unpacked(file, url, store) : undefined;
      return layer ? newestIn(store, layer) : file.lastModified;
    },
    origin: originOf(file, url),
    save: () => {},
  };
};

const ONLY_NAME = 'context';

/** The file to build that `-f` names by an address. Throws ConfigError. */
export const fileOfAddress = async (url: string, options: BuildOptions, io: Io, store: Store): Promise<BuiltFile> => {
  const file = await told(fetched(url, store, fileWish()), url, options, io);
  if (await unpacked(file, url, store))
    throw new ConfigError(`-f ${masked(url)} is an archive, and no file to build: give it as the context`);
  return { document: documentOf(fileOf(file, ''), placeOf(url)), source: originOf(file, url) };
};

/** No file to build is longer. */
const fileWish = (): DownloadWish => ({ refusal: longerThan(MAX_FILE_SIZE) });

/** Throws ConfigError. */
export const fetched = async (url: string, store: Store, wish: DownloadWish = {}): Promise<Download> => {
  if (!URL.canParse(url)) throw new ConfigError(`${masked(url)} is no address`);
  return asInput(store, masked(url), () => download(store, url, wish));
};

const told = <T>(action: Promise<T>, url: string, options: BuildOptions, io: Io): Promise<T> =>
  patiently(action, `fetching ${masked(url)}`, warningOf(options, io));

/** The files in it, where it is an archive. Throws ConfigError. */
export const unpacked = (file: Download, url: string, store: Store): Promise<Layer | undefined> =>
  asInput(store, masked(url), () => layerOf(file, store));

/** A query may have a key in it. */
const placeOf = (url: string): string => masked(url).replace(/\?.*/s, '');

const originOf = ({ digest }: Download, url: string): Material => ({ uri: masked(url), digest: { sha256: digest } });
