import { randomUUID } from 'node:crypto';
import { closeSync, constants, copyFileSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ImageError } from '../oci/error.ts';
import { type Digest, digestOf, hexOf, type Image, type Layer } from '../oci/image.ts';
import { tarHeader } from '../oci/tar.ts';
import { readTar } from '../oci/untar.ts';
import { readBlob } from './blobs.ts';
import type { Built } from './execute.ts';
import { digestOfFile } from './read-file.ts';
import type { Store } from './store.ts';
import { isoTime } from './times.ts';
import { windowed } from './tree.ts';
import { guardedSync } from './trouble.ts';

/**
 * What was built at time 0 as if it had been at another: steps and their cache know nothing of it, so that no commit
 * makes them run again. Layers and history of base images stay as they are.
 */
export const retimed = (store: Store, { image, notes, lines }: Built, epoch: number): Built => {
  const created = isoTime(epoch);
  const history = (image.json.history ?? []).map((entry, index) => (notes[index] ? { ...entry, created } : entry));
  const count = history.filter((entry, index) => notes[index] && !entry.empty_layer).length;
  const first = image.layers.length - count;
  const layers = image.layers.map((layer, index) => (index < first ? layer : retimedLayer(store, layer, epoch)));
  const rootfs: Image['json']['rootfs'] = { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) };
  return { image: { layers, json: { ...image.json, created, history, rootfs } }, notes, lines };
};

const retimedLayer = (store: Store, layer: Layer, epoch: number): Layer => {
  const key = hexOf(digestOf(JSON.stringify(['retimed', layer.diffId, epoch])));
  const known = store.cached(key)?.layer;
  if (known) return known;
  const made = rewritten(store, layer, epoch);
  store.remember(key, { layer: made, created: isoTime(epoch) });
  return made;
};

/** A copy by the system in which the headers alone are written anew, which leaves all else where it was. */
const rewritten = (store: Store, { diffId, size }: Layer, epoch: number): Layer => {
  const draft = join(store.workFolder(), randomUUID());
  return guardedSync(store.folder, () => {
    try {
      copyFileSync(store.blobPath(diffId), draft, constants.COPYFILE_FICLONE);
      writeHeaders(store, diffId, draft, epoch);
      const made = `sha256:${digestOfFile(draft, size)}`;
      renameSync(draft, store.blobPath(made));
      return { diffId: made, size };
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  });
};

const writeHeaders = (store: Store, diffId: Digest, draft: string, epoch: number): void => {
  const out = openSync(draft, 'r+');
  try {
    readBlob(store, diffId, (readPart) => {
      const read = windowed(readPart);
      for (const { at, ...entry } of readTar(read)) {
        if (entry.mtime !== 0) continue;
        const [before, after] = [tarHeader(entry), tarHeader({ ...entry, mtime: epoch })];
        const place = at - before.length;
        if (before.length !== after.length || place < 0 || !read(place, before.length).equals(before))
          throw new ImageError(`the layer ${diffId} was not written by this program: build without its cache`);
        writeSync(out, after, 0, after.length, place);
      }
    });
  } finally {
    closeSync(out);
  }
};
