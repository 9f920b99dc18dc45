import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import type { LayerForm } from '../build/export.ts';
import { importImage, openFiles, spooledFiles } from '../build/import.ts';
import { nameImage, pullImage } from '../build/pull.ts';
import { type PushReport, pushImage } from '../build/push.ts';
import type { Store } from '../build/store.ts';
import { ConfigError } from '../config/error.ts';
import type { Files } from '../oci/archive.ts';
import { ImageError } from '../oci/error.ts';
import { imageIdOf, type PlatformImage } from '../oci/image.ts';
import { nameParts } from '../oci/image-name.ts';
import { imagesIn } from '../oci/images.ts';
import { type NamedBlobs, writeLayoutArchive } from '../oci/layout.ts';
import type { Access } from '../oci/session.ts';
import { pullReport } from './base-images.ts';
import { fullName, shortName } from './image-names.ts';
import { imagesNamed, nameMeant } from './images.ts';
import type { Io } from './io.ts';
import { checkArchive } from './output-places.ts';
import { type Progress, progressOf } from './progress.ts';
import { say } from './say.ts';
import { endingInOrder } from './signals.ts';
import { namedBlobs, writeTo } from './write-output.ts';

/** `iechorlint pull`: takes images from their registries into the store. */
export const pullNames = async (
  names: readonly string[],
  { store, access, platform, quiet }: { store: Store; access: Access; platform: string; quiet: boolean },
  io: Io,
): Promise<void> => {
  for (const name of names.map(fullName)) {
    const image = await withProgress(quiet, io, ({ transfer, io: own }) =>
      pullImage(store, name, platform, telling(access, quiet, own), pullReport(shortName(name), transfer)),
    );
    nameImage(store, name, image, platform, true);
    io.stdout.write(`${quiet ? imageIdOf(image) : shortName(name)}\n`);
  }
};

/** Of a registry that is waited for, unless nothing is to be said. */
const telling = (access: Access, quiet: boolean, io: Io): Access =>
  quiet ? access : { ...access, tell: (text) => say(io, text) };

const withProgress = async <T>(quiet: boolean, io: Io, action: (progress: Progress) => Promise<T>): Promise<T> => {
  const progress = await progressOf({ progress: 'auto', quiet }, io);
  try {
    // Ended by a signal, it leaves neither a picture nor parts of layers behind.
    return await endingInOrder(
      () => action(progress),
      async () => {},
    );
  } finally {
    progress.close();
  }
};

interface Sending {
  readonly store: Store;
  readonly access: Access;
  readonly form: LayerForm;
  readonly quiet: boolean;
  readonly images: readonly PlatformImage[];
  readonly transfer: Progress['transfer'];
}

/** Sends an image under each of the names, for all its platforms, and gives the digests of the manifests. */
export const pushNames = async (
  names: readonly string[],
  { store, access, form, quiet, images, transfer }: Sending,
  io: Io,
): Promise<readonly string[]> => {
  const digests: string[] = [];
  for (const name of names) {
    const report: PushReport = ({ digest: layer, size }, what, bytes) =>
      transfer({
        ...{ kind: 'push', image: shortName(name), layer, bytes },
        ...{ place: '', total: size },
        ...(what === 'sending' ? {} : { end: WORDS[what] }),
      });
    const digest = await pushImage(store, images, name, form, access, report, names);
    const { host, path } = nameParts(name);
    if (!quiet) say(io, `pushed ${shortName(name)} as ${shortName(`${host}/${path}`)}@${digest}`);
    digests.push(digest);
  }
  return digests;
};

const WORDS = { there: 'is there already', mounted: 'taken over from another repository', sent: 'sent' } as const;

/** `iechorlint push`: sends stored images to their registries. */
export const pushStored = async (
  names: readonly string[],
  options: Omit<Sending, 'images' | 'transfer'> & { readonly platform: string | undefined },
  io: Io,
): Promise<void> => {
  for (const name of names) {
    const images = imagesNamed(options.store, name, options.platform);
    const digests = await withProgress(options.quiet, io, (progress) =>
      pushNames(
        [fullName(name)],
        {
          ...options,
          images,
          transfer: progress.transfer,
          access: telling(options.access, options.quiet, progress.io),
        },
        progress.io,
      ),
    );
    if (options.quiet) for (const digest of digests) io.stdout.write(`${digest}\n`);
  }
};

/** `iechorlint save`: images as one archive. */
export const saveImages = async (
  names: readonly string[],
  { store, form, dest, platform }: { store: Store; form: LayerForm; dest: string; platform: string | undefined },
  io: Io,
): Promise<void> => {
  checkArchive(dest, io);
  const byId = new Map<string, { images: readonly PlatformImage[]; names: string[] }>();
  for (const name of names) {
    const images = imagesNamed(store, name, platform);
    const key = JSON.stringify(images.map((each) => [each.platform, imageIdOf(each.image)]));
    const known = byId.get(key) ?? { images, names: [] };
    byId.set(key, known);
    const full = nameMeant(store, name);
    if (full !== undefined) known.names.push(full);
  }
  const blobs: NamedBlobs[] = [];
  for (const { images, names: own } of byId.values()) blobs.push(await namedBlobs(store, images, own, form, true));
  writeTo(dest, io, (write) => writeLayoutArchive(write, blobs));
};

/** `iechorlint load`: the images of an archive, a layout folder, or standard input into the store. */
export const loadImages = async (
  place: string,
  { store, platform, quiet }: { store: Store; platform: string | undefined; quiet: boolean },
  io: Io,
): Promise<void> => {
  const files = await openPlace(place, store, io);
  try {
    const images = imagesIn(files, platform);
    if (images.length === 0)
      throw new ImageError(`${place} has no image${platform === undefined ? '' : ` for ${platform}`}`);
    for (const { names, source, parts } of images) {
      const full = names.flatMap(usableName);
      const several: PlatformImage[] = [];
      for (const each of parts) several.push({ platform: each.platform, image: await importImage(store, each.source) });
      const id =
        several.length > 0 ? store.saveIndex(several, full) : store.saveImage(await importImage(store, source), full);
      io.stdout.write(quiet || full.length === 0 ? `${id}\n` : full.map((name) => `${shortName(name)}\n`).join(''));
    }
  } finally {
    files.close();
  }
};

/** A tag alone, as layouts have it, says nothing of the repository. */
const usableName = (name: string): readonly string[] => {
  try {
    return /[/:]/.test(name) ? [fullName(name)] : [];
  } catch (error) {
    if (error instanceof ConfigError) return [];
    throw error;
  }
};

const openPlace = async (place: string, store: Store, io: Io): Promise<Files> => {
  if (place === '-') return spooledFiles(store, standardInput(io), 'standard input');
  const path = resolve(io.cwd, place.replace(/^(?:oci-layout|oci-archive|docker-archive):(?:\/\/)?/, ''));
  if (!lstatSync(path, { throwIfNoEntry: false })) throw new ConfigError(`there is no ${place}`);
  return openFiles(store, path);
};

async function* standardInput({ stdin }: Io): AsyncGenerator<Uint8Array> {
  for (let chunk = stdin(); chunk !== undefined; chunk = stdin()) yield chunk;
}
