import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { constants, crc32, deflateRawSync } from 'node:zlib';
import type { Layer } from '../oci/image.ts';
import { hexOf, MEDIA } from '../oci/image.ts';
import { type ExportedLayer, writeAll } from '../oci/layout.ts';
import type { Store } from './store.ts';

export type Compression = 'none' | 'gzip';

/** The layers as they are handed out; one that was compressed before is taken as it is. */
export const exportLayers = (
  store: Store,
  layers: readonly Layer[],
  compression: Compression,
): readonly ExportedLayer[] =>
  layers.map((layer) => (compression === 'none' ? plain(store, layer) : gzipped(store, layer)));

const plain = (store: Store, { diffId, size }: Layer): ExportedLayer => ({
  mediaType: MEDIA.layer,
  digest: diffId,
  size,
  file: store.blobPath(diffId),
});

const gzipped = (store: Store, { diffId }: Layer): ExportedLayer => {
  const file = `${store.blobPath(diffId)}.gz`;
  if (!existsSync(file)) compress(store.blobPath(diffId), file, join(store.workFolder(), `${hexOf(diffId)}.gz`));
  return { mediaType: `${MEDIA.layer}+gzip`, digest: digestOfFile(file), size: statSync(file).size, file };
};

const digestOfFile = (path: string): string => {
  const hash = createHash('sha256');
  forEachPart(path, (part) => hash.update(part));
  return `sha256:${hash.digest('hex')}`;
};

const PART = 1 << 20;

const forEachPart = (path: string, use: (part: Uint8Array) => void): void => {
  const input = openSync(path, 'r');
  const buffer = Buffer.allocUnsafe(PART);
  try {
    for (let length = readSync(input, buffer); length > 0; length = readSync(input, buffer))
      use(buffer.subarray(0, length));
  } finally {
    closeSync(input);
  }
};

/** No name, no time, no system: the same content gives the same bytes. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

/** In parts that end on a byte, each on its own, so that several could be compressed at once with the same result. */
const compress = (from: string, to: string, draft: string): void => {
  const out = openSync(draft, 'w');
  let sum = 0;
  let size = 0;
  writeAll(out, HEADER);
  forEachPart(from, (part) => {
    sum = crc32(part, sum);
    size += part.length;
    writeAll(out, deflateRawSync(part, { level: 6, finishFlush: constants.Z_SYNC_FLUSH }));
  });
  const tail = Buffer.alloc(10);
  tail.writeUInt16LE(3, 0);
  tail.writeUInt32LE(sum, 2);
  tail.writeUInt32LE(size % 2 ** 32, 6);
  writeAll(out, tail);
  closeSync(out);
  renameSync(draft, to);
};
