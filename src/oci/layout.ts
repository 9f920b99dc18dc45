import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ImageError } from './error.ts';
import {
  type Descriptor,
  type Digest,
  digestOf,
  hexOf,
  type Image,
  type ImageJson,
  type Index,
  imageText,
  type Manifest,
  MEDIA,
} from './image.ts';
import { barePlatform, platformOf } from './platform.ts';
import { paddingOf, TAR_END, tarHeader } from './tar.ts';
import { writeAll } from './write-all.ts';

/** A blob of an image: JSON that is there, or a file. */
export interface Blob {
  readonly digest: Digest;
  readonly size: number;
  readonly content: Uint8Array | { readonly file: string };
}

/** An image as the blobs of an OCI layout; the first one is the manifest. */
export interface ImageBlobs {
  readonly manifest: Descriptor;
  /** Where the first one is an index: the manifests of its images, and of what is attested of them. */
  readonly inner?: readonly Descriptor[];
  readonly blobs: readonly Blob[];
}

/** A layer as it is exported. */
export interface ExportedLayer {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly file: string;
}

/** `platform`: what an index calls it by, where that is not what its configuration says. */
export const imageBlobs = (image: Image, layers: readonly ExportedLayer[], platform?: string): ImageBlobs => {
  const config = textBlob(imageText(image.json));
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: { mediaType: MEDIA.config, digest: config.digest, size: config.size },
    layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
  };
  const blob = jsonBlob(manifest);
  const own = barePlatform({
    ...versionOf(image.json),
    ...(platform === undefined ? image.json : platformOf(platform)),
  });
  const files = layers.map(({ digest, size, file }) => ({ digest, size, content: { file } }));
  return {
    manifest: { mediaType: MEDIA.manifest, digest: blob.digest, size: blob.size, platform: own },
    blobs: [blob, config, ...uniqueBlobs(files)],
  };
};

/** What a platform that is asked for need not tell. */
const versionOf = ({ 'os.version': version = '', 'os.features': features = [] }: ImageJson) => ({
  'os.version': version,
  'os.features': features,
});

export const jsonBlob = (value: unknown): Blob & { readonly content: Uint8Array } => textBlob(JSON.stringify(value));

const textBlob = (text: string): Blob & { readonly content: Uint8Array } => {
  const content = Buffer.from(text);
  return { digest: digestOf(content), size: content.length, content };
};

const uniqueBlobs = (blobs: readonly Blob[]): readonly Blob[] => [
  ...new Map(blobs.map((blob) => [blob.digest, blob])).values(),
];

/** The files of an OCI layout that also `docker load` takes, of several images: path, then content. */
function* layoutFiles(images: readonly NamedBlobs[]): Generator<readonly [path: string, blob: Blob]> {
  yield ['oci-layout', LAYOUT];
  yield ['index.json', jsonBlob(indexOf(images.flatMap(descriptorsOf)))];
  yield ['manifest.json', jsonBlob(images.map(dockerEntry))];
  for (const blob of uniqueBlobs(images.flatMap(({ blobs }) => blobs))) yield [pathOf(blob.digest), blob];
}

/** An image on its way out, under its full names. */
export interface NamedBlobs extends ImageBlobs {
  readonly names: readonly string[];
}

const LAYOUT = jsonBlob({ imageLayoutVersion: '1.0.0' });

const indexOf = (manifests: readonly Descriptor[]): Index => ({
  schemaVersion: 2,
  mediaType: MEDIA.index,
  manifests,
});

const descriptorsOf = ({ manifest, names }: NamedBlobs): readonly Descriptor[] =>
  names.length === 0 ? [manifest] : names.map((name) => ({ ...manifest, annotations: annotationsOf(name) }));

const pathOf = (digest: Digest): string => `blobs/sha256/${hexOf(digest)}`;

const NAME = 'org.opencontainers.image.ref.name';
const FULL_NAME = 'io.containerd.image.name';

/** A tag for readers of the specification, the whole name for containerd. */
const annotationsOf = (name: string): Record<string, string> => ({
  [FULL_NAME]: name,
  [NAME]: /:([^:/]+)$/.exec(name)?.[1] ?? 'latest',
});

const dockerEntry = ({ manifest, inner: [own = manifest] = [], blobs, names }: NamedBlobs): object => {
  const content = blobs.find(({ digest }) => digest === own.digest)?.content;
  const parsed: Manifest = content instanceof Uint8Array ? JSON.parse(Buffer.from(content).toString()) : undefined;
  return {
    Config: pathOf(parsed.config.digest),
    RepoTags: names,
    Layers: parsed.layers.map(({ digest }) => pathOf(digest)),
  };
};

/** Adds an image to the layout in a folder; what is there stays, but for what has the same name. */
export const writeLayoutFolder = (folder: string, image: NamedBlobs): void => {
  for (const blob of image.blobs) {
    const target = join(folder, pathOf(blob.digest));
    if (statSync(target, { throwIfNoEntry: false })?.size !== blob.size) writeFile(target, blob);
  }
  writeFile(join(folder, 'oci-layout'), LAYOUT);
  const own = descriptorsOf(image);
  const kept = manifestsIn(folder).filter((each) => !own.some((other) => isSameName(each, other)));
  writeFile(join(folder, 'index.json'), jsonBlob(indexOf([...kept, ...own])));
};

const manifestsIn = (folder: string): readonly Descriptor[] => {
  const path = join(folder, 'index.json');
  if (!existsSync(path)) return [];
  const { manifests }: Index = JSON.parse(readFileSync(path, 'utf8'));
  return manifests;
};

const isSameName = ({ annotations: a, digest }: Descriptor, { annotations: b, digest: other }: Descriptor): boolean => {
  if (!a?.[NAME] && !b?.[NAME]) return digest === other;
  const isSameImage = (a?.[FULL_NAME] ?? b?.[FULL_NAME]) === (b?.[FULL_NAME] ?? a?.[FULL_NAME]);
  return a?.[NAME] === b?.[NAME] && isSameImage;
};

/** Whole or not at all. */
const writeFile = (target: string, blob: Blob): void => {
  mkdirSync(dirname(target), { recursive: true });
  const draft = `${target}.${randomUUID()}`;
  const out = openSync(draft, 'wx');
  try {
    writeBlob((chunk) => writeAll(out, chunk), blob);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(out);
  }
};

/** Writes the layout of images as one archive: the same images give the same bytes. */
export const writeLayoutArchive = (write: (chunk: Uint8Array) => void, images: readonly NamedBlobs[]): void => {
  const plain = { uid: 0, gid: 0, mtime: 0, size: 0 } as const;
  for (const path of ['blobs', 'blobs/sha256']) write(tarHeader({ ...plain, path, type: 'directory', mode: 0o755 }));
  for (const [path, blob] of layoutFiles(images)) {
    write(tarHeader({ ...plain, path, type: 'file', mode: 0o644, size: blob.size }));
    writeBlob(write, blob);
    write(new Uint8Array(paddingOf(blob.size)));
  }
  write(TAR_END);
};

const writeBlob = (write: (chunk: Uint8Array) => void, { content, digest, size }: Blob): void => {
  if (content instanceof Uint8Array) return write(content);
  const input = openSync(content.file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(1 << 20);
    let written = 0;
    for (let length = readSync(input, buffer); length > 0; length = readSync(input, buffer)) {
      write(buffer.subarray(0, length));
      written += length;
    }
    if (written !== size) throw new ImageError(`the layer ${digest} has ${written} bytes in the store, not ${size}`);
  } finally {
    closeSync(input);
  }
};
