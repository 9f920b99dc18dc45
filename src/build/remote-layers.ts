import type { Layer } from '../oci/image.ts';
import type { CacheEntry } from './store.ts';

/** What other machines have made of the same steps. */
export interface RemoteLayers {
  /** What a step of that key has made; its layer need not be in the store. */
  readonly entry: (key: string) => CacheEntry | undefined;
  /** Takes layers into the store that are not there, and gives them as they are there. Throws ImageError where one is lost. */
  readonly bring: (layers: readonly Layer[]) => Promise<readonly Layer[]>;
}

/** A step that a build has come by, under every key that is known for it. */
export interface StepRecord {
  readonly keys: readonly string[];
  readonly layer: Layer;
  readonly created: string;
}
