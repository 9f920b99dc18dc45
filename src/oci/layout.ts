import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ImageError } from './error.ts';
import {
  type Descriptor,
  type Digest,
  digestOf,
  hexOf,
  type Image,
  type Index,
  type Manifest,
  MEDIA,
} from './image.ts';
import { paddingOf, TAR_END, tarHeader } from './tar.ts';

/** A blob of an image: JSON that is there, or a file. */
export interface Blob {
  readonly digest: Digest;
  readonly size: number;
  readonly content: Uint8Array | { readonly file: string };
}

/** An image as the blobs of an OCI layout; the first one is the manifest. */
export interface ImageBlobs {
  readonly manifest: Descriptor;
  readonly blobs: readonly Blob[];
}

/** A layer as it is exported. */
export interface ExportedLayer {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly file: string;
}

export const imageBlobs = (image: Image, layers: readonly ExportedLayer[]): ImageBlobs => {
  const config = jsonBlob(image.json);
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: { mediaType: MEDIA.config, digest: config.digest, size: config.size },
    layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
  };
  const blob = jsonBlob(manifest);
  const { os, architecture, variant } = image.json;
  const platform = { architecture, os, ...(variant ? { variant } : {}) };
  const files = layers.map(({ digest, size, file }) => ({ digest, size, content: { file } }));
  return {
    manifest: { mediaType: MEDIA.manifest, digest: blob.digest, size: blob.size, platform },
    blobs: [blob, config, ...uniqueBlobs(files)],
  };
};

const jsonBlob = (value: unknown): Blob & { readonly content: Uint8Array } => {
  const content = Buffer.from(JSON.stringify(value));
  return { digest: digestOf(content), size: content.length, content };
};

const uniqueBlobs = (blobs: readonly Blob[]): readonly Blob[] => [
  ...new Map(blobs.map((blob) => [blob.digest, blob])).values(),
];

/** The files of an OCI layout that also `docker load` takes: path, then content. */
export function* layoutFiles(
  { manifest, blobs }: ImageBlobs,
  names: readonly string[],
): Generator<readonly [path: string, blob: Blob]> {
  const index: Index = {
    schemaVersion: 2,
    mediaType: MEDIA.index,
    manifests:
      names.length === 0 ? [manifest] : names.map((name) => ({ ...manifest, annotations: annotationsOf(name) })),
  };
  yield ['oci-layout', jsonBlob({ imageLayoutVersion: '1.0.0' })];
  yield ['index.json', jsonBlob(index)];
  yield ['manifest.json', jsonBlob([dockerEntry(manifest, blobs, names)])];
  for (const blob of blobs) yield [pathOf(blob.digest), blob];
}

const pathOf = (digest: Digest): string => `blobs/sha256/${hexOf(digest)}`;

/** A tag for readers of the specification, the whole name for containerd. */
const annotationsOf = (name: string): Record<string, string> => ({
  'io.containerd.image.name': name,
  'org.opencontainers.image.ref.name': /:([^:/]+)$/.exec(name)?.[1] ?? 'latest',
});

const dockerEntry = (manifest: Descriptor, blobs: readonly Blob[], names: readonly string[]): object => {
  const content = blobs.find(({ digest }) => digest === manifest.digest)?.content;
  const parsed: Manifest = content instanceof Uint8Array ? JSON.parse(Buffer.from(content).toString()) : undefined;
  return {
    Config: pathOf(parsed.config.digest),
    RepoTags: names,
    Layers: parsed.layers.map(({ digest }) => pathOf(digest)),
  };
};

/** Writes the layout as a folder; what is there with the same digest stays. */
export const writeLayoutFolder = (folder: string, image: ImageBlobs, names: readonly string[]): void => {
  for (const [path, blob] of layoutFiles(image, names)) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    if (path.startsWith('blobs/') && statSync(target, { throwIfNoEntry: false })?.size === blob.size) continue;
    const draft = `${target}.draft`;
    const out = openSync(draft, 'w');
    try {
      writeBlob(out, blob);
    } finally {
      closeSync(out);
    }
    renameSync(draft, target);
  }
};

/** Writes the layout as one archive to an open file: the same image gives the same bytes. */
export const writeLayoutArchive = (out: number, image: ImageBlobs, names: readonly string[]): void => {
  const plain = { uid: 0, gid: 0, mtime: 0, size: 0 } as const;
  for (const path of ['blobs', 'blobs/sha256'])
    writeSync(out, tarHeader({ ...plain, path, type: 'directory', mode: 0o755 }));
  for (const [path, blob] of layoutFiles(image, names)) {
    writeSync(out, tarHeader({ ...plain, path, type: 'file', mode: 0o644, size: blob.size }));
    writeBlob(out, blob);
    writeSync(out, new Uint8Array(paddingOf(blob.size)));
  }
  writeSync(out, TAR_END);
};

const writeBlob = (out: number, { content, digest, size }: Blob): void => {
  if (content instanceof Uint8Array) return writeAll(out, content);
  const input = openSync(content.file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(1 << 20);
    let written = 0;
    for (let length = readSync(input, buffer); length > 0; length = readSync(input, buffer)) {
      writeAll(out, buffer.subarray(0, length));
      written += length;
    }
    if (written !== size) throw new ImageError(`the layer ${digest} has ${written} bytes in the store, not ${size}`);
  } finally {
    closeSync(input);
  }
};

/** A pipe may take less than it is given. */
export const writeAll = (out: number, content: Uint8Array): void => {
  for (let at = 0; at < content.length; ) at += writeSync(out, content, at);
};

/** The image manifest that a layout folder has for a tag, or its only one. Throws ImageError. */
export const readLayoutFolder = (folder: string, tag: string | undefined, platform: string): Descriptor => {
  if (!existsSync(join(folder, 'index.json'))) throw new ImageError(`${folder} is no OCI layout: it has no index.json`);
  const index: Index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
  const named = index.manifests.filter(({ annotations }) => {
    const name = annotations?.['org.opencontainers.image.ref.name'];
    return tag === undefined || name === tag || annotations?.['io.containerd.image.name'] === tag;
  });
  const found = named.find((each) => isFor(each, platform)) ?? named[0];
  if (!found) throw new ImageError(`the OCI layout ${folder} has no image ${tag ?? ''}`);
  if (found.mediaType !== MEDIA.index && found.mediaType !== MEDIA.dockerIndex) return found;
  const inner: Index = JSON.parse(readFileSync(join(folder, pathOf(found.digest)), 'utf8'));
  const own = inner.manifests.find((each) => isFor(each, platform));
  if (!own) throw new ImageError(`the OCI layout ${folder} has no image for ${platform}`);
  return own;
};

const isFor = ({ platform }: Descriptor, wanted: string): boolean =>
  platform !== undefined &&
  `${platform.os}/${platform.architecture}${platform.variant ? `/${platform.variant}` : ''}`.startsWith(wanted);
