import { randomUUID } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { indexPart } from '../build/attest/kept.ts';
import { exportLayers, type LayerForm } from '../build/export.ts';
import { writeRootArchive } from '../build/rootfs.ts';
import type { Store } from '../build/store.ts';
import { ImageError } from '../oci/error.ts';
import type { Descriptor, Digest, PlatformImage } from '../oci/image.ts';
import { type IndexPart, indexBlobs } from '../oci/indexes.ts';
import { imageBlobs, type NamedBlobs, writeLayoutArchive, writeLayoutFolder } from '../oci/layout.ts';
import type { Access } from '../oci/session.ts';
import { writeAll } from '../oci/write-all.ts';
import type { Output, PushOutput } from './build-output.ts';
import type { Io } from './io.ts';
import { checkArchive, pushedNames } from './output-places.ts';
import type { Progress } from './progress.ts';
import { codeOf, reasonOf } from './system-error.ts';

/** What is on its way out. */
export interface Leaving {
  /** One, or one for each platform. */
  readonly images: readonly PlatformImage[];
  /** Full ones. */
  readonly names: readonly string[];
  readonly store: Store;
  readonly access: Access;
  readonly quiet: boolean;
  readonly transfer: Progress['transfer'];
}

/** An image that was handed out. */
export interface Written {
  /** Of its manifest. */
  readonly digest: Digest;
  readonly descriptor?: Descriptor;
}

/** Gives the images that were written; files alone are none. Throws ImageError and ConfigError. */
export const writeOutput = async (output: Output, leaving: Leaving, io: Io): Promise<readonly Written[]> => {
  const { images, store, names } = leaving;
  if (output.type === 'registry') return push(output, leaving, io);
  const path = resolve(io.cwd, output.dest);
  if (!('compression' in output)) {
    const { filesParts, writeFolders } = await import('./write-files.ts');
    const parts = await filesParts(store, images, output.isSplit);
    if (output.type === 'local') described(path, () => writeFolders(store, parts, path, io));
    else writeTo(output.dest, io, (write) => writeRootArchive(store, parts, write));
    return [];
  }
  const blobs = await namedBlobs(store, images, names, output, output.type === 'oci');
  if (output.tar) writeTo(output.dest, io, (write) => writeLayoutArchive(write, [blobs]));
  else described(path, () => writeLayoutFolder(path, blobs));
  return [{ digest: blobs.manifest.digest, descriptor: blobs.manifest }];
};

/** `isWhole`: with what is attested of them, which only OCI has a place for. */
export const namedBlobs = async (
  store: Store,
  images: readonly PlatformImage[],
  names: readonly string[],
  form: LayerForm,
  isWhole: boolean,
): Promise<NamedBlobs> => {
  const parts: IndexPart[] = [];
  for (const each of images) {
    const blobs = imageBlobs(each.image, await exportLayers(store, each.image.layers, form), each.platform);
    const part = indexPart(store, each, names, blobs);
    parts.push(isWhole ? part : { ...part, attestations: [] });
  }
  return { ...indexBlobs(parts), names };
};

const push = async (output: PushOutput, leaving: Leaving, io: Io): Promise<readonly Written[]> => {
  const names = pushedNames(output, leaving.names);
  const { pushNames } = await import('./transfer.ts');
  return (await pushNames(names, { ...leaving, form: output }, io)).map((digest) => ({ digest }));
};

/** A file is there whole or not at all; `-` is standard output. */
export const writeTo = (dest: string, io: Io, action: (write: (chunk: Uint8Array) => void) => void): void => {
  checkArchive(dest, io);
  if (dest === '-') return action((chunk) => io.stdout.write(chunk));
  const path = resolve(io.cwd, dest);
  const stat = described(path, () => statSync(path, { throwIfNoEntry: false }));
  described(path, () => {
    // A device or a pipe is written as it is.
    if (stat && !stat.isFile()) return writeFile(path, action);
    const draft = `${path}.${randomUUID()}`;
    try {
      writeFile(draft, action);
      renameSync(draft, path);
    } finally {
      rmSync(draft, { force: true });
    }
  });
};

const writeFile = (path: string, action: (write: (chunk: Uint8Array) => void) => void): void => {
  const out = openSync(path, 'w');
  try {
    action((chunk) => writeAll(out, chunk));
  } finally {
    closeSync(out);
  }
};

const described = <T>(path: string, action: () => T): T => {
  try {
    return action();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw new ImageError(`cannot write ${path}: ${reasonOf(error)}`);
  }
};
