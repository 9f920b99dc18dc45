import { rmSync } from 'node:fs';
import type { Attestation } from '../../oci/attestation.ts';
import { type Digest, hexOf, imageIdOf, type PlatformImage } from '../../oci/image.ts';
import type { IndexPart } from '../../oci/indexes.ts';
import type { ImageBlobs } from '../../oci/layout.ts';
import { imageUrl } from '../../oci/package-url.ts';
import { readJson, writeWhole } from '../small-files.ts';
import type { Store } from '../store.ts';

const pathOf = (store: Store, id: Digest): string => store.path('attestations', hexOf(id));

/** Keeps what the last build of an image attests of it, be that nothing. */
export const saveAttestations = (store: Store, id: Digest, attestations: readonly Attestation[]): void => {
  const path = pathOf(store, id);
  if (attestations.length > 0) writeWhole(path, JSON.stringify(attestations));
  else rmSync(path, { force: true });
};

export const attestationsOf = (store: Store, { image }: PlatformImage): readonly Attestation[] =>
  readJson<readonly Attestation[]>(pathOf(store, imageIdOf(image))) ?? [];

/** An image on its way out, under its full names, with what is attested of it. */
export const indexPart = (
  store: Store,
  image: PlatformImage,
  names: readonly string[],
  blobs: ImageBlobs,
): IndexPart => ({
  image: blobs,
  attestations: attestationsOf(store, image),
  subjects: names.map((name) => imageUrl(name, image.platform)),
});
