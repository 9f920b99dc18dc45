import { randomUUID } from 'node:crypto';
import { closeSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Layer } from '../oci/image.ts';
import { MEDIA } from '../oci/image.ts';
import type { ExportedLayer } from '../oci/layout.ts';
import { type Compressed, compressFile } from './compress.ts';
import type { Compression } from './compressions.ts';
import type { Store } from './store.ts';
import { guarded } from './trouble.ts';

/** How layers are handed out. */
export interface LayerForm {
  readonly compression: Compression;
  readonly level: number;
}

/** The layers as they are handed out; one that was compressed so before is taken as it is. */
export const exportLayers = async (
  store: Store,
  layers: readonly Layer[],
  form: LayerForm,
): Promise<readonly ExportedLayer[]> => {
  const exported: ExportedLayer[] = [];
  for (const layer of layers) exported.push(await exportLayer(store, layer, form));
  return exported;
};

/** One layer as it is handed out. */
export const exportLayer = async (
  store: Store,
  { diffId, size }: Layer,
  { compression, level }: LayerForm,
): Promise<ExportedLayer> => {
  if (compression === 'none') return { mediaType: MEDIA.layer, digest: diffId, size, file: store.blobPath(diffId) };
  const form = `${compression}-${level}`;
  const known = store.compressed(diffId, form);
  const made = known ?? (await compress(store, diffId, compression, level));
  if (!known) store.rememberCompressed(diffId, form, made);
  return { mediaType: `${MEDIA.layer}+${compression}`, ...made, file: store.blobPath(made.digest) };
};

const compress = (store: Store, diffId: string, compression: 'gzip' | 'zstd', level: number): Promise<Compressed> =>
  guarded(store.folder, async () => {
    const draft = join(store.workFolder(), randomUUID());
    const out = openSync(draft, 'wx');
    try {
      const made = await compressFile(store.blobPath(diffId), out, compression, level);
      renameSync(draft, store.blobPath(made.digest));
      return made;
    } finally {
      closeSync(out);
    }
  });
