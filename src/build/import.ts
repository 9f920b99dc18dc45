import { randomUUID } from 'node:crypto';
import { closeSync, createReadStream, createWriteStream, openSync, readSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { archiveFiles, type Files, folderFiles } from '../oci/archive.ts';
import { decompressed, kindOf } from '../oci/decompress.ts';
import { ImageError } from '../oci/error.ts';
import { type Digest, type Image, type Layer, readImageJson } from '../oci/image.ts';
import { type ImageSource, imageIn, type KeptName, type SourceLayer } from '../oci/images.ts';
import { severalAtOnce } from './at-once.ts';
import { newBlob } from './blobs.ts';
import { refuseHostile } from './hostile.ts';
import type { Store } from './store.ts';
import { guarded } from './trouble.ts';

/** What is told while an image comes in. */
export type ImportReport = (event: LayerImport) => void;

export interface LayerImport {
  readonly layer: SourceLayer;
  /** From 1. */
  readonly number: number;
  readonly of: number;
  /** As many bytes have come, as they are sent. */
  readonly bytes: number;
  readonly isDone: boolean;
}

/** Takes an image into the store, its layers uncompressed. Every digest is checked. Throws ImageError. */
export const importImage = async (store: Store, source: ImageSource, report?: ImportReport): Promise<Image> => {
  const json = readImageJson(Buffer.from(await source.config()).toString());
  const diffIds = json.rootfs.diff_ids;
  if (diffIds.length !== source.layers.length)
    throw new ImageError(
      `the image has ${source.layers.length} layers, and its configuration tells of ${diffIds.length}`,
    );
  const layers: Layer[] = [];
  await severalAtOnce(diffIds, async (diffId, at) => {
    const layer = source.layers[at];
    if (layer === undefined) return;
    const tell = (bytes: number, isDone = false) =>
      report?.({ layer, number: at + 1, of: diffIds.length, bytes, isDone });
    const isNew = !store.hasBlob(diffId);
    const taken = await importLayer(store, { ...layer, open: () => counted(layer.open(), tell) }, diffId);
    if (isNew) tell(layer.descriptor?.size ?? taken.size, true);
    layers[at] = taken;
  });
  return { json, layers };
};

async function* counted(stream: AsyncIterable<Uint8Array>, tell: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  tell(bytes);
  for await (const chunk of stream) {
    bytes += chunk.length;
    tell(bytes);
    yield chunk;
  }
}

/** Takes a layer into the store; where its size is told it must be that. Throws ImageError. */
export const importLayer = async (
  store: Store,
  layer: SourceLayer,
  diffId: Digest,
  told = Number.POSITIVE_INFINITY,
): Promise<Layer> => {
  if (store.hasBlob(diffId)) return { diffId, size: store.blobSize(diffId) };
  const blob = newBlob(store);
  let size = 0;
  try {
    for await (const chunk of decompressed(layer.open(), `the layer ${layer.name}`)) {
      size += chunk.length;
      if (size > told) throw new ImageError(`the layer ${layer.name} has more than ${told} bytes`);
      blob.write(chunk);
    }
  } catch (error) {
    blob.drop();
    throw error;
  }
  const taken = blob.finish(diffId);
  if (taken.diffId !== diffId)
    throw new ImageError(`the layer ${layer.name} has another content: its diff id is ${taken.diffId}, not ${diffId}`);
  refuseDamaged(store, taken, layer);
  if (Number.isFinite(told) && size !== told)
    throw new ImageError(`the layer ${layer.name} has ${size} bytes, not ${told}`);
  return taken;
};

const refuseDamaged = (store: Store, taken: Layer, { name }: SourceLayer): void => {
  try {
    refuseHostile(store, taken);
  } catch (error) {
    throw error instanceof ImageError
      ? new ImageError(`the layer ${name} cannot be unpacked: ${error.message}`)
      : error;
  }
};

/** An image that is kept in a layout. */
export interface LaidImage extends Image {
  /** The digest of its manifest, where it has one. */
  readonly manifest?: Digest | undefined;
}

/** The image that a layout folder or an archive has under a tag or a digest, or its only one. Throws ImageError. */
export const importLayout = async (
  store: Store,
  place: string,
  name: KeptName,
  platform: string,
): Promise<LaidImage> => {
  const files = await openFiles(store, place);
  try {
    const { source, digests } = imageIn(files, name, platform);
    return { ...(await importImage(store, source)), manifest: digests[0] };
  } finally {
    files.close();
  }
};

/** A layout folder, or an archive of any compression that layers may have. Throws ImageError. */
export const openFiles = async (store: Store, place: string): Promise<Files> => {
  const stat = statSync(place, { throwIfNoEntry: false });
  if (!stat) throw new ImageError(`there is no ${place}`);
  if (stat.isDirectory()) return folderFiles(place);
  if (kindOf(headOf(place)) === 'none') return archiveFiles(place);
  return spooledFiles(store, createReadStream(place), place);
};

const headOf = (path: string): Uint8Array => {
  const input = openSync(path, 'r');
  try {
    const head = Buffer.alloc(4);
    return head.subarray(0, readSync(input, head));
  } finally {
    closeSync(input);
  }
};

/** An archive that cannot be read at any place, such as standard input: it is put down first. */
export const spooledFiles = async (store: Store, stream: AsyncIterable<Uint8Array>, name: string): Promise<Files> => {
  const draft = join(store.workFolder(), randomUUID());
  const forget = () => rmSync(draft, { force: true });
  try {
    await guarded(store.folder, () =>
      pipeline(Readable.from(decompressed(stream, name)), createWriteStream(draft, { flags: 'wx' })),
    );
    const files = archiveFiles(draft, name);
    const close = () => {
      files.close();
      forget();
    };
    return { ...files, close };
  } catch (error) {
    forget();
    throw error;
  }
};
