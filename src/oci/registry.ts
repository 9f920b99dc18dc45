import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { imageJsonIn, manifestIn } from './documents.ts';
import { ImageError } from './error.ts';
import { type Answer, bytesOf } from './http.ts';
import { type Descriptor, type Digest, digestOf, type Index, type Manifest, MEDIA, sizeFlaw } from './image.ts';
import { isPlatform, nearest, platformText } from './platform.ts';
import { type Access, ask, openSession, refusal, type Session } from './session.ts';

/** A repository of a registry, as https://github.com/opencontainers/distribution-spec has it; mirrors are asked first. */
export interface Repository {
  readonly host: string;
  readonly path: string;
  readonly session: Session;
  readonly mirrors: readonly Session[];
}

export const openRepository = (host: string, path: string, access: Access): Repository => ({
  host,
  path,
  session: openSession(host, access),
  mirrors: (access.mirrors.get(host) ?? []).map((mirror) => openSession(mirror, access)),
});

const ACCEPT = [MEDIA.index, MEDIA.manifest, MEDIA.dockerIndex, MEDIA.dockerManifest].join(', ');

/** Manifests are small; a registry that sends more than this has gone wrong. */
const MOST_JSON = 16 * 1024 * 1024;

const pullScope = (path: string): readonly string[] => [`repository:${path}:pull`];

/** A manifest, with the digest of what its name stands for, be that an index. */
export interface NamedManifest {
  readonly manifest: Manifest;
  readonly digest: Digest;
}

/** The manifest of a tag or digest for a platform. Throws ImageError. */
export const fetchNamed = async (
  repository: Repository,
  reference: string,
  platform: string,
): Promise<NamedManifest> => {
  const { found, digest } = await fetchDocument(repository, reference);
  if (!('manifests' in found)) return { manifest: found, digest };
  const manifest = await manifestFor(repository, found, platform);
  if (manifest) return { manifest, digest };
  throw new ImageError(
    `${repository.host}/${repository.path} has no image for ${platform}; ${platformsIn(found, platform)}`,
  );
};

/** `told`: what an index says of it. */
const fetchDocument = async (repository: Repository, reference: string, told?: Descriptor) => {
  const whole = `${repository.host}/${repository.path}${reference.includes(':') ? '@' : ':'}${reference}`;
  const bytes = await fromAny(repository, `manifests/${reference}`, { accept: ACCEPT }, `pull ${whole}`);
  const digest = digestOf(bytes);
  if (reference.startsWith('sha256:') && digest !== reference)
    throw new ImageError(`${repository.host} gave another manifest than ${reference}: its digest is ${digest}`);
  if (told && told.size !== bytes.length) throw new ImageError(sizeFlaw(told, bytes.length, repository.host));
  return { found: manifestIn(bytes, whole), digest };
};

/** Indexes in indexes. */
export const MOST_DEEP = 3;

/** What an index lists without a platform is asked for it one by one. */
const MOST_ASKED = 16;

/** The image of an index for a platform; one that is not told with it tells it itself, as containerd has it. */
const manifestFor = async (
  repository: Repository,
  { manifests }: Index,
  platform: string,
  depth = 1,
): Promise<Manifest | undefined> => {
  const own = nearest(manifests, (each) => each.platform, platform);
  for (const each of own ? [own] : manifests.filter((each) => !each.platform).slice(0, MOST_ASKED)) {
    const { found } = await fetchDocument(repository, each.digest, each);
    if ('manifests' in found && depth === MOST_DEEP)
      throw new ImageError(`${repository.host}/${repository.path} has lists of images more than ${MOST_DEEP} deep`);
    const manifest = 'manifests' in found ? await manifestFor(repository, found, platform, depth + 1) : found;
    if (manifest && (own || 'manifests' in found || (await isOf(repository, manifest, platform)))) return manifest;
  }
  return undefined;
};

/** What is no image, but something else that registries keep, is of no platform. */
const isOf = async (repository: Repository, { config }: Manifest, platform: string): Promise<boolean> => {
  if (!isConfig(config)) return false;
  return isPlatform(imageJsonIn(Buffer.from(await fetchBytes(repository, config)).toString()), platform);
};

/** The digest that a tag has now, of the index where there is one for each platform. Throws ImageError. */
export const fetchDigest = async (repository: Repository, tag: string): Promise<Digest> => {
  const { host, path } = repository;
  const bytes = await fromAny(repository, `manifests/${tag}`, { accept: ACCEPT }, `look up ${host}/${path}:${tag}`);
  return digestOf(bytes);
};

/** Whether it is the configuration of an image. */
export const isConfig = ({ mediaType }: Descriptor): boolean =>
  mediaType === MEDIA.config || mediaType === MEDIA.dockerConfig;

const platformsIn = ({ manifests }: Index, wanted: string): string => {
  if (manifests.some((each) => isPlatform(each.platform, wanted))) return 'the list that stands for it has none';
  const texts = manifests.flatMap(({ platform }) =>
    platform && platform.os !== 'unknown' ? [platformText(platform)] : [],
  );
  if (texts.length > 0) return `it has ${texts.join(', ')}`;
  return manifests.length > 0 ? 'none that it has is known to be for one' : 'its list of images is empty';
};

/** A short blob, its digest checked. */
export const fetchBytes = async (repository: Repository, descriptor: Descriptor): Promise<Uint8Array> => {
  if (descriptor.size > MOST_JSON) throw new ImageError(`${descriptor.digest} is too long for a configuration`);
  const parts: Uint8Array[] = [];
  for await (const part of fetchStream(repository, descriptor)) parts.push(part);
  return Buffer.concat(parts);
};

/** From a mirror where one has it, else from the registry itself. */
const fromAny = async (
  { path, session, mirrors }: Repository,
  what: string,
  headers: Readonly<Record<string, string>>,
  intent: string,
): Promise<Uint8Array> => {
  const get = (each: Session) => ask(each, `/v2/${path}/${what}`, pullScope(path), { method: 'GET', headers });
  for (const mirror of mirrors) {
    const answer = await get(mirror).catch(passOver);
    if (answer?.status === 200) return bytesOf(answer, MOST_JSON);
    answer?.drop();
  }
  const answer = await get(session);
  if (answer.status !== 200) throw await refusal(answer, intent);
  return bytesOf(answer, MOST_JSON);
};

const passOver = (error: unknown): undefined => {
  if (!(error instanceof ImageError)) throw error;
};

const MOST_LOSSES = 5;

/** The bytes of a blob: a lost connection is taken up where it broke, and each byte is in the digest that is checked. */
export async function* fetchStream(repository: Repository, descriptor: Descriptor): AsyncGenerator<Uint8Array> {
  const { digest, size } = descriptor;
  const hash = createHash('sha256');
  let received = 0;
  for (let losses = 0; ; ) {
    const before = received;
    try {
      for await (const chunk of partFrom(repository, descriptor, received)) {
        received += chunk.length;
        if (received > size) throw new ImageError(`${repository.host} sends more than ${size} bytes for ${digest}`);
        hash.update(chunk);
        yield chunk;
      }
      if (received === size) break;
      throw new ImageError(`${repository.host} sent ${received} of ${size} bytes of ${digest}`, true);
    } catch (error) {
      losses = received > before ? 1 : losses + 1;
      if (!(error instanceof ImageError) || !error.isPassing || losses > MOST_LOSSES) throw error;
      await pause(Math.min(100 * 2 ** losses, repository.session.access.longestWait));
    }
  }
  const actual = `sha256:${hash.digest('hex')}`;
  if (actual !== digest)
    throw new ImageError(`${repository.host} gave something else for ${digest}: its digest is ${actual}`);
}

async function* partFrom(repository: Repository, descriptor: Descriptor, start: number): AsyncGenerator<Uint8Array> {
  const { digest, size } = descriptor;
  const answer = await openBlob(repository, digest, start);
  const whole = answer.status === 200 ? Number(answer.headers['content-length'] ?? size) : size;
  if (whole !== size) {
    answer.drop();
    throw new ImageError(sizeFlaw(descriptor, whole, repository.host));
  }
  const range = /^bytes (\d+)-/.exec(answer.headers['content-range'] ?? '');
  // Who does not know of ranges begins anew.
  let skip = answer.status === 206 && range ? start - Number(range[1]) : start;
  if (skip < 0) throw new ImageError(`${repository.host} left out a part of ${digest}`);
  for await (const chunk of answer.body) {
    if (chunk.length > skip) yield skip > 0 ? chunk.subarray(skip) : chunk;
    skip = Math.max(0, skip - chunk.length);
  }
}

const openBlob = async (repository: Repository, digest: Digest, start: number): Promise<Answer> => {
  const { path, session, mirrors, host } = repository;
  const headers: Record<string, string> = start > 0 ? { range: `bytes=${start}-` } : {};
  const get = (each: Session) => ask(each, `/v2/${path}/blobs/${digest}`, pullScope(path), { method: 'GET', headers });
  for (const mirror of start === 0 ? mirrors : []) {
    const answer = await get(mirror).catch(passOver);
    if (answer && isGood(answer)) return answer;
    answer?.drop();
  }
  const answer = await get(session);
  if (isGood(answer)) return answer;
  throw await refusal(
    answer,
    `pull ${digest} from ${host}/${path}`,
    'the registry has lost it, though the image names it',
  );
};

const isGood = ({ status }: Answer): boolean => status === 200 || status === 206;
