import type { Files } from './archive.ts';
import { checked } from './decompress.ts';
import { type DockerEntry, dockerEntriesIn, imageJsonIn, manifestIn } from './documents.ts';
import { ImageError } from './error.ts';
import {
  type Descriptor,
  type Digest,
  digestOf,
  hexOf,
  type Index,
  type Manifest,
  MEDIA,
  type Platform,
  sizeFlaw,
} from './image.ts';
import { forPlatform, HOST_PLATFORM, isPlatform, isPlatformText, nearest, platformText } from './platform.ts';
import { isConfig, MOST_DEEP } from './registry.ts';

/** Where an image comes from: its configuration, and its layers as they are kept there. */
export interface ImageSource {
  /** Its digest has been checked. */
  readonly config: () => Promise<Uint8Array>;
  readonly layers: readonly SourceLayer[];
}

export interface SourceLayer {
  /** For messages. */
  readonly name: string;
  /** As the manifest has it, where there is one. */
  readonly descriptor?: Descriptor;
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** An image in a layout or an archive. */
export interface KeptImage {
  readonly names: readonly string[];
  /** Of its manifest first, then of the indexes that list it; none where there is no manifest. */
  readonly digests: readonly Digest[];
  readonly source: ImageSource;
  /** Of an index each image that is there, where it has several and all are asked for. */
  readonly parts: readonly PlatformSource[];
}

export interface PlatformSource {
  readonly platform: string;
  readonly source: ImageSource;
}

/** Every image for a platform, or of no platform that is told; without one those for all. Throws ImageError. */
export const imagesIn = (files: Files, platform: string | undefined): readonly KeptImage[] => {
  if (files.size('index.json') !== undefined) return layoutImages(files, platform);
  if (files.size('manifest.json') !== undefined) return dockerImages(files);
  throw new ImageError(`${files.place} holds no image: it has neither index.json nor manifest.json`);
};

/** Which image of a layout is meant; nothing: the only one. */
export interface KeptName {
  readonly tag?: string | undefined;
  /** Of its manifest, or of an index that lists it. */
  readonly digest?: Digest | undefined;
}

/** The one image with a tag or a name and a digest, or the only one. Throws ImageError. */
export const imageIn = (files: Files, { tag, digest }: KeptName, platform: string): KeptImage => {
  const images = imagesIn(files, platform);
  const found = images.filter(
    ({ names, digests }) =>
      (tag === undefined || names.some((name) => isNamed(name, tag))) &&
      (digest === undefined || digests.includes(digest)),
  );
  const [first] = found;
  const all = images.flatMap(({ names, digests: [own = 'one without a name'] }) => (names.length > 0 ? names : [own]));
  const has = all.length > 0 ? `it has ${all.join(', ')}` : `it has none for ${platform}`;
  if (!first)
    throw new ImageError(
      all.length === 0 && tag === undefined && digest === undefined
        ? `${files.place} has no image for ${platform}`
        : `${files.place} has no image ${[tag, digest].filter(Boolean).join('@')}; ${has}`,
    );
  if (found.length > 1)
    throw new ImageError(`${files.place} has several images, ${all.join(', ')}: name one by its tag or digest`);
  return first;
};

const isNamed = (name: string, tag: string): boolean => name === tag || name.endsWith(`:${tag}`);

// OCI layouts -------------------------------------------------------------------------------------------------------

const layoutImages = (files: Files, platform: string | undefined): readonly KeptImage[] => {
  const index = manifestIn(files.bytes('index.json'), `${files.place}/index.json`);
  if (!('manifests' in index)) throw new ImageError(`${files.place}/index.json is no list of images`);
  const found = new Map<string, { readonly chosen: Chosen; readonly names: string[]; readonly lists: Digest[] }>();
  for (const each of index.manifests) {
    const chosen = chosenIn(files, each, platform);
    if (!chosen) continue;
    const key = [chosen.own, ...chosen.parts.map(({ of }) => of)].map(({ digest }) => digest).join();
    const known = found.get(key) ?? { chosen, names: [], lists: [] };
    found.set(key, known);
    known.names.push(...namesOf(each));
    known.lists.push(each.digest);
  }
  return Array.from(found.values(), ({ chosen: { own, parts }, names, lists }) => ({
    names,
    digests: [...new Set([own.digest, ...lists])],
    source: sourceIn(files, own),
    parts: parts.map((each) => ({ platform: each.platform, source: sourceIn(files, each.of) })),
  }));
};

interface Part {
  readonly platform: string;
  readonly of: Descriptor;
}

interface Chosen {
  readonly own: Descriptor;
  readonly parts: readonly Part[];
}

const chosenIn = (files: Files, descriptor: Descriptor, platform: string | undefined): Chosen | undefined => {
  if (platform !== undefined || !isIndex(descriptor)) {
    const own = platform === undefined ? descriptor : ownOf(files, descriptor, platform);
    return own && { own, parts: [] };
  }
  const parts = partsOf(files, descriptor);
  const own = (forPlatform(parts, HOST_PLATFORM) ?? parts[0])?.of;
  return own && { own, parts: parts.length > 1 ? parts : [] };
};

const isIndex = ({ mediaType }: Descriptor): boolean => mediaType === MEDIA.index || mediaType === MEDIA.dockerIndex;

/** The images of an index, as far as they are there. */
const partsOf = (files: Files, index: Descriptor, depth = 0): readonly Part[] =>
  innerOf(files, index, depth).flatMap((each): readonly Part[] => {
    if (isIndex(each)) return partsOf(files, each, depth + 1);
    const isHere = files.size(blobPath(each.digest)) !== undefined;
    const told = isHere ? (each.platform ?? ownPlatform(files, each)) : undefined;
    const platform = told ? platformText(told) : '';
    return isPlatformText(platform) && !platform.startsWith('unknown/') ? [{ platform, of: each }] : [];
  });

/** What an image says that is listed without a platform; undefined for what is no image. */
const ownPlatform = (files: Files, descriptor: Descriptor): Platform | undefined => {
  const manifest = manifestIn(blobBytes(files, descriptor), descriptor.digest);
  return 'config' in manifest && isConfig(manifest.config)
    ? imageJsonIn(Buffer.from(blobBytes(files, manifest.config)).toString())
    : undefined;
};

const namesOf = ({ annotations }: Descriptor): readonly string[] => {
  const name = annotations?.['io.containerd.image.name'] ?? annotations?.['org.opencontainers.image.ref.name'];
  return name === undefined ? [] : [name];
};

/** An index is looked into for the platform; an attestation is no image. */
const ownOf = (files: Files, descriptor: Descriptor, platform: string, depth = 0): Descriptor | undefined => {
  if (!isIndex(descriptor))
    return descriptor.platform && !isPlatform(descriptor.platform, platform) ? undefined : descriptor;
  const inner = innerOf(files, descriptor, depth);
  const suitable = nearest(inner, (each) => each.platform, platform);
  if (suitable) return ownOf(files, suitable, platform, depth + 1);
  for (const each of inner) {
    if (each.platform || files.size(blobPath(each.digest)) === undefined) continue;
    const own = isIndex(each) ? ownOf(files, each, platform, depth + 1) : each;
    if (own && (own !== each || isPlatform(ownPlatform(files, own), platform))) return own;
  }
  return undefined;
};

const innerOf = (files: Files, descriptor: Descriptor, depth: number): readonly Descriptor[] => {
  const inner: Index | Manifest = manifestIn(blobBytes(files, descriptor), descriptor.digest);
  if (!('manifests' in inner)) throw new ImageError(`${descriptor.digest} is no list of images`);
  if (depth >= MOST_DEEP) throw new ImageError(`${files.place} has lists of images more than ${MOST_DEEP} deep`);
  return inner.manifests;
};

/** Where a layout has a blob. Throws ImageError for what is no digest, and might lead elsewhere. */
export const blobPath = (digest: Digest): string => {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new ImageError(`\`${digest}\` is no sha256 digest`);
  return `blobs/sha256/${hexOf(digest)}`;
};

/** A short blob, its digest and its size checked. Throws ImageError. */
export const blobBytes = (files: Files, descriptor: Descriptor): Uint8Array => {
  const { digest, size } = descriptor;
  const bytes = files.bytes(blobPath(digest));
  if (digestOf(bytes) !== digest)
    throw new ImageError(`the blob ${digest} in ${files.place} has another content: its digest is ${digestOf(bytes)}`);
  if (bytes.length !== size) throw new ImageError(sizeFlaw(descriptor, bytes.length, files.place));
  return bytes;
};

/** A blob that is there has the size that is told of it; a layer may be known already, and is not read then. */
const refuseOtherSize = (files: Files, descriptor: Descriptor): void => {
  const actual = files.size(blobPath(descriptor.digest));
  if (actual !== undefined && actual !== descriptor.size)
    throw new ImageError(sizeFlaw(descriptor, actual, files.place));
};

const sourceIn = (files: Files, descriptor: Descriptor): ImageSource => {
  const manifest = manifestIn(blobBytes(files, descriptor), descriptor.digest);
  if ('manifests' in manifest) throw new ImageError(`${descriptor.digest} is no manifest of an image`);
  return {
    async config() {
      for (const each of manifest.layers) refuseOtherSize(files, each);
      return blobBytes(files, manifest.config);
    },
    layers: manifest.layers.map((each) => ({
      name: each.digest,
      descriptor: each,
      open: () => checked(files.stream(blobPath(each.digest)), each),
    })),
  };
};

// docker save -------------------------------------------------------------------------------------------------------

const dockerImages = (files: Files): readonly KeptImage[] =>
  dockerEntries(files).map(({ Config, RepoTags, Layers }) => ({
    names: RepoTags ?? [],
    digests: [],
    parts: [],
    source: {
      config: async () => configIn(files, Config),
      layers: Layers.map((path) => ({ name: path, open: () => files.stream(path) })),
    },
  }));

/** What `manifest.json` lists. Throws ImageError. */
export const dockerEntries = (files: Files): readonly DockerEntry[] =>
  dockerEntriesIn(files.bytes('manifest.json'), files.place);

/** The configuration's name is its digest. */
const configIn = (files: Files, path: string): Uint8Array => {
  const bytes = files.bytes(path);
  const [hex] = /[0-9a-f]{64}/.exec(path) ?? [];
  if (hex !== undefined && digestOf(bytes) !== `sha256:${hex}`)
    throw new ImageError(`${path} in ${files.place} has another content: its digest is ${digestOf(bytes)}`);
  return bytes;
};
