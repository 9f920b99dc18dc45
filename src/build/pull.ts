import { type Descriptor, type Image, imageIdOf, type PlatformImage, readImageJson } from '../oci/image.ts';
import { nameParts } from '../oci/image-name.ts';
import { isSamePlatform, withPlatform } from '../oci/platform.ts';
import { fetchBytes, fetchNamed, fetchStream, openRepository } from '../oci/registry.ts';
import type { Access } from '../oci/session.ts';
import { type ImportReport, importImage } from './import.ts';
import { isKnownAs, pulledDigest, rememberOrigin, rememberPulled } from './origins.ts';
import type { Store } from './store.ts';

/** Takes an image from its registry into the store; `name` is a full one. Throws ImageError. */
export const pullImage = async (
  store: Store,
  name: string,
  platform: string,
  access: Access,
  report?: ImportReport,
): Promise<Image> => {
  const { repository, manifest, digest } = await imageAt(name, platform, access);
  const { host, path } = repository;
  const taken = new Set<Descriptor>();
  const layers = manifest.layers.map((descriptor) => ({
    name: descriptor.digest,
    descriptor,
    open() {
      taken.add(descriptor);
      return fetchStream(repository, descriptor);
    },
  }));
  const image = await importImage(store, { config: () => fetchBytes(repository, manifest.config), layers }, report);
  for (const [at, { diffId }] of image.layers.entries()) {
    const descriptor = manifest.layers[at];
    // Nobody has looked whether one that was here already is what the registry has under that digest.
    if (descriptor && (taken.has(descriptor) || isKnownAs(store, diffId, descriptor)))
      rememberOrigin(store, diffId, { host, path, descriptor });
  }
  rememberPulled(store, name, { id: imageIdOf(image), digest });
  return image;
};

/** What a registry has under a full name for a platform. */
const imageAt = async (name: string, platform: string, access: Access) => {
  const { host, path, tag, digest } = nameParts(name);
  const repository = openRepository(host, path, access);
  return { repository, ...(await fetchNamed(repository, digest ?? tag ?? 'latest', platform)) };
};

/**
 * Puts a pulled image under its name, beside those that were pulled of the same index for other platforms. One that was made
 * here for another platform keeps the name, unless the image `isAsked` for itself.
 */
export const nameImage = (store: Store, name: string, image: Image, platform: string, isAsked = false): void => {
  const digestOf = (of: Image) => pulledDigest(store, name, imageIdOf(of));
  const others = imagesAt(store, name).filter((other) => !isSamePlatform(other.image.json, platform));
  const same = others.filter((other) => digestOf(other.image) === digestOf(image));
  if (!isAsked && others.some((other) => digestOf(other.image) === undefined)) store.saveImage(image, []);
  else if (same.length > 0) store.saveIndex([...same, { platform, image }], [name]);
  else store.saveImage(image, [name]);
};

const imagesAt = (store: Store, name: string): readonly PlatformImage[] => {
  const image = store.image(name);
  const several = store.platforms(name).flatMap(({ platform, id }) => {
    const each = store.image(id);
    return each ? [{ platform, image: each }] : [];
  });
  return several.length > 0 || !image ? several : [withPlatform(image)];
};

/** An image of which nothing but the configuration is here. */
export interface Peeked {
  /** Its layers need not be in the store, and their sizes are not known. */
  readonly image: Image;
  /** The name by its digest, which means the same for ever. */
  readonly name: string;
}

/** Looks at an image in its registry without taking its layers. Throws ImageError. */
export const peekImage = async (store: Store, name: string, platform: string, access: Access): Promise<Peeked> => {
  const { repository, manifest, digest } = await imageAt(name, platform, access);
  const { host, path } = repository;
  const json = readImageJson(Buffer.from(await fetchBytes(repository, manifest.config)).toString());
  const image: Image = { json, layers: json.rootfs.diff_ids.map((diffId) => ({ diffId, size: 0 })) };
  rememberPulled(store, name, { id: imageIdOf(image), digest });
  return { image, name: `${host}/${path}@${digest}` };
};
