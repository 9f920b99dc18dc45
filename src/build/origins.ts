import { type Descriptor, type Digest, digestOf, hexOf } from '../oci/image.ts';
import { readJson, writeWhole } from './small-files.ts';
import type { Store } from './store.ts';

/** Where a layer was pulled from, and as what: a push to that registry need not send it. */
export interface Origin {
  readonly host: string;
  readonly path: string;
  readonly descriptor: Descriptor;
}

const MOST_ORIGINS = 8;

export const originsOf = (store: Store, diffId: Digest): readonly Origin[] =>
  readJson<readonly Origin[]>(store.path('origins', hexOf(diffId))) ?? [];

/** Whether a layer has been seen to be the blob of a descriptor. */
export const isKnownAs = (store: Store, diffId: Digest, { digest, size }: Descriptor): boolean =>
  originsOf(store, diffId).some(({ descriptor }) => descriptor.digest === digest && descriptor.size === size);

/** Only of what has been seen to be that layer: a push takes the descriptor as it is. */
export const rememberOrigin = (store: Store, diffId: Digest, origin: Origin): void => {
  const known = originsOf(store, diffId);
  const isKnown = ({ host, path, descriptor }: Origin) =>
    host === origin.host && path === origin.path && descriptor.digest === origin.descriptor.digest;
  if (known.some(isKnown)) return;
  writeWhole(store.path('origins', hexOf(diffId)), JSON.stringify([origin, ...known].slice(0, MOST_ORIGINS)));
};

/** What a name stood for in its registry when it was pulled. */
export interface Pulled {
  readonly id: Digest;
  /** Of the manifest, or of the index of several platforms. */
  readonly digest: Digest;
}

/** A name may have images for several platforms. */
const pulledPath = (store: Store, name: string, id: Digest): string =>
  store.path('pulled', hexOf(digestOf(`${name} ${id}`)));

export const rememberPulled = (store: Store, name: string, pulled: Pulled): void =>
  writeWhole(pulledPath(store, name, pulled.id), JSON.stringify(pulled));

/** Undefined for an image that was not pulled under the name, or is not what was pulled any more. */
export const pulledDigest = (store: Store, name: string, id: Digest): Digest | undefined => {
  const pulled = readJson<Pulled>(pulledPath(store, name, id));
  return pulled?.id === id ? pulled.digest : undefined;
};
