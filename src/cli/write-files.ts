import { join } from 'node:path';
import { attestationsOf } from '../build/attest/kept.ts';
import { type FilesPart, rootEntries, writeRootFolder } from '../build/rootfs.ts';
import type { Store } from '../build/store.ts';
import { ImageError } from '../oci/error.ts';
import type { Image, PlatformImage } from '../oci/image.ts';
import type { Io } from './io.ts';
import { say } from './say.ts';

/** Where the files of each platform go, with what is attested of them. Throws ImageError where some are in the way of others. */
export const filesParts = async (
  store: Store,
  images: readonly PlatformImage[],
  isSplit: boolean,
): Promise<readonly FilesPart[]> => {
  const parts: FilesPart[] = [];
  for (const each of images) {
    const folder = each.platform.replaceAll('/', '_');
    const mark = isSplit || images.length === 1 ? '' : folder;
    parts.push({ image: await withFiles(store, each, mark), folder: isSplit ? folder : undefined });
  }
  if (!isSplit) refuseClashes(store, images);
  return parts;
};

/** With what is attested of it, where something is. */
const withFiles = async (store: Store, of: PlatformImage, mark: string): Promise<Image> =>
  attestationsOf(store, of).length === 0
    ? of.image
    : (await import('../build/attest/files.ts')).withAttestationFiles(store, of, mark);

/** Of two files in one place one would be lost. */
const refuseClashes = (store: Store, images: readonly PlatformImage[]): void => {
  if (images.length < 2) return;
  const owners = new Map<string, { readonly platform: string; readonly isFolder: boolean }>();
  for (const { platform, image } of images) {
    for (const { path, type } of rootEntries(store, image)) {
      const isFolder = type === 'directory';
      const other = owners.get(path);
      if (other && !(other.isFolder && isFolder))
        throw new ImageError(
          `${other.platform} and ${platform} both have ${path}, and platform-split=false has room for one: leave it out, and each platform has a folder of its own`,
        );
      owners.set(path, { platform, isFolder });
    }
  }
};

/** Puts each part where it belongs below a folder, and tells of what could not be. */
export const writeFolders = (store: Store, parts: readonly FilesPart[], top: string, io: Io): void => {
  for (const { image, folder } of parts) writeFiles(store, image, folder === undefined ? top : join(top, folder), io);
};

const writeFiles = (store: Store, image: Image, folder: string, io: Io): void => {
  const { devices, owners, capabilities } = writeRootFolder(store, image, folder);
  if (devices > 0) say(io, `${devices} devices and pipes are left out of ${folder}; type=tar has them`);
  if (owners > 0) say(io, `${owners} files in ${folder} belong to you, since only root may give them to others`);
  if (capabilities > 0)
    say(
      io,
      `${capabilities} files in ${folder} have no capabilities: root may give them, with npm install @napi-rs/xattr`,
    );
};
