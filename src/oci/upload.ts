import { ImageError } from './error.ts';
import type { Answer, BodySource } from './http.ts';
import type { Digest } from './image.ts';
import type { Repository } from './registry.ts';
import { ask, refusal } from './session.ts';

/** A blob to send. */
export interface Upload extends BodySource {
  readonly digest: Digest;
  /** A part of it, for registries that take no more at once. */
  readonly part: (start: number, length: number) => Uint8Array;
}

const scopesFor = (path: string, sources: readonly string[] = []): readonly string[] => [
  `repository:${path}:pull,push`,
  ...sources.map((source) => `repository:${source}:pull`),
];

const NO_REPOSITORY = 'the registry has no such repository; some want it made before the first push';

const EMPTY = new Uint8Array(0);

/** Whether the repository has the blob. */
export const hasBlob = async ({ path, session }: Repository, digest: Digest): Promise<boolean> => {
  const call = { method: 'HEAD', headers: {} } as const;
  const answer = await ask(session, `/v2/${path}/blobs/${digest}`, scopesFor(path), call);
  answer.drop();
  return answer.status === 200;
};

/** Takes the blob over from another repository of the same registry; false where that is not done. */
export const mountBlob = async (repository: Repository, digest: Digest, source: string): Promise<boolean> => {
  const { path, session } = repository;
  const where = `/v2/${path}/blobs/uploads/?mount=${digest}&from=${encodeURIComponent(source)}`;
  const call = { method: 'POST', headers: {}, body: EMPTY } as const;
  const answer = await ask(session, where, scopesFor(path, [source]), call);
  answer.drop();
  return answer.status === 201;
};

const MOST_TRIES = 3;

/** Sends a blob at once, or in parts where the registry takes none so large. Throws ImageError. */
export const sendBlob = async (repository: Repository, upload: Upload): Promise<void> => {
  for (let number = 1; ; number++) {
    try {
      return await sendOnce(repository, upload);
    } catch (error) {
      const mayHelp = error instanceof ImageError && error.isPassing && number < MOST_TRIES;
      if (!mayHelp) throw error;
    }
  }
};

const sendOnce = async (repository: Repository, upload: Upload): Promise<void> => {
  const { path, session, host } = repository;
  const begun = await begin(repository);
  const least = Number(begun.headers['oci-chunk-min-length'] ?? 0);
  const call = { method: 'PUT', headers: OCTETS, body: upload } as const;
  const answer = await ask(session, withDigest(placeIn(begun), upload.digest), scopesFor(path), call);
  if (answer.status === 201) return answer.drop();
  if (![404, 405, 413, 416].includes(answer.status))
    throw await refusal(answer, `push to ${host}/${path}`, NO_REPOSITORY);
  answer.drop();
  await sendParts(repository, upload, Math.max(least || 0, PART));
};

const OCTETS = { 'content-type': 'application/octet-stream' } as const;

const begin = async ({ path, session, host }: Repository): Promise<Answer> => {
  const call = { method: 'POST', headers: {}, body: EMPTY } as const;
  const answer = await ask(session, `/v2/${path}/blobs/uploads/`, scopesFor(path), call);
  if (answer.status !== 202) throw await refusal(answer, `push to ${host}/${path}`, NO_REPOSITORY);
  answer.drop();
  return answer;
};

/** It may be relative, and carry a query that has to come back. */
const placeIn = ({ headers, url }: Answer): URL => {
  const { location } = headers;
  if (location === undefined || !URL.canParse(location, url.href))
    throw new ImageError(`${url.host} does not say where to send a blob`);
  return new URL(location, url);
};

const withDigest = (place: URL, digest: Digest): URL => {
  const url = new URL(place);
  url.searchParams.set('digest', digest);
  return url;
};

const PART = 8 * 1024 * 1024;

const sendParts = async (repository: Repository, upload: Upload, length: number): Promise<void> => {
  const { path, session, host } = repository;
  let place = placeIn(await begin(repository));
  for (let start = 0; start < upload.size; start += length) {
    const body = upload.part(start, Math.min(length, upload.size - start));
    const headers = { ...OCTETS, 'content-range': `${start}-${start + body.length - 1}` };
    const answer = await ask(session, place, scopesFor(path), { method: 'PATCH', headers, body });
    if (answer.status !== 202) throw await refusal(answer, `push to ${host}/${path}`, NO_REPOSITORY);
    answer.drop();
    place = placeIn(answer);
  }
  const call = { method: 'PUT', headers: {}, body: EMPTY } as const;
  const answer = await ask(session, withDigest(place, upload.digest), scopesFor(path), call);
  if (answer.status !== 201) throw await refusal(answer, `push to ${host}/${path}`, NO_REPOSITORY);
  answer.drop();
};

/** Puts a manifest under a tag or its digest. Throws ImageError. */
export const sendManifest = async (
  { path, session, host }: Repository,
  reference: string,
  mediaType: string,
  body: Uint8Array,
): Promise<void> => {
  const call = { method: 'PUT', headers: { 'content-type': mediaType }, body } as const;
  const answer = await ask(session, `/v2/${path}/manifests/${reference}`, scopesFor(path), call);
  if (answer.status !== 201) throw await refusal(answer, `push ${host}/${path}:${reference}`, NO_REPOSITORY);
  answer.drop();
};
