import { existsSync, readdirSync, rmSync } from 'node:fs';
import { type Digest, digestOf, type Image, type ImageJson, type Layer, readImageJson } from '../oci/image.ts';
import { forPlatform, HOST_PLATFORM } from '../oci/platform.ts';
import { DRAFT, readText, sizeAt } from './small-files.ts';

/** One of the images that a name has for several platforms. */
export interface PlatformId {
  readonly platform: string;
  readonly id: Digest;
}

/** Where no platform is told, what this machine runs, else the first. */
export const chosen = (all: readonly PlatformId[], platform: string | undefined): PlatformId | undefined =>
  forPlatform(all, platform ?? HOST_PLATFORM) ?? (platform === undefined ? all[0] : undefined);

/** The image whose id begins so, where it is one alone. */
export const idIn = (folder: string, prefix: string): Digest | undefined => {
  const hex = prefix.replace(/^sha256:/, '');
  if (!/^[0-9a-f]{6,64}$/.test(hex) || !existsSync(folder)) return undefined;
  const found = readdirSync(folder).filter((name) => name.startsWith(hex) && !name.includes(DRAFT));
  return found.length === 1 ? `sha256:${found[0]}` : undefined;
};

/** Undefined for one that is damaged. */
export const readImage = (path: string, id: Digest): ImageJson | undefined => {
  const text = readText(path);
  return text !== undefined && digestOf(text) === id ? readImageJson(text) : undefined;
};

/** Undefined where a layer has been deleted, or is not whole. */
export const imageOf = (
  json: ImageJson,
  sizes: readonly number[] | undefined,
  blobPath: (digest: Digest) => string,
  isReadOnly: boolean,
): Image | undefined => {
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
