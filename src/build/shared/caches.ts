import { ImageError } from '../../oci/error.ts';
import type { Digest, Layer } from '../../oci/image.ts';
import { severalAtOnce } from '../at-once.ts';
import type { Built } from '../execute.ts';
import { importLayer } from '../import.ts';
import { rememberOrigin } from '../origins.ts';
import type { RemoteLayers, StepRecord } from '../remote-layers.ts';
import { endSteps } from '../sandbox/children.ts';
import { entryOf } from '../step-layer.ts';
import type { Store } from '../store.ts';
import { type LateImages, lateImages } from './late-images.ts';
import type { CacheSource, SharedLayer } from './source.ts';

/** Caches of other machines, those that turn out to be bad taken away. */
export interface Caches extends RemoteLayers {
  /** How many times a promise could not be kept. */
  readonly lost: () => number;
  /** A layer as a cache has it. */
  readonly shared: (diffId: Digest) => SharedLayer | undefined;
}

export interface CacheTrouble {
  readonly name: string;
  readonly reason: string;
}

type Warn = (trouble: CacheTrouble) => void;

/** `warn` is told of each cache that is given up. */
export const openCaches = (
  store: Store,
  sources: readonly CacheSource[],
  warn: Warn,
  bases: LateImages = lateImages(store),
): Caches => {
  const holders = openHolders(store, sources, warn);
  const coming = new Map<Digest, Promise<void>>();
  const bringOne = (diffId: Digest): Promise<void> => {
    const known = coming.get(diffId) ?? holders.take(diffId);
    coming.set(diffId, known);
    return known;
  };
  return {
    entry(key) {
      for (const source of sources) {
        const entry = source.entries.get(key);
        if (entry?.layer && holders.isUsable(source, entry.layer)) return entry;
      }
      return undefined;
    },
    async bring(layers) {
      await bases.bring(layers);
      const missing = layers.filter(({ diffId }) => !store.hasBlob(diffId) && sources.some(has(diffId)));
      await severalAtOnce(missing, ({ diffId }) => bringOne(diffId));
      return layers.map(({ diffId, size }) => ({
        diffId,
        size: store.hasBlob(diffId) ? store.blobSize(diffId) : size,
      }));
    },
    lost: holders.lost,
    shared: holders.shared,
  };
};

/** Who has which layer, as far as their promises have been kept. */
interface Holders extends Pick<Caches, 'lost' | 'shared'> {
  readonly take: (diffId: Digest) => Promise<void>;
  /** One that is here must be what the cache says of it, and another must be one that can come. */
  readonly isUsable: (source: CacheSource, layer: Layer) => boolean;
}

const openHolders = (store: Store, sources: readonly CacheSource[], warn: Warn): Holders => {
  const good = new Set(sources);
  // Layers that nobody holds do until one of them is needed.
  let trustsKnown = true;
  const holdersOf = (diffId: Digest) => [...good].filter(({ layers }) => layers.has(diffId));
  return {
    async take(diffId) {
      for (const source of holdersOf(diffId)) {
        const layer = source.layers.get(diffId);
        if (!layer) continue;
        try {
          return await takeLayer(store, layer);
        } catch (error) {
          if (!(error instanceof ImageError)) throw error;
          if (good.delete(source)) warn({ name: source.name, reason: error.message });
        }
      }
      trustsKnown &&= !sources.some(({ known }) => known.has(diffId));
      throw new ImageError(`no cache has the layer ${diffId}`);
    },
    isUsable(source, { diffId, size }) {
      if (!good.has(source)) return false;
      if (store.hasBlob(diffId)) return store.blobSize(diffId) === size;
      return source.layers.has(diffId) || (trustsKnown && source.known.has(diffId));
    },
    lost: () => sources.length - good.size + Number(!trustsKnown),
    shared: (diffId) => holdersOf(diffId)[0]?.layers.get(diffId),
  };
};

const has =
  (diffId: Digest) =>
  ({ layers, known }: CacheSource): boolean =>
    layers.has(diffId) || known.has(diffId);

const takeLayer = async (store: Store, { diffId, size, descriptor, origin, open }: SharedLayer): Promise<void> => {
  const isNew = !store.hasBlob(diffId);
  await importLayer(store, { name: descriptor.digest, open }, diffId, size);
  if (origin && isNew) rememberOrigin(store, diffId, { ...origin, descriptor });
};

/** Builds until no cache is given up on the way: what one had promised is then made here. */
export const buildWith = async (
  store: Store,
  caches: Caches,
  build: (record: (step: StepRecord) => void) => Promise<readonly Built[]>,
): Promise<{ readonly built: readonly Built[]; readonly steps: readonly StepRecord[] }> => {
  for (;;) {
    const lost = caches.lost();
    const steps: StepRecord[] = [];
    try {
      const built = await build((step) => steps.push(step));
      for (const step of steps) rememberStep(store, step);
      return { built, steps };
    } catch (error) {
      if (caches.lost() === lost) throw error;
      // A build that fails ends its steps, and the next one must not find one that is about to end.
      await endSteps();
    }
  }
};

const rememberStep = (store: Store, { keys, layer, created }: StepRecord): void => {
  if (!store.hasBlob(layer.diffId)) return;
  for (const key of keys) if (!store.cached(key)) store.remember(key, entryOf(keys, layer, created));
};
