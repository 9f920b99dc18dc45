import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { manifestIn } from '../../oci/documents.ts';
import { type Descriptor, type Digest, type Image, type Layer, MEDIA } from '../../oci/image.ts';
import { nameParts } from '../../oci/image-name.ts';
import { blobPath } from '../../oci/images.ts';
import { type Blob, type ExportedLayer, type ImageBlobs, jsonBlob, writeLayoutFolder } from '../../oci/layout.ts';
import { openRepository, type Repository } from '../../oci/registry.ts';
import type { Access } from '../../oci/session.ts';
import { hasBlob, sendBlob, sendManifest } from '../../oci/upload.ts';
import { exportLayer, type LayerForm } from '../export.ts';
import { ociType, pushLayer, uploadOf } from '../push.ts';
import { digestOfAll } from '../read-file.ts';
import type { StepRecord } from '../remote-layers.ts';
import type { Store } from '../store.ts';
import type { Caches } from './caches.ts';
import { CACHE_MEDIA, type CacheDocument } from './document.ts';
import { USUAL_TAG } from './source.ts';

/** The layers of the images alone, or those of every stage that was built. */
export type CacheMode = 'min' | 'max';

/** What a build hands out, and what it is made of. */
export interface CacheContent {
  readonly store: Store;
  readonly caches: Caches;
  readonly document: CacheDocument;
  readonly form: LayerForm;
  /** Whether a cache has turned out to be damaged. */
  readonly isDamaged: boolean;
}

/** `isHere` tells whether a layer can be had. */
export const cacheDocument = (
  steps: readonly StepRecord[],
  images: readonly Image[],
  mode: CacheMode,
  isHere: (diffId: Digest) => boolean,
): CacheDocument => {
  const own = new Set(images.flatMap(({ layers }) => layers.map(({ diffId }) => diffId)));
  const all = [...new Map(steps.map(({ layer }) => [layer.diffId, layer])).values()];
  const isHeld = ({ diffId }: Layer) => (mode === 'max' || own.has(diffId)) && isHere(diffId);
  const layers = all.filter(isHeld);
  const known = all.filter((layer) => !isHeld(layer));
  const places = new Map([...layers, ...known].map(({ diffId }, at) => [diffId, at]));
  const said = steps.flatMap(({ keys, layer, created }) =>
    keys.map((key) => [key, places.get(layer.diffId) ?? 0, created] as const),
  );
  // Builds for several platforms have steps in common.
  const once = [...new Map(said.map((each) => [each[0], each])).values()];
  return { layers, known, steps: once.toSorted(([a], [b]) => (a < b ? -1 : 1)) };
};

// Folders -----------------------------------------------------------------------------------------------------------

const TAG = 'org.opencontainers.image.ref.name';

/** Writes a cache into a folder in place of the one with the same tag, whose layers go where nothing else has them. */
export const writeLocalCache = async (folder: string, tag: string, content: CacheContent): Promise<void> => {
  const old = blobsIn(folder, ({ annotations }) => annotations?.[TAG] === tag);
  if (content.isDamaged) forgetDamaged(join(folder, 'blobs', 'sha256'));
  const layers: ExportedLayer[] = [];
  for (const layer of content.document.layers) layers.push(await localLayer(folder, layer, content));
  const { manifest, blobs } = cacheBlobs(content.document, layers);
  const isMissing = ({ content: of }: Blob) => of instanceof Uint8Array || of.file !== '';
  writeLayoutFolder(folder, {
    manifest: { ...manifest, annotations: { [TAG]: tag } },
    blobs: blobs.filter(isMissing),
    names: [],
  });
  const kept = blobsIn(folder, () => true);
  for (const digest of old) if (!kept.has(digest)) rmSync(join(folder, blobPath(digest)), { force: true });
};

/** One that is not here is left where it is already. */
const localLayer = async (folder: string, layer: Layer, content: CacheContent): Promise<ExportedLayer> => {
  const { store, caches, form } = content;
  const shared = store.hasBlob(layer.diffId) ? undefined : caches.shared(layer.diffId)?.descriptor;
  const size = shared && statSync(join(folder, blobPath(shared.digest)), { throwIfNoEntry: false })?.size;
  if (shared && size === shared.size) return { ...plain(shared), file: '' };
  await caches.bring([layer]);
  return exportLayer(store, layer, form);
};

const plain = ({ mediaType, digest, size }: Descriptor) => ({ mediaType: ociType(mediaType), digest, size });

/** The digests of all that the chosen manifests of a layout name; none where it is damaged. */
const blobsIn = (folder: string, isMeant: (descriptor: Descriptor) => boolean): ReadonlySet<Digest> => {
  const found = new Set<Digest>();
  const read = (path: string) => {
    try {
      return manifestIn(readFileSync(join(folder, path)), path);
    } catch {
      return undefined;
    }
  };
  const index = read('index.json');
  if (!index || !('manifests' in index)) {
    rmSync(join(folder, 'index.json'), { force: true });
    return found;
  }
  const visit = ({ digest }: Descriptor): void => {
    if (found.has(digest)) return;
    found.add(digest);
    const manifest = read(blobPath(digest));
    if (manifest && 'manifests' in manifest) manifest.manifests.forEach(visit);
    else for (const each of manifest ? [manifest.config, ...manifest.layers] : []) found.add(each.digest);
  };
  index.manifests.filter(isMeant).forEach(visit);
  return found;
};

/** What is there counts as right, unless something has turned out not to be. */
const forgetDamaged = (folder: string): void => {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const path = join(folder, name);
    if (statSync(path, { throwIfNoEntry: false })?.isFile() && digestOfAll(path) !== name) rmSync(path);
  }
};

// Registries --------------------------------------------------------------------------------------------------------

/** Sends a cache to a registry under a full name. Throws ImageError. */
export const pushCache = async (name: string, access: Access, content: CacheContent): Promise<void> => {
  const { host, path, tag } = nameParts(name);
  const repository = openRepository(host, path, access);
  const layers: ExportedLayer[] = [];
  for (const layer of content.document.layers) layers.push(await remoteLayer(repository, layer, content));
  const { manifest, blobs } = cacheBlobs(content.document, layers);
  const [body, config] = blobs;
  if (config && !(await hasBlob(repository, config.digest))) await sendBlob(repository, uploadOf(config));
  if (body?.content instanceof Uint8Array)
    await sendManifest(repository, tag ?? USUAL_TAG, manifest.mediaType, body.content);
};

const remoteLayer = async (repository: Repository, layer: Layer, content: CacheContent): Promise<ExportedLayer> => {
  const { store, caches, form } = content;
  const shared = store.hasBlob(layer.diffId) ? undefined : caches.shared(layer.diffId)?.descriptor;
  if (shared && (await hasBlob(repository, shared.digest))) return { ...plain(shared), file: '' };
  await caches.bring([layer]);
  return pushLayer(store, layer, repository, form, () => undefined);
};

/** A cache as the blobs of a layout; the first one is the manifest, the second its configuration. */
const cacheBlobs = (document: CacheDocument, layers: readonly ExportedLayer[]): ImageBlobs => {
  const config = jsonBlob(document);
  const manifest = jsonBlob({
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    artifactType: CACHE_MEDIA.artifact,
    config: { mediaType: CACHE_MEDIA.config, digest: config.digest, size: config.size },
    layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
  });
  const files = layers.map(({ digest, size, file }) => ({ digest, size, content: { file } }));
  return {
    manifest: { mediaType: MEDIA.manifest, digest: manifest.digest, size: manifest.size },
    blobs: [manifest, config, ...files],
  };
};
