import { rmSync } from 'node:fs';
import { ImageError } from '../oci/error.ts';
import type { Layer } from '../oci/image.ts';
import { readTar } from '../oci/untar.ts';
import { readBlob } from './blobs.ts';
import type { Store } from './store.ts';
import { windowed } from './tree.ts';

/** Every entry must be inside of the layer, so that nobody who unpacks it has to look; else it is deleted. Throws ImageError. */
export const refuseHostile = (store: Store, { diffId }: Layer): void => {
  try {
    readBlob(store, diffId, (read) => {
      for (const { path, link, type } of readTar(windowed(read))) {
        if (leadsOut(path) || /(?:^|\/)\.wh\.\.?\.?$/.test(path))
          throw new ImageError(`it has an entry that is not inside of it: ${path}`);
        if (type === 'hardlink' && leadsOut(link ?? ''))
          throw new ImageError(`it has a hard link to what is not inside of it: ${path}`);
      }
    });
  } catch (error) {
    rmSync(store.blobPath(diffId), { force: true });
    throw error;
  }
};

const leadsOut = (path: string): boolean => path.includes('..') && path.split('/').includes('..');
