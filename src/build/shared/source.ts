import { folderFiles } from '../../oci/archive.ts';
import { checked } from '../../oci/decompress.ts';
import { manifestIn } from '../../oci/documents.ts';
import { ImageError } from '../../oci/error.ts';
import { type Descriptor, type Digest, type Layer, type Manifest, sizeFlaw } from '../../oci/image.ts';
import { nameParts } from '../../oci/image-name.ts';
import { blobBytes, blobPath } from '../../oci/images.ts';
import { fetchBytes, fetchNamed, fetchStream, openRepository } from '../../oci/registry.ts';
import type { Access } from '../../oci/session.ts';
import type { Origin } from '../origins.ts';
import type { CacheEntry } from '../store.ts';
import { CACHE_MEDIA, cacheDocumentIn, entriesOf } from './document.ts';

/** A cache that others have made. */
export interface CacheSource {
  /** For messages. */
  readonly name: string;
  readonly entries: ReadonlyMap<string, CacheEntry>;
  readonly layers: ReadonlyMap<Digest, SharedLayer>;
  /** Layers of entries that it does not hold. */
  readonly known: ReadonlySet<Digest>;
}

/** A layer in a shared cache. */
export interface SharedLayer extends Layer {
  readonly descriptor: Descriptor;
  readonly origin: Omit<Origin, 'descriptor'> | undefined;
  /** Every byte is checked. */
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** The tag of a cache in a folder, unless told otherwise. */
export const USUAL_TAG = 'latest';

const TAG = 'org.opencontainers.image.ref.name';

/** The cache that a folder has under a tag. Throws ImageError. */
export const openLocalCache = (folder: string, tag: string): CacheSource => {
  const files = folderFiles(folder);
  if (files.size('index.json') === undefined) throw new ImageError('there is no cache yet');
  const index = manifestIn(files.bytes('index.json'), 'index.json');
  const own = 'manifests' in index && index.manifests.find(({ annotations }) => annotations?.[TAG] === tag);
  if (!own) throw new ImageError(`it has no cache with the tag \`${tag}\``);
  const manifest = manifestIn(blobBytes(files, own), own.digest);
  if ('manifests' in manifest) throw new ImageError(NO_CACHE);
  return sourceOf(folder, manifest, blobBytes(files, manifest.config), (descriptor) => {
    const path = blobPath(descriptor.digest);
    const size = files.size(path);
    if (size !== undefined && size !== descriptor.size) throw new ImageError(sizeFlaw(descriptor, size));
    return checked(files.stream(path), descriptor);
  });
};

const NO_CACHE = 'it is no cache of this program';

/** The cache that a registry has under a full name. Throws ImageError. */
export const openRegistryCache = async (name: string, platform: string, access: Access): Promise<CacheSource> => {
  const { host, path, tag, digest } = nameParts(name);
  const repository = openRepository(host, path, access);
  const { manifest } = await fetchNamed(repository, digest ?? tag ?? USUAL_TAG, platform);
  if (manifest.config.mediaType !== CACHE_MEDIA.config) throw new ImageError(NO_CACHE);
  const config = await fetchBytes(repository, manifest.config);
  const open = (descriptor: Descriptor) => fetchStream(repository, descriptor);
  return sourceOf(name, manifest, config, open, { host, path });
};

const sourceOf = (
  name: string,
  { layers, config }: Manifest,
  bytes: Uint8Array,
  open: (descriptor: Descriptor) => AsyncIterable<Uint8Array>,
  origin?: SharedLayer['origin'],
): CacheSource => {
  if (config.mediaType !== CACHE_MEDIA.config) throw new ImageError(NO_CACHE);
  const document = cacheDocumentIn(bytes, layers.length);
  const shared = layers.flatMap((descriptor, at) => {
    const layer = document.layers[at];
    return layer ? [[layer.diffId, { ...layer, descriptor, origin, open: () => open(descriptor) }] as const] : [];
  });
  const known = new Set(document.known.map(({ diffId }) => diffId));
  return { name, entries: entriesOf(document), layers: new Map(shared), known };
};
