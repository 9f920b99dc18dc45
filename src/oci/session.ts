import { setTimeout as pause } from 'node:timers/promises';
import { authorizationFor, challengeOf } from './auth.ts';
import { type Credentials, storedCredentials } from './credentials.ts';
import { ImageError } from './error.ts';
import { type Answer, bytesOf, type Call, isLoopback, send, type Trust } from './http.ts';
import { proxyFor } from './proxy.ts';

/** What is said of registries. */
export interface Registries {
  /** Hosts, with their ports, for which plain HTTP and any certificate will do. */
  readonly insecure: readonly string[];
  /** Hosts that are asked first, by the host that they stand for. */
  readonly mirrors: ReadonlyMap<string, readonly string[]>;
}

/** How registries may be reached. */
export interface Access extends Registries {
  readonly credentials: (host: string) => Promise<Credentials | undefined>;
  /** Who stands between here and there. */
  readonly proxy: (url: URL) => URL | undefined;
  /** Milliseconds without a byte after which the other side counts as gone. */
  readonly patience: number;
  /** The same for a registry of which nothing has come yet. */
  readonly firstPatience: number;
  /** Hears of a registry that is waited for. */
  readonly tell?: (text: string) => void;
  /** The longest that a registry is waited for when it asks to come back later, in milliseconds. */
  readonly longestWait: number;
}

/** Access with the logins that are stored on this machine. */
export const accessTo = (
  { insecure, mirrors }: Registries,
  env: Readonly<Record<string, string | undefined>>,
  tell?: Access['tell'],
): Access => ({
  insecure,
  mirrors,
  credentials: (host) => storedCredentials(host, env),
  proxy: (url) => proxyFor(url, env),
  patience: 60_000,
  firstPatience: 20_000,
  longestWait: 120_000,
  ...(tell ? { tell } : {}),
});

/** A registry as a run talks to it: what was learnt of it is kept. */
export interface Session {
  readonly host: string;
  readonly access: Access;
  trust: Trust;
  readonly tokens: Map<string, string>;
  hasAnswered: boolean;
  base: Promise<URL> | undefined;
}

/** `docker.io` is reached under another name. */
export const openSession = (host: string, access: Access): Session => ({
  host: host === 'docker.io' ? 'registry-1.docker.io' : host,
  access,
  trust: {
    ...{ isInsecure: access.insecure.includes(host), proxy: access.proxy },
    patience: Math.min(access.firstPatience, access.patience),
    allowedBy: '--insecure-registry',
  },
  tokens: new Map(),
  hasAnswered: false,
  base: undefined,
});

/** Where the registry is: TLS but on this machine, or where it may be without and is. */
export const baseOf = (session: Session): Promise<URL> => {
  session.base ??= findBase(session);
  return session.base;
};

const findBase = async ({ host, trust }: Session): Promise<URL> => {
  const [secure, plain] = [`https://${host}`, `http://${host}`];
  if (!URL.canParse(secure)) throw new ImageError(`\`${host}\` is no host of a registry`);
  if (isLoopback(host)) return new URL(plain);
  if (!trust.isInsecure) return new URL(secure);
  try {
    (await send(new URL(`${secure}/v2/`), { method: 'GET', headers: {} }, trust)).drop();
    return new URL(secure);
  } catch {
    return new URL(plain);
  }
};

const MOST_ATTEMPTS = 5;

/** A path or address of the registry, with login and again where that may help; any status may come. Throws ImageError. */
export const ask = async (
  session: Session,
  where: string | URL,
  scopes: readonly string[],
  call: Call,
): Promise<Answer> => {
  const url = guardedPlace(new URL(where, await baseOf(session)), await baseOf(session), session);
  const began = Date.now();
  for (let number = 1; ; number++) {
    const isLast = number >= MOST_ATTEMPTS;
    const answer = await answered(session, askOnce(session, url, scopes, call)).catch((error: unknown) => {
      const isSilent = !session.hasAnswered && Date.now() - began >= session.trust.patience;
      if (isLast || isSilent || !(error instanceof ImageError) || !error.isPassing) throw error;
      return undefined;
    });
    if (answer && (isLast || !isBusy(answer.status))) return answer;
    answer?.drop();
    await pause(waitBefore(number, answer, session.access));
  }
};

/** As long nobody wonders what goes on, in milliseconds. */
const UNTOLD = 2_000;

/** Whoever has answered once is given more time; of whom has not it is told that it is waited for. */
const answered = async (session: Session, coming: Promise<Answer>): Promise<Answer> => {
  const { host, access } = session;
  if (session.hasAnswered) return coming;
  const timer = setTimeout(() => access.tell?.(`waiting for ${host} to answer`), UNTOLD);
  try {
    const answer = await coming;
    session.hasAnswered = true;
    session.trust = { ...session.trust, patience: access.patience };
    return answer;
  } finally {
    clearTimeout(timer);
  }
};

/** A registry behind a proxy may name itself without TLS, and means itself; nothing else is sent without. */
const guardedPlace = (url: URL, base: URL, { host, trust }: Session): URL => {
  if (url.protocol === 'https:' || url.origin === base.origin) return url;
  if (base.protocol === 'https:' && url.hostname === base.hostname) return new URL(url.pathname + url.search, base);
  if (url.protocol === 'http:' && (trust.isInsecure || isLoopback(url.host))) return url;
  throw new ImageError(`${host} wants blobs sent to ${url.origin}, which is not protected by TLS`);
};

const isBusy = (status: number): boolean => status === 429 || status === 502 || status === 503 || status === 504;

const waitBefore = (number: number, answer: Answer | undefined, { longestWait }: Access): number => {
  const after = answer?.headers['retry-after'];
  const seconds = after === undefined ? Number.NaN : Number(after);
  const asked = Number.isNaN(seconds) ? Date.parse(after ?? '') - Date.now() : seconds * 1000;
  if (asked > longestWait)
    throw new ImageError(`${answer?.url.host} wants no request for ${Math.ceil(asked / 1000)} s; try again then`);
  return asked >= 0 ? asked : Math.min(100 * 3 ** (number - 1), longestWait);
};

const askOnce = async (session: Session, url: URL, scopes: readonly string[], call: Call): Promise<Answer> => {
  const key = scopes.toSorted().join(' ');
  // A place for an upload may be at another host, which has nothing to do with the login.
  const isOwn = url.origin === (await baseOf(session)).origin;
  const known = isOwn ? session.tokens.get(key) : undefined;
  const answer = await send(url, authorized(call, known), session.trust);
  if (answer.status !== 401 || !isOwn) return answer;
  const challenge = challengeOf(answer.headers['www-authenticate']);
  answer.drop();
  if (!challenge) throw new ImageError(`${session.host} asks for a login of a kind that is not known here`);
  const credentials = await session.access.credentials(session.host);
  const authorization = await authorizationFor(session.host, challenge, scopes, credentials, session.trust);
  if (authorization === undefined) throw new ImageError(loginNeeded(session.host));
  session.tokens.set(key, authorization);
  const second = await send(url, authorized(call, authorization), session.trust);
  if (second.status !== 401) return second;
  second.drop();
  throw new ImageError(credentials ? loginRefused(session.host) : loginNeeded(session.host));
};

const authorized = (call: Call, authorization: string | undefined): Call =>
  authorization === undefined ? call : { ...call, headers: { ...call.headers, authorization } };

const loginNeeded = (host: string): string =>
  `${host} gives this to nobody without a login, or does not have it; log in with \`docker login ${host}\``;

const loginRefused = (host: string): string =>
  `${host} refuses the login that is stored for it; log in again with \`docker login ${host}\``;

const NO_IMAGE = 'the registry has no such image, or shows it to nobody without a login; is the name right?';

/** What an answer that is no success means, as an error to throw. */
export const refusal = async (answer: Answer, what: string, missing = NO_IMAGE): Promise<ImageError> => {
  const text = await bytesOf(answer, 1 << 16).then(
    (bytes) => bytes.toString(),
    () => '',
  );
  const own = messageIn(text);
  const reason = answer.status === 404 ? missing : (REASONS[answer.status] ?? `it answered ${answer.status}`);
  return new ImageError(`cannot ${what}: ${reason}${own ? ` (${own})` : ''}`, answer.status >= 500);
};

const REASONS: Readonly<Record<number, string>> = {
  403: 'the registry does not allow it; is the login for this repository?',
  413: 'the registry takes nothing so large',
  429: 'the registry has had too many requests; log in, or try again later',
};

const messageIn = (text: string): string => {
  try {
    const { errors }: { errors?: readonly { code?: string; message?: string }[] } = JSON.parse(text);
    const [first] = errors ?? [];
    return (first?.message || first?.code || '').slice(0, 200);
  } catch {
    return '';
  }
};
