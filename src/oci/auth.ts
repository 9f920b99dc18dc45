import type { Credentials } from './credentials.ts';
import { ImageError } from './error.ts';
import { bytesOf, type Call, send, type Trust } from './http.ts';

/** What a registry asks for with the status 401. */
export interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly fields: ReadonlyMap<string, string>;
}

/** The first challenge of a kind that is known. */
export const challengeOf = (header: string | undefined): Challenge | undefined => {
  const [, scheme, rest = ''] = /(?:^|,\s*)(basic|bearer)\b(.*)/is.exec(header ?? '') ?? [];
  if (scheme === undefined) return undefined;
  const fields = Array.from(rest.matchAll(/([\w-]+)=(?:"([^"]*)"|([^\s,"]+))/g), ([, name = '', quoted, bare]) => {
    return [name.toLowerCase(), quoted ?? bare ?? ''] as const;
  });
  return { scheme: scheme.toLowerCase() === 'basic' ? 'basic' : 'bearer', fields: new Map(fields) };
};

/** The value of Authorization that answers a challenge; undefined where a login is needed and none is stored. */
export const authorizationFor = async (
  host: string,
  { scheme, fields }: Challenge,
  scopes: readonly string[],
  known: Credentials | undefined,
  trust: Trust,
): Promise<string | undefined> => {
  if (scheme === 'basic') return known && basicOf(known);
  const realm = fields.get('realm') ?? '';
  if (!URL.canParse(realm)) throw new ImageError(`${host} asks for a login at \`${realm}\`, which is no address`);
  const url = new URL(realm);
  if (url.protocol !== 'https:' && !isSameMachine(url, host) && !trust.isInsecure)
    throw new ImageError(
      `${host} asks for a login at ${url.host ? url.origin : realm.slice(0, 80)}, which is not protected by TLS`,
    );
  const scope = [...new Set([...(fields.get('scope') ?? '').split(' ').filter(Boolean), ...scopes])];
  const call = tokenCall(url, fields.get('service'), scope, known);
  const token = await tokenFrom(url, call, trust);
  if (token !== undefined) return `Bearer ${token}`;
  if (!known) return undefined;
  throw new ImageError(
    `the login that is stored for ${host} was refused by ${url.host}; log in again with \`docker login ${host}\``,
  );
};

const basicOf = (known: Credentials): string | undefined =>
  'username' in known ? `Basic ${Buffer.from(`${known.username}:${known.password}`).toString('base64')}` : undefined;

const isSameMachine = (url: URL, host: string): boolean => url.hostname === host.replace(/:\d+$/, '');

/** An identity token is exchanged by POST, all else by GET, as https://distribution.github.io/distribution/spec/auth has it. */
const tokenCall = (
  url: URL,
  service: string | undefined,
  scopes: readonly string[],
  known: Credentials | undefined,
): Call => {
  if (known && 'identityToken' in known) {
    const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: 'iechorlint' });
    form.set('service', service ?? '');
    form.set('scope', scopes.join(' '));
    form.set('refresh_token', known.identityToken);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', headers, body: Buffer.from(form.toString()) };
  }
  if (service) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  const basic = known && basicOf(known);
  return { method: 'GET', headers: basic ? { authorization: basic } : {} };
};

const MOST_TOKEN = 1 << 20;

/** Undefined where it is refused. */
const tokenFrom = async (url: URL, call: Call, trust: Trust): Promise<string | undefined> => {
  const answer = await send(url, call, trust);
  const bytes = await bytesOf(answer, MOST_TOKEN);
  if (answer.status === 401 || answer.status === 403) return undefined;
  if (answer.status !== 200)
    throw new ImageError(`the login at ${url.host} failed: it answered ${answer.status}`, answer.status >= 500);
  const token = tokenIn(bytes.toString());
  if (!token) throw new ImageError(`the login at ${url.host} gave no token`);
  return token;
};

const tokenIn = (text: string): string | undefined => {
  try {
    const answer: { readonly token?: string; readonly access_token?: string } = JSON.parse(text);
    return answer.token ?? answer.access_token;
  } catch {
    return undefined;
  }
};
