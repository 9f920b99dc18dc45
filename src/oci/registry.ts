import { ImageError } from './error.ts';
import { type Descriptor, digestOf, type Index, type Manifest, MEDIA } from './image.ts';

/** A repository of a registry, as https://github.com/opencontainers/distribution-spec has it. */
export interface Repository {
  readonly host: string;
  readonly path: string;
  readonly isPlain: boolean;
  readonly credentials: (host: string) => Credentials | undefined;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const ACCEPT = [MEDIA.index, MEDIA.manifest, MEDIA.dockerIndex, MEDIA.dockerManifest].join(', ');

/** Tokens by repository: one is enough for a whole pull. */
const tokens = new Map<string, string>();

/** The manifest of a tag or digest for a platform. Throws ImageError. */
export const fetchManifest = async (repository: Repository, reference: string, platform: string): Promise<Manifest> => {
  const bytes = await bytesOf(repository, `manifests/${reference}`, ACCEPT);
  if (reference.startsWith('sha256:') && digestOf(bytes) !== reference)
    throw new ImageError(`${repository.host} gave another manifest than ${reference}`);
  const found: Manifest | Index = JSON.parse(Buffer.from(bytes).toString());
  if (!('manifests' in found)) return found;
  const own = found.manifests.find((each) => isFor(each, platform));
  if (!own) throw new ImageError(`${repository.host}/${repository.path} has no image for ${platform}`);
  return fetchManifest(repository, own.digest, platform);
};

const isFor = ({ platform }: Descriptor, wanted: string): boolean => {
  const [os, architecture, variant] = wanted.split('/');
  const isSame = platform?.os === os && platform?.architecture === architecture;
  return isSame && (variant === undefined || platform?.variant === undefined || platform.variant === variant);
};

export const fetchBytes = (repository: Repository, { digest }: Descriptor): Promise<Uint8Array> =>
  bytesOf(repository, `blobs/${digest}`, '*/*');

const bytesOf = async (repository: Repository, what: string, accept: string): Promise<Uint8Array> =>
  new Uint8Array(await (await request(repository, what, accept)).arrayBuffer());

export const fetchStream = async (
  repository: Repository,
  { digest }: Descriptor,
): Promise<AsyncIterable<Uint8Array>> => {
  const { body } = await request(repository, `blobs/${digest}`, '*/*');
  if (!body) throw new ImageError(`${repository.host} gave nothing for ${digest}`);
  return body;
};

const request = async (repository: Repository, what: string, accept: string): Promise<Response> => {
  const url = `${repository.isPlain ? 'http' : 'https'}://${repository.host}/v2/${repository.path}/${what}`;
  const response = await attempt(url, headersOf(repository, accept));
  const challenge = response.status === 401 ? response.headers.get('www-authenticate') : null;
  const final = challenge ? await attempt(url, await answered(repository, challenge, accept)) : response;
  if (final.ok) return final;
  const why = final.status === 404 ? 'it has no such image' : `it answered ${final.status} ${final.statusText}`;
  throw new ImageError(`cannot get ${repository.host}/${repository.path} (${what}): ${why}`);
};

const attempt = async (url: string, headers: Record<string, string>): Promise<Response> => {
  try {
    return await fetch(url, { headers, signal: AbortSignal.timeout(60_000) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new ImageError(`cannot reach ${new URL(url).host}: ${cause}`);
  }
};

const headersOf = ({ host, path }: Repository, accept: string): Record<string, string> => {
  const token = tokens.get(`${host}/${path}`);
  return token ? { accept, authorization: token } : { accept };
};

const answered = async (repository: Repository, challenge: string, accept: string): Promise<Record<string, string>> => {
  const { host, path } = repository;
  const known = repository.credentials(host);
  const basic = known && `Basic ${Buffer.from(`${known.username}:${known.password}`).toString('base64')}`;
  const authorization = /^basic/i.test(challenge) ? basic : `Bearer ${await tokenOf(challenge, path, basic)}`;
  if (!authorization) throw new ImageError(`${host} wants a name and a password; log in with \`docker login ${host}\``);
  tokens.set(`${host}/${path}`, authorization);
  return { accept, authorization };
};

const tokenOf = async (challenge: string, path: string, basic: string | undefined): Promise<string> => {
  const field = (name: string) => new RegExp(`${name}="([^"]*)"`, 'i').exec(challenge)?.[1];
  const realm = field('realm');
  if (!realm) throw new ImageError(`a registry asks for a login that is not known: ${challenge.slice(0, 80)}`);
  const url = new URL(realm);
  const service = field('service');
  if (service) url.searchParams.set('service', service);
  url.searchParams.set('scope', field('scope') ?? `repository:${path}:pull`);
  const response = await attempt(url.href, basic ? { authorization: basic } : {});
  if (!response.ok) throw new ImageError(`the login at ${url.host} failed: ${response.status} ${response.statusText}`);
  const answer: { token?: string; access_token?: string } = JSON.parse(await response.text());
  return answer.token ?? answer.access_token ?? '';
};
