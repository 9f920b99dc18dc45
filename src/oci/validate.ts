import { createHash } from 'node:crypto';
import type { Files } from './archive.ts';
import { decompressed } from './decompress.ts';
import { fieldOf, jsonIn, manifestIn } from './documents.ts';
import { ImageError } from './error.ts';
import { type Descriptor, type Index, type Manifest, MEDIA, readImageJson, sizeFlaw } from './image.ts';
import { blobPath, dockerEntries } from './images.ts';

/** A line for each thing that is wrong in a layout or an archive of images; every digest is recomputed. */
export const validate = async (files: Files): Promise<readonly string[]> => {
  const check: Check = { files, problems: [], seen: new Set() };
  if (files.size('index.json') !== undefined) await checkLayout(check);
  if (files.size('manifest.json') !== undefined) await checkDocker(check);
  else if (files.size('index.json') === undefined) check.problems.push('there is neither index.json nor manifest.json');
  for (const path of files.names()) if (path.startsWith('blobs/')) await checkName(check, path);
  return check.problems;
};

interface Check {
  readonly files: Files;
  readonly problems: string[];
  /** Digests of blobs that have been looked at. */
  readonly seen: Set<string>;
}

const attempt = async (check: Check, action: () => void | Promise<void>): Promise<void> => {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    check.problems.push(error.message);
  }
};

const checkLayout = async (check: Check): Promise<void> => {
  const { files, problems } = check;
  await attempt(check, () => {
    const version = fieldOf(jsonIn(files.bytes('oci-layout')), 'imageLayoutVersion');
    if (version !== '1.0.0') problems.push(`oci-layout tells of the version ${String(version)}, not 1.0.0`);
  });
  await attempt(check, async () => {
    const index = manifestIn(files.bytes('index.json'), 'index.json');
    if (!('manifests' in index)) problems.push('index.json is no index');
    else await checkIndex(check, index, 'index.json');
  });
};

const checkIndex = async (check: Check, { schemaVersion, manifests }: Index, name: string): Promise<void> => {
  if (schemaVersion !== 2) check.problems.push(`${name} has the schemaVersion ${String(schemaVersion)}, not 2`);
  for (const each of manifests) await attempt(check, () => checkManifest(check, each));
};

const checkManifest = async (check: Check, descriptor: Descriptor): Promise<void> => {
  if (check.seen.has(descriptor.digest) || !(await hasDigest(check, descriptor))) return;
  const { digest, mediaType } = descriptor;
  const found = manifestIn(check.files.bytes(blobPath(digest)), digest);
  if (found.mediaType !== undefined && found.mediaType !== mediaType)
    check.problems.push(`${digest} is of type ${found.mediaType}, and its descriptor says ${mediaType}`);
  const isIndex = mediaType === MEDIA.index || mediaType === MEDIA.dockerIndex;
  if (isIndex !== 'manifests' in found) check.problems.push(`${digest} is not what its type ${mediaType} says`);
  if ('manifests' in found) return checkIndex(check, found, digest);
  await checkImage(check, found, digest);
};

const checkImage = async (check: Check, { config, layers }: Manifest, name: string): Promise<void> => {
  for (const layer of layers) if (!check.seen.has(layer.digest)) await hasDigest(check, layer);
  if (!(await hasDigest(check, config)) || !/image\.(?:v1|config)/.test(config.mediaType)) return;
  // What is attested of an image looks like one, and has statements for layers.
  if (layers.some(({ mediaType }) => !mediaType.includes('tar'))) return;
  const paths = layers.map(({ digest }) => blobPath(digest));
  await checkConfig(check, check.files.bytes(blobPath(config.digest)), paths, name);
};

/** Whether the blob is there with its size and digest. */
const hasDigest = async (check: Check, descriptor: Descriptor): Promise<boolean> => {
  const { digest, size } = descriptor;
  check.seen.add(digest);
  const path = blobPath(digest);
  const actual = check.files.size(path);
  if (actual === undefined) check.problems.push(`the blob ${digest} is missing`);
  else if (actual !== size) check.problems.push(sizeFlaw(descriptor, actual));
  const found = actual === undefined ? undefined : await digestAt(check.files, path);
  if (found !== undefined && found !== digest)
    check.problems.push(`the blob ${digest} has another content: its digest is ${found}`);
  return found === digest;
};

const digestAt = async (files: Files, path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of files.stream(path)) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
};

/** A blob that no image has must still be what its name says. */
const checkName = async (check: Check, path: string): Promise<void> => {
  const [, hex] = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(path) ?? [];
  if (hex === undefined) check.problems.push(`${path} is no blob of sha256`);
  if (hex === undefined || check.seen.has(`sha256:${hex}`)) return;
  const found = await digestAt(check.files, path);
  if (found !== `sha256:${hex}`) check.problems.push(`${path} has another content: its digest is ${found}`);
};

const checkConfig = async (check: Check, bytes: Uint8Array, layers: readonly string[], name: string): Promise<void> => {
  const { problems, files } = check;
  const { rootfs, history } = readImageJson(Buffer.from(bytes).toString());
  if (rootfs.diff_ids.length !== layers.length)
    problems.push(`${name} has ${layers.length} layers, and its configuration tells of ${rootfs.diff_ids.length}`);
  const steps = history?.filter(({ empty_layer }) => !empty_layer).length;
  if (steps !== undefined && steps > 0 && steps !== rootfs.diff_ids.length)
    problems.push(`${name} has ${rootfs.diff_ids.length} layers, and its history tells of ${steps}`);
  for (const [at, path] of layers.entries()) {
    const wanted = rootfs.diff_ids[at];
    if (wanted !== undefined && files.size(path) !== undefined)
      await attempt(check, () => checkLayer(check, path, wanted));
  }
};

const checkLayer = async ({ files, problems }: Check, path: string, wanted: string): Promise<void> => {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of decompressed(files.stream(path), path)) {
    hash.update(chunk);
    size += chunk.length;
  }
  const found = `sha256:${hash.digest('hex')}`;
  if (found !== wanted) problems.push(`${path} has the diff id ${found}, and the configuration says ${wanted}`);
  if (size % 512 !== 0) problems.push(`${path} is no whole archive: it has ${size} bytes`);
};

const checkDocker = (check: Check): Promise<void> =>
  attempt(check, async () => {
    for (const { Config, Layers } of dockerEntries(check.files)) {
      const [hex] = /[0-9a-f]{64}/.exec(Config) ?? [];
      const found = await digestAt(check.files, Config);
      if (hex !== undefined && found !== `sha256:${hex}`)
        check.problems.push(`${Config} has another content: its digest is ${found}`);
      for (const path of Layers)
        if (check.files.size(path) === undefined) check.problems.push(`manifest.json names ${path}, which is missing`);
      await checkConfig(check, check.files.bytes(Config), Layers, 'manifest.json');
    }
  });
