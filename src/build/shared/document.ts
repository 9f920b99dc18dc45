import { jsonIn } from '../../oci/documents.ts';
import { ImageError } from '../../oci/error.ts';
import type { Layer } from '../../oci/image.ts';
import { entryOf } from '../step-layer.ts';
import type { CacheEntry } from '../store.ts';

/** Types of a shared cache, which is kept as an image is: its layers, and a configuration that says which step made which. */
export const CACHE_MEDIA = {
  artifact: 'application/vnd.iechorlint.cache.v1',
  config: 'application/vnd.iechorlint.cacheconfig.v1+json',
} as const;

/** What the configuration of a shared cache says. Keys are digests, and tell nothing of what they were made of. */
export interface CacheDocument {
  /** In the order of the manifest. */
  readonly layers: readonly Layer[];
  /** Layers that it does not hold: as long as nobody needs them, it is enough to know which they are. */
  readonly known: readonly Layer[];
  readonly steps: readonly CachedStep[];
}

/** The number of a layer among those that it holds, or behind them, and when it was made. */
type CachedStep = readonly [key: string, layer: number, created: string];

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const isLayer = (value: unknown): value is Layer =>
  isObject(value) &&
  typeof value.diffId === 'string' &&
  /^sha256:[0-9a-f]{64}$/.test(value.diffId) &&
  Number.isSafeInteger(value.size) &&
  Number(value.size) >= 0;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

const isStep = (value: unknown): value is CachedStep =>
  Array.isArray(value) &&
  /^[0-9a-f]{64}$/.test(String(value[0])) &&
  Number.isSafeInteger(value[1]) &&
  typeof value[2] === 'string' &&
  TIME.test(value[2]);

const isDocument = (value: unknown): value is CacheDocument =>
  isObject(value) &&
  Array.isArray(value.layers) &&
  value.layers.every(isLayer) &&
  Array.isArray(value.known) &&
  value.known.every(isLayer) &&
  Array.isArray(value.steps) &&
  value.steps.every(isStep);

/** Throws ImageError where it is not for as many layers, or none of ours. */
export const cacheDocumentIn = (bytes: Uint8Array, layers: number): CacheDocument => {
  const found = jsonIn(bytes);
  if (!isDocument(found) || found.layers.length !== layers)
    throw new ImageError('what it says of its steps is not as it has to be');
  return found;
};

/** Of a layer that several steps have made. */
const MOST_KEYS = 8;

/** What each step has made, by its key. */
export const entriesOf = ({ layers, known, steps }: CacheDocument): ReadonlyMap<string, CacheEntry> => {
  const keys = new Map<number, string[]>();
  for (const [key, at] of steps) {
    const known = keys.get(at) ?? [];
    keys.set(at, known);
    if (known.length < MOST_KEYS) known.push(key);
  }
  const all = [...layers, ...known];
  return new Map(
    steps.flatMap(([key, at, created]) => {
      const layer = all[at];
      return layer ? [[key, entryOf(keys.get(at) ?? [], layer, created)] as const] : [];
    }),
  );
};
