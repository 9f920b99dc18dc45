import { rmSync } from 'node:fs';
import type { Attestation } from '../../oci/attestation.ts';
import { type Digest, hexOf, imageIdOf, type PlatformImage } from '../../oci/image.ts';
import type { IndexPart } from '../../oci/indexes.ts';
import type { ImageBlobs } from '../../oci/layout.ts';
import { imageUrl } from '../../oci/package-url.ts';
import { readJson, writeWhole } from '../small-files.ts';
import type { Store } from '../store.ts';

const pathOf = (store: Store, id: Digest): string => store.path('attestations', hexOf(id));

/** Of each platform, where one image is that of several. */
type ByPlatform = Readonly<Record<string, readonly Attestation[]>>;

/** Keeps what the last build of an image attests of it, be that nothing; of builds for several the platform is told. */
export const saveAttestations = (
  store: Store,
  id: Digest,
  attestations: readonly Attestation[],
  platform?: string,
): void => {
  const path = pathOf(store, id);
  if (platform !== undefined) writeWhole(path, JSON.stringify({ ...othersAt(path), [platform]: attestations }));
  else if (attestations.length > 0) writeWhole(path, JSON.stringify(attestations));
  else rmSync(path, { force: true });
};

const othersAt = (path: string): ByPlatform => {
  const known = readJson<readonly Attestation[] | ByPlatform>(path);
  return known && isByPlatform(known) ? known : {};
};

const isByPlatform = (known: readonly Attestation[] | ByPlatform): known is ByPlatform => !Array.isArray(known);

export const attestationsOf = (store: Store, { image, platform }: PlatformImage): readonly Attestation[] => {
  const known = readJson<readonly Attestation[] | ByPlatform>(pathOf(store, imageIdOf(image))) ?? [];
  return isByPlatform(known) ? (known[platform] ?? []) : known;
};

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
