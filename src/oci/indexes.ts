import { type Attestation, attestationBlobs } from './attestation.ts';
import { type Digest, type Index, MEDIA, type PlatformImage } from './image.ts';
import { type ImageBlobs, imageBlobs, jsonBlob } from './layout.ts';

/** An image on its way into an index. */
export interface IndexPart {
  readonly image: ImageBlobs;
  readonly attestations: readonly Attestation[];
  /** Package URLs of what the image is called. */
  readonly subjects: readonly string[];
}

/**
 * Images in an index, with what is attested of them behind them, as BuildKit lays it out:
 * https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md. One alone needs none.
 */
export const indexBlobs = (parts: readonly IndexPart[]): ImageBlobs => {
  const images = parts.map(({ image }) => image);
  const attested = parts.flatMap(({ image, attestations, subjects }) =>
    attestations.length === 0 ? [] : [attestationBlobs(image.manifest.digest, attestations, subjects)],
  );
  const [first, ...more] = [...images, ...attested];
  if (first && more.length === 0) return first;
  const inner = [...images, ...attested].map(({ manifest }) => manifest);
  const value: Index = { schemaVersion: 2, mediaType: MEDIA.index, manifests: inner };
  const index = jsonBlob(value);
  return {
    manifest: { mediaType: MEDIA.index, digest: index.digest, size: index.size },
    inner,
    blobs: [index, ...[...images, ...attested].flatMap(({ blobs }) => blobs)],
  };
};

/** The digest of the index of images whose layers are not compressed. */
export const plainIndex = (images: readonly PlatformImage[]): Digest =>
  indexBlobs(
    images.map(({ image, platform }) => ({ image: plainBlobs(image, platform), attestations: [], subjects: [] })),
  ).manifest.digest;

const plainBlobs = (image: PlatformImage['image'], platform: string): ImageBlobs =>
  imageBlobs(
    image,
    image.layers.map(({ diffId, size }) => ({ mediaType: MEDIA.layer, digest: diffId, size, file: '' })),
    platform,
  );
