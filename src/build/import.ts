import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ImageError } from '../oci/error.ts';
import {
  type Descriptor,
  type Digest,
  digestOf,
  hexOf,
  type Image,
  type ImageJson,
  type Layer,
  type Manifest,
} from '../oci/image.ts';
import { readLayoutFolder } from '../oci/layout.ts';
import { newBlob, type Store } from './store.ts';

/** Where the blobs of an image come from. */
export interface BlobSource {
  json(descriptor: Descriptor): Promise<Uint8Array>;
  stream(descriptor: Descriptor): Promise<AsyncIterable<Uint8Array>>;
}

/** Takes an image into the store, its layers uncompressed. Every digest is checked. Throws ImageError. */
export const importImage = async (store: Store, manifest: Manifest, source: BlobSource): Promise<Image> => {
  const json: ImageJson = JSON.parse(Buffer.from(await checked(manifest.config, source)).toString());
  const diffIds = json.rootfs.diff_ids;
  if (diffIds.length !== manifest.layers.length)
    throw new ImageError(
      `the image has ${manifest.layers.length} layers, and its configuration tells of ${diffIds.length}`,
    );
  const layers: Layer[] = [];
  for (const [index, descriptor] of manifest.layers.entries()) {
    const diffId = diffIds[index] ?? '';
    layers.push(await importLayer(store, descriptor, diffId, source));
  }
  return { json, layers };
};

const checked = async (descriptor: Descriptor, source: BlobSource): Promise<Uint8Array> => {
  const bytes = await source.json(descriptor);
  if (digestOf(bytes) !== descriptor.digest)
    throw new ImageError(`what came for ${descriptor.digest} has the digest ${digestOf(bytes)}`);
  return bytes;
};

const importLayer = async (
  store: Store,
  descriptor: Descriptor,
  diffId: Digest,
  source: BlobSource,
): Promise<Layer> => {
  if (store.hasBlob(diffId)) return { diffId, size: store.blobSize(diffId) };
  const blob = newBlob(store);
  try {
    for await (const chunk of decompressed(await source.stream(descriptor), descriptor.mediaType)) blob.write(chunk);
  } catch (error) {
    blob.drop();
    throw error instanceof ImageError
      ? error
      : new ImageError(`the layer ${descriptor.digest} cannot be read: ${String(error)}`);
  }
  const layer = blob.finish();
  if (layer.diffId !== diffId)
    throw new ImageError(`the layer ${descriptor.digest} has the digest ${layer.diffId}, not ${diffId}`);
  return layer;
};

/** By its first bytes: not every registry tells the truth about compression. */
async function* decompressed(stream: AsyncIterable<Uint8Array>, mediaType: string): AsyncGenerator<Uint8Array> {
  const [first, rest] = await headOf(stream);
  if (first[0] === 0x1f && first[1] === 0x8b) yield* Readable.from(rest).pipe(createGunzip());
  else if (first[0] === 0x28 && first[1] === 0xb5) throw new ImageError('zstd layers are not read yet');
  else if (/gzip|zstd/.test(mediaType)) throw new ImageError(`a layer of type ${mediaType} is not compressed so`);
  else yield* rest;
}

const headOf = async (
  stream: AsyncIterable<Uint8Array>,
): Promise<readonly [first: Uint8Array, all: AsyncIterable<Uint8Array>]> => {
  const iterator = stream[Symbol.asyncIterator]();
  const { value: first = new Uint8Array(), done } = await iterator.next();
  const all = async function* () {
    yield first;
    if (done) return;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  };
  return [first, all()];
};

/** The image that an OCI layout folder has for a tag, or its only one. */
export const importLayout = (
  store: Store,
  folder: string,
  tag: string | undefined,
  platform: string,
): Promise<Image> => {
  const descriptor = readLayoutFolder(folder, tag, platform);
  const pathOf = ({ digest }: Descriptor) => join(folder, 'blobs', 'sha256', hexOf(digest));
  const manifest: Manifest = JSON.parse(readFileSync(pathOf(descriptor), 'utf8'));
  return importImage(store, manifest, {
    json: async (each) => readFileSync(pathOf(each)),
    stream: async (each) => createReadStream(pathOf(each)),
  });
};
