import { resolve } from 'node:path';
import type { Built } from '../build/execute.ts';
import type { RemoteLayers, StepRecord } from '../build/remote-layers.ts';
import type { BuildRequest } from '../build/request.ts';
import { buildWith, type Caches, type CacheTrouble, openCaches } from '../build/shared/caches.ts';
import type { LateImages } from '../build/shared/late-images.ts';
import { type CacheSource, openLocalCache, openRegistryCache, USUAL_TAG } from '../build/shared/source.ts';
import { cacheDocument, pushCache, writeLocalCache } from '../build/shared/write.ts';
import type { Store } from '../build/store.ts';
import { ImageError } from '../oci/error.ts';
import type { Image } from '../oci/image.ts';
import { type Access, accessTo } from '../oci/session.ts';
import type { BuildOptions } from './build-options.ts';
import type { CacheFrom, CacheTo } from './cache-options.ts';
import { fullName } from './image-names.ts';
import type { Io } from './io.ts';
import { say } from './say.ts';
import { codeOf, reasonOf } from './system-error.ts';

/** A build with caches of other machines. */
export interface SharedBuild {
  readonly build: (
    execute: (more: Pick<BuildRequest, 'remote' | 'record'>) => Promise<readonly Built[]>,
  ) => Promise<readonly Built[]>;
  /** Hands the steps out that were built; whether that could be done wherever it has to be. */
  readonly handOut: (images: readonly Image[]) => Promise<boolean>;
}

type Options = Pick<BuildOptions, 'cacheFrom' | 'cacheTo' | 'noCache' | 'registries' | 'platform' | 'quiet'>;

/** Opens the caches that a build may take from; one that cannot be opened is told, and no more. */
export const sharedBuild = async (options: Options, store: Store, io: Io, late?: LateImages): Promise<SharedBuild> => {
  const { caches, lacking } = await openWanted(options, store, io, late);
  const isDamaged = () => lacking > 0 || caches.lost() > 0;
  let steps: readonly StepRecord[] = [];
  return {
    async build(execute) {
      const result = await buildWith(store, caches, (record) => execute({ remote: caches, record }));
      steps = result.steps;
      return result.built;
    },
    async handOut(images) {
      const results: boolean[] = [];
      for (const to of options.cacheTo)
        results.push(await tryToWrite(to, { store, caches, steps, images, isDamaged: isDamaged() }, options, io));
      return !results.includes(false);
    },
  };
};

/** The caches alone, to be asked what they have. */
export const cachesOf = async (options: Options, store: Store, io: Io): Promise<RemoteLayers> =>
  (await openWanted(options, store, io)).caches;

const openWanted = async (
  options: Options,
  store: Store,
  io: Io,
  late?: LateImages,
): Promise<{ readonly caches: Caches; readonly lacking: number }> => {
  const access = hasty(accessTo(options.registries, io.env));
  const wanted = options.noCache ? [] : options.cacheFrom;
  const opened = await Promise.all(wanted.map((from) => openOrWarn(from, options.platform, access, io)));
  const sources = opened.filter((source) => source !== undefined);
  const warn = ({ name, reason }: CacheTrouble) => say(io, `the cache ${name} is not used any more: ${reason}`);
  const caches = openCaches(store, sources, warn, late);
  return { caches, lacking: wanted.length - sources.length };
};

/** A cache is to save time: it is not waited for as long as an image is. */
const hasty = (access: Access): Access => ({ ...access, patience: 5_000, longestWait: 1_000 });

const openOrWarn = async (
  from: CacheFrom,
  platform: string,
  access: Access,
  io: Io,
): Promise<CacheSource | undefined> => {
  const name = from.type === 'local' ? from.folder : from.name;
  try {
    if (from.type === 'registry') return await openRegistryCache(fullName(name), platform, access);
    return openLocalCache(resolve(io.cwd, name), from.tag ?? USUAL_TAG);
  } catch (error) {
    if (!(error instanceof ImageError) && codeOf(error) === undefined) throw error;
    say(io, `the cache ${name} is not used: ${error instanceof ImageError ? error.message : reasonOf(error)}`);
    return undefined;
  }
};

interface Made {
  readonly store: Store;
  readonly caches: Caches;
  readonly steps: readonly StepRecord[];
  readonly images: readonly Image[];
  readonly isDamaged: boolean;
}

const tryToWrite = async (to: CacheTo, made: Made, options: Options, io: Io): Promise<boolean> => {
  const name = to.type === 'local' ? to.folder : to.name;
  try {
    await write(to, made, options, io);
    if (!options.quiet) say(io, `the cache ${name} is written`);
    return true;
  } catch (error) {
    if (!(error instanceof ImageError) && codeOf(error) === undefined) throw error;
    say(io, `the cache ${name} is not written: ${error instanceof ImageError ? error.message : reasonOf(error)}`);
    return to.isOptional;
  }
};

const write = (to: CacheTo, { steps, images, ...rest }: Made, { registries }: Options, io: Io): Promise<void> => {
  const { store, caches } = rest;
  const isHere = (diffId: string) => store.hasBlob(diffId) || caches.shared(diffId) !== undefined;
  const content = { ...rest, document: cacheDocument(steps, images, to.mode, isHere), form: to.form };
  if (to.type === 'local') return writeLocalCache(resolve(io.cwd, to.folder), to.tag ?? USUAL_TAG, content);
  return pushCache(fullName(to.name), accessTo(registries, io.env), content);
};
