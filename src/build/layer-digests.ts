import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, hexOf } from '../oci/image.ts';
import { writeWhole } from './small-files.ts';
import type { Store } from './store.ts';

/** The digests of files in layers, by where they stand in them; a layer never changes. */
export interface LayerDigests {
  of(layer: Digest, at: number, compute: () => string): string;
  save(): void;
}

export const openLayerDigests = ({ folder, isReadOnly }: Store): LayerDigests => {
  const layers = new Map<Digest, Map<string, string>>();
  const changed = new Set<Digest>();
  const pathOf = (layer: Digest) => join(folder, 'layer-digests', hexOf(layer));
  return {
    of(layer, at, compute) {
      const known = layers.get(layer) ?? readKnown(pathOf(layer));
      layers.set(layer, known);
      const digest = known.get(String(at)) ?? compute();
      if (!known.has(String(at))) changed.add(layer);
      known.set(String(at), digest);
      return digest;
    },
    save() {
      if (isReadOnly) return;
      for (const layer of changed) {
        const known = layers.get(layer);
        if (known) writeWhole(pathOf(layer), JSON.stringify([...known]));
      }
      changed.clear();
    },
  };
};

const readKnown = (path: string): Map<string, string> => {
  try {
    return new Map(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return new Map();
  }
};
