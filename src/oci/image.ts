import { createHash } from 'node:crypto';
import { imageJsonIn } from './documents.ts';
import { barePlatform } from './platform.ts';

/** `sha256:` and 64 hexadecimal digits. */
export type Digest = string;

export const digestOf = (content: string | Uint8Array): Digest =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

export const hexOf = (digest: Digest): string => digest.slice(digest.indexOf(':') + 1);

/** https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly platform?: Platform;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Why a blob is not what is said of it; `place` is where it is. */
export const sizeFlaw = ({ digest, size }: Descriptor, actual: number, place = ''): string =>
  `the blob ${digest}${place && ` in ${place}`} has ${actual} bytes, and its descriptor says ${size}`;

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  /** Of Windows, which takes only images that fit it. */
  readonly 'os.version'?: string;
  readonly 'os.features'?: readonly string[];
}

export interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Index {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly manifests: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** https://github.com/opencontainers/image-spec/blob/main/config.md; what is not known here is kept as it is. */
export interface ImageJson extends Platform {
  readonly created?: string;
  readonly config?: ContainerJson;
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly Digest[] };
  readonly history?: readonly HistoryJson[];
  readonly [other: string]: unknown;
}

export interface ContainerJson {
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly Volumes?: Readonly<Record<string, object>>;
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly StopSignal?: string;
  readonly Healthcheck?: object;
  readonly OnBuild?: readonly string[] | null;
  readonly Shell?: readonly string[] | null;
  readonly [other: string]: unknown;
}

export interface HistoryJson {
  readonly created?: string;
  readonly created_by?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly empty_layer?: boolean;
}

export const MEDIA = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
} as const;

/** An uncompressed layer in a store: its digest is its diff id. */
export interface Layer {
  readonly diffId: Digest;
  readonly size: number;
}

/** What a build makes and starts from: a configuration and its layers, the base at 0. */
export interface Image {
  readonly json: ImageJson;
  readonly layers: readonly Layer[];
}

/** An image for one of several platforms, such as `linux/arm64`. */
export interface PlatformImage {
  readonly platform: string;
  readonly image: Image;
}

/** An image of nothing for a platform such as `linux/amd64`. */
export const emptyImage = (platform: Platform): Image => ({
  json: { ...barePlatform(platform), rootfs: { type: 'layers', diff_ids: [] }, history: [] },
  layers: [],
});

/** The image with another layer on top. */
export const append = (image: Image, layer: Layer, history: HistoryJson): Image => ({
  json: {
    ...image.json,
    rootfs: { type: 'layers', diff_ids: [...image.json.rootfs.diff_ids, layer.diffId] },
    history: [...(image.json.history ?? []), history],
  },
  layers: [...image.layers, layer],
});

/** The image with a step that changes no file. */
export const withHistory = (image: Image, history: HistoryJson): Image => ({
  ...image,
  json: { ...image.json, history: [...(image.json.history ?? []), { ...history, empty_layer: true }] },
});

export const withConfig = (image: Image, config: ContainerJson): Image => ({
  ...image,
  json: { ...image.json, config },
});

/** The digest of an image's configuration, by which it is known locally. */
export const imageIdOf = ({ json }: Image): Digest => digestOf(imageText(json));

/** As they were read: another writer's spaces and order of fields belong to the digest. */
const texts = new WeakMap<ImageJson, string>();

/** The bytes of a configuration; those that it was read from, unless it is a new one. */
export const imageText = (json: ImageJson): string => texts.get(json) ?? JSON.stringify(json);

/** A configuration as an image has it. Throws ImageError. */
export const readImageJson = (text: string): ImageJson => {
  const json = imageJsonIn(text);
  texts.set(json, text);
  return json;
};
