import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, digestOf, hexOf, type Image, imageText, type Layer, readImageJson } from '../oci/image.ts';
import { plainIndex } from '../oci/indexes.ts';
import { forPlatform, HOST_PLATFORM } from '../oci/platform.ts';
import { DRAFT, readJson, readText, sizeAt, writeOther } from './small-files.ts';
import type { Store, StorePlace } from './store.ts';

export interface StoredName {
  readonly name: string;
  readonly id: Digest;
}

/** One of the images that a name has for several platforms. */
export interface PlatformId {
  readonly platform: string;
  readonly id: Digest;
}

type NamedImages = Pick<Store, 'saveImage' | 'saveIndex' | 'image' | 'id' | 'platforms' | 'names' | 'removeName'>;

/** The images of a store, alone and for several platforms, and their names. */
export const namedImages = (place: StorePlace): NamedImages => {
  const { path } = place;
  const id = (nameOrId: string): Digest | undefined =>
    readText(namePath(place, nameOrId)) ?? idIn(path('images'), nameOrId) ?? idIn(path('indexes'), nameOrId);
  const platformsOf = (whole: Digest) => readJson<readonly PlatformId[]>(path('indexes', hexOf(whole))) ?? [];
  return {
    ...savedImages(place),
    image(nameOrId, platform) {
      const whole = id(nameOrId);
      if (whole === undefined) return undefined;
      const alone = imageAt(whole, place);
      if (alone) return alone;
      const part = chosen(platformsOf(whole), platform);
      return part && imageAt(part.id, place);
    },
    id,
    platforms(nameOrId) {
      const whole = id(nameOrId);
      return whole === undefined ? [] : platformsOf(whole);
    },
    names: () => namesIn(path('names')),
    removeName(name) {
      const isThere = existsSync(namePath(place, name));
      rmSync(namePath(place, name), { force: true });
      return isThere;
    },
  };
};

const namePath = ({ path }: StorePlace, name: string): string => path('names', encodeURIComponent(name));

const namesIn = (folder: string): readonly StoredName[] =>
  filesIn(folder).flatMap((file) => {
    const id = file.includes(DRAFT) ? undefined : readText(join(folder, file));
    return id ? [{ name: decodeURIComponent(file), id }] : [];
  });

/** A store that is only looked at may not be there. */
const filesIn = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder) : []);

const savedImages = (place: StorePlace): Pick<Store, 'saveImage' | 'saveIndex'> => {
  const { path } = place;
  const named = (id: Digest, names: readonly string[]): Digest => {
    for (const name of names) writeOther(namePath(place, name), id);
    return id;
  };
  const saveImage = ({ json, layers }: Image, names: readonly string[]): Digest => {
    const text = imageText(json);
    const id = digestOf(text);
    writeOther(path('sizes', hexOf(id)), JSON.stringify(layers.map(({ size }) => size)));
    writeOther(path('images', hexOf(id)), text);
    return named(id, names);
  };
  return {
    saveImage,
    saveIndex(images, names) {
      const all = images.map(({ platform, image }) => ({ platform, id: saveImage(image, []) }));
      const id = plainIndex(images);
      writeOther(path('indexes', hexOf(id)), JSON.stringify(all));
      return named(id, names);
    },
  };
};

/** Where no platform is told, what this machine runs, else the first. */
const chosen = (all: readonly PlatformId[], platform: string | undefined): PlatformId | undefined =>
  forPlatform(all, platform ?? HOST_PLATFORM) ?? (platform === undefined ? all[0] : undefined);

/** The image whose id begins so, where it is one alone. */
const idIn = (folder: string, prefix: string): Digest | undefined => {
  const hex = prefix.replace(/^sha256:/, '');
  if (!/^[0-9a-f]{6,64}$/.test(hex) || !existsSync(folder)) return undefined;
  const found = filesIn(folder).filter((name) => name.startsWith(hex) && !name.includes(DRAFT));
  return found.length === 1 ? `sha256:${found[0]}` : undefined;
};

/** Undefined where it is damaged, or a layer has been deleted or is not whole. */
const imageAt = (id: Digest, { path, blobPath, isReadOnly }: StorePlace): Image | undefined => {
  const text = readText(path('images', hexOf(id)));
  if (text === undefined || digestOf(text) !== id) return undefined;
  const json = readImageJson(text);
  const sizes = readJson<readonly number[]>(path('sizes', hexOf(id)));
  const layers: Layer[] = [];
  for (const [at, diffId] of json.rootfs.diff_ids.entries()) {
    const size = sizeAt(blobPath(diffId));
    if (size === undefined) return undefined;
    if (sizes && sizes[at] !== size) {
      // It is not whole, and who finds none gets it anew.
      if (!isReadOnly) rmSync(blobPath(diffId), { force: true });
      return undefined;
    }
    layers.push({ diffId, size });
  }
  return { json, layers };
};
