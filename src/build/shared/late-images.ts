import type { Image, Layer } from '../../oci/image.ts';
import type { Store } from '../store.ts';

/** Base images whose layers are fetched when one of them is needed, which may be never. */
export interface LateImages {
  /** `fetch` is called once at most. */
  readonly add: (image: Image, fetch: () => Promise<unknown>) => void;
  readonly bring: (layers: readonly Layer[]) => Promise<void>;
}

export const lateImages = (store: Store): LateImages => {
  const late: { readonly diffIds: ReadonlySet<string>; readonly fetched: () => Promise<unknown> }[] = [];
  return {
    add(image, fetch) {
      let fetched: Promise<unknown> | undefined;
      const once = () => {
        fetched ??= fetch();
        return fetched;
      };
      late.push({ diffIds: new Set(image.layers.map(({ diffId }) => diffId)), fetched: once });
    },
    async bring(layers) {
      const missing = layers.filter(({ diffId }) => !store.hasBlob(diffId));
      const needed = late.filter(({ diffIds }) => missing.some(({ diffId }) => diffIds.has(diffId)));
      for (const { fetched } of needed) await fetched();
    },
  };
};
