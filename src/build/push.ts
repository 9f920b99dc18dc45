import { closeSync, openSync, readSync } from 'node:fs';
import type { Digest, Layer, PlatformImage } from '../oci/image.ts';
import { nameParts } from '../oci/image-name.ts';
import { indexBlobs } from '../oci/indexes.ts';
import { type Blob, type ExportedLayer, type ImageBlobs, imageBlobs } from '../oci/layout.ts';
import { openRepository, type Repository } from '../oci/registry.ts';
import type { Access } from '../oci/session.ts';
import { hasBlob, mountBlob, sendBlob, sendManifest, type Upload } from '../oci/upload.ts';
import { severalAtOnce } from './at-once.ts';
import { indexPart } from './attest/kept.ts';
import { exportLayer, type LayerForm } from './export.ts';
import { originsOf, rememberOrigin } from './origins.ts';
import { partsOfFile } from './read-file.ts';
import type { Store } from './store.ts';

/** What is done with a layer; of one that is being sent so many bytes have gone out. */
export type PushReport = (layer: ExportedLayer, what: 'there' | 'mounted' | 'sending' | 'sent', bytes: number) => void;

/**
 * Sends an image, or those of several platforms, to a registry under a full name, one of `names`, and gives the digest of the
 * manifest or the index. Throws ImageError.
 */
export const pushImage = async (
  store: Store,
  images: readonly PlatformImage[],
  name: string,
  form: LayerForm,
  access: Access,
  report: PushReport = () => undefined,
  names: readonly string[] = [name],
): Promise<string> => {
  const { host, path, tag, digest } = nameParts(name);
  const repository = openRepository(host, path, access);
  const layers = new Map<Digest, ExportedLayer>();
  const own = new Map(images.flatMap(({ image }) => image.layers.map((each) => [each.diffId, each])));
  await severalAtOnce([...own.values()], async (layer) => {
    layers.set(layer.diffId, await pushLayer(store, layer, repository, form, report));
  });
  const sent = indexBlobs(images.map((each) => indexPart(store, each, names, sentBlobs(each, layers))));
  const digests = new Set(Array.from(layers.values(), (layer) => layer.digest));
  await sendRest(repository, sent, digests, digest ?? tag ?? 'latest');
  return sent.manifest.digest;
};

const sentBlobs = ({ image, platform }: PlatformImage, sent: ReadonlyMap<Digest, ExportedLayer>): ImageBlobs => {
  const layers = image.layers.flatMap(({ diffId }) => sent.get(diffId) ?? []);
  return imageBlobs(image, layers, platform);
};

/** Everything but the layers; manifests last, the one with the name behind those that it names. */
const sendRest = async (
  repository: Repository,
  { manifest, inner = [], blobs }: ImageBlobs,
  sent: ReadonlySet<string>,
  reference: string,
): Promise<void> => {
  const manifests = [...inner, manifest];
  const isManifest = (blob: Blob) => manifests.some((each) => each.digest === blob.digest);
  for (const blob of blobs)
    if (!sent.has(blob.digest) && !isManifest(blob) && !(await hasBlob(repository, blob.digest)))
      await sendBlob(repository, uploadOf(blob));
  for (const { digest, mediaType } of manifests) {
    const content = blobs.find((blob) => blob.digest === digest)?.content;
    if (content instanceof Uint8Array)
      await sendManifest(repository, digest === manifest.digest ? reference : digest, mediaType, content);
  }
};

/** One layer, sent where the registry has it not. */
export const pushLayer = async (
  store: Store,
  layer: Layer,
  repository: Repository,
  form: LayerForm,
  report: PushReport,
): Promise<ExportedLayer> => {
  const { host, path } = repository;
  const mounted = await mountedLayer(store, layer, repository, report);
  if (mounted) return mounted;
  const exported = await exportLayer(store, layer, form);
  const isThere = await hasBlob(repository, exported.digest);
  if (!isThere) await sendBlob(repository, told(uploadOf({ ...exported, content: exported }), exported, report));
  const { file: _file, ...descriptor } = exported;
  rememberOrigin(store, layer.diffId, { host, path, descriptor });
  report(exported, isThere ? 'there' : 'sent', exported.size);
  return exported;
};

/** A layer that the registry has already, as it has it, in this repository or in another. */
const mountedLayer = async (
  store: Store,
  { diffId }: Layer,
  repository: Repository,
  report: PushReport,
): Promise<ExportedLayer | undefined> => {
  const { host, path } = repository;
  for (const { path: source, descriptor } of originsOf(store, diffId).filter((each) => each.host === host)) {
    const { mediaType, digest, size } = descriptor;
    const layer = { mediaType: ociType(mediaType), digest, size, file: '' };
    if (await hasBlob(repository, digest)) {
      report(layer, 'there', size);
      return layer;
    }
    if (source === path || !(await mountBlob(repository, digest, source).catch(() => false))) continue;
    rememberOrigin(store, diffId, { host, path, descriptor });
    report(layer, 'mounted', size);
    return layer;
  }
  return undefined;
};

/** A manifest has types of one family. */
export const ociType = (mediaType: string): string =>
  mediaType.replace(/^application\/vnd\.docker\.image\.rootfs\.diff\.tar(?:\.(gzip|zstd))?$/, (_all, form?: string) =>
    form ? `application/vnd.oci.image.layer.v1.tar+${form}` : 'application/vnd.oci.image.layer.v1.tar',
  );

export const uploadOf = ({ digest, size, content }: Blob): Upload => {
  if (content instanceof Uint8Array)
    return {
      digest,
      size,
      part: (start, length) => content.subarray(start, start + length),
      async *open() {
        yield content;
      },
    };
  return {
    digest,
    size,
    part: (start, length) => partOf(content.file, start, length),
    async *open() {
      yield* partsOfFile(content.file, 1 << 18);
    },
  };
};

/** The same with a word about each part that goes out; where it has to begin anew, so does the count. */
const told = (upload: Upload, layer: ExportedLayer, report: PushReport): Upload => ({
  ...upload,
  part(start, length) {
    report(layer, 'sending', start);
    return upload.part(start, length);
  },
  async *open() {
    let sent = 0;
    report(layer, 'sending', sent);
    for await (const part of upload.open()) {
      yield part;
      sent += part.length;
      report(layer, 'sending', sent);
    }
  },
});

const partOf = (file: string, start: number, length: number): Uint8Array => {
  const input = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(input, buffer, 0, length, start));
  } finally {
    closeSync(input);
  }
};
