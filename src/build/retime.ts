import { digestOf, hexOf, type Image, type Layer } from '../oci/image.ts';
import { paddingOf, TAR_END, tarHeader } from '../oci/tar.ts';
import { readTar } from '../oci/untar.ts';
import type { Built } from './execute.ts';
import { newBlob, readBlob, type Store } from './store.ts';
import { isoTime } from './times.ts';
import { windowed } from './tree.ts';

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

const PART = 1 << 20;

const rewritten = (store: Store, layer: Layer, epoch: number): Layer => {
  const blob = newBlob(store);
  try {
    readBlob(store, layer.diffId, (readPart) => {
      const read = windowed(readPart);
      for (const { at, ...entry } of readTar(read)) {
        blob.write(tarHeader(entry.mtime === 0 ? { ...entry, mtime: epoch } : entry));
        for (let done = 0; done < entry.size; done += PART)
          blob.write(read(at + done, Math.min(PART, entry.size - done)));
        blob.write(TAR_END.subarray(0, paddingOf(entry.size)));
      }
    });
    blob.write(TAR_END);
    return blob.finish();
  } catch (error) {
    blob.drop();
    throw error;
  }
};
