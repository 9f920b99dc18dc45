import { rmSync } from 'node:fs';
import { type Attestation, withAttestations } from '../../oci/attestation.ts';
import { type Digest, hexOf, type Image, imageIdOf } from '../../oci/image.ts';
import type { ImageBlobs } from '../../oci/layout.ts';
import { imageUrl } from '../../oci/package-url.ts';
import { readJson, writeWhole } from '../small-files.ts';
import type { Store } from '../store.ts';

const pathOf = (store: Store, id: Digest): string => store.path('attestations', hexOf(id));

/** Keeps what the last build of an image attests of it, be that nothing. */
export const saveAttestations = (store: Store, id: Digest, attestations: readonly Attestation[]): void => {
  if (attestations.length > 0) writeWhole(pathOf(store, id), JSON.stringify(attestations));
  else rmSync(pathOf(store, id), { force: true });
};

export const attestationsOf = (store: Store, id: Digest): readonly Attestation[] =>
  readJson<readonly Attestation[]>(pathOf(store, id)) ?? [];

/** An image on its way out with what is attested of it, about all of its full names. */
export const attestedBlobs = (store: Store, image: Image, names: readonly string[], blobs: ImageBlobs): ImageBlobs => {
  const { os, architecture, variant } = image.json;
  const platform = [os, architecture, variant].filter(Boolean).join('/');
  const subjects = names.map((name) => imageUrl(name, platform));
  return withAttestations(blobs, attestationsOf(store, imageIdOf(image)), subjects);
};
