import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as plainRequest,
  type RequestOptions,
} from 'node:http';
import { request as tlsRequest } from 'node:https';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { connect } from 'node:tls';
import { ImageError } from './error.ts';
import { proxyHeaders, tunnel } from './proxy.ts';

/** A request; a body that is not at hand is opened anew for each attempt. */
export interface Call {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | BodySource;
}

export interface BodySource {
  readonly size: number;
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** What a host is trusted with. */
export interface Trust {
  /** Plain HTTP and certificates of anybody. */
  readonly isInsecure: boolean;
  /** Milliseconds without a byte after which the other side counts as gone. */
  readonly patience: number;
  /** Who stands between here and there. */
  readonly proxy: (url: URL) => URL | undefined;
  /** The option by which a user allows what is not protected, where there is one. */
  readonly allowedBy?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly url: URL;
  readonly body: AsyncIterable<Uint8Array>;
  /** Lets the connection be used again, or cuts it, without a look at the body. */
  readonly drop: () => void;
}

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const MOST_REDIRECTS = 5;

/** Sends a request and follows redirects; credentials stay with the host they are for. Throws ImageError. */
export const send = async (url: URL, call: Call, trust: Trust): Promise<Answer> => {
  let at = url;
  let { headers } = call;
  for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
    const answer = await attempt(at, { ...call, headers }, trust);
    const { location } = answer.headers;
    if (!REDIRECTS.includes(answer.status) || location === undefined) return answer;
    answer.drop();
    const next = redirectedTo(location, at, trust);
    if (next.origin !== at.origin) headers = withoutCredentials(headers);
    at = next;
  }
  throw new ImageError(`${url.host} redirects more than ${MOST_REDIRECTS} times`);
};

const redirectedTo = (location: string, from: URL, { isInsecure, allowedBy }: Trust): URL => {
  const next = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (next?.protocol === 'https:') return next;
  if (next?.protocol !== 'http:')
    throw new ImageError(`${from.host} redirects to ${location.slice(0, 80)}, which is no address of the web`);
  if (isInsecure || isLoopback(next.host)) return next;
  const hint = allowedBy ? `; ${allowedBy} ${from.host} allows it` : '';
  throw new ImageError(`${from.host} redirects to ${next.origin}, which is not protected by TLS${hint}`);
};

const withoutCredentials = (headers: Call['headers']): Call['headers'] =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'));

/** This machine, with or without a port. */
export const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/.test(host);

const attempt = async (url: URL, call: Call, trust: Trust): Promise<Answer> => {
  const begin = await openerFor(url, trust);
  return new Promise((resolve, reject) => {
    const { body } = call;
    const request = begin({ method: call.method, headers: headersOf(call), timeout: trust.patience });
    let isStalled = false;
    const lost = (error: unknown) =>
      isStalled
        ? new ImageError(`${url.host} has sent nothing for ${Math.ceil(trust.patience / 1000)} s`, true)
        : lostError(url, error, trust);
    request.on('timeout', () => {
      isStalled = true;
      request.destroy(new Error('stalled'));
    });
    request.on('error', (error) => reject(lost(error)));
    request.on('response', (message) => resolve(answerOf(url, call.method, message, lost)));
    if (body === undefined || body instanceof Uint8Array) request.end(body);
    else pipeline(Readable.from(body.open()), request).catch((error: unknown) => reject(lost(error)));
  });
};

const headersOf = ({ headers, body }: Call): Record<string, string> => {
  const length = body === undefined ? undefined : body instanceof Uint8Array ? body.length : body.size;
  return {
    'user-agent': 'iechorlint',
    ...headers,
    ...(length === undefined ? {} : { 'content-length': String(length) }),
  };
};

type Opener = (options: RequestOptions & { headers: Record<string, string> }) => ClientRequest;

/** Directly, or through a proxy: plain requests are handed to it, TLS goes through it unseen. */
const openerFor = async (url: URL, { isInsecure, patience, proxy: proxyOf }: Trust): Promise<Opener> => {
  const proxy = proxyOf(url);
  const tls = isInsecure ? { rejectUnauthorized: false } : {};
  if (url.protocol === 'https:') {
    if (!proxy) return (options) => tlsRequest(url, { ...options, ...tls });
    const socket = await tunnel(proxy, url, patience);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const createConnection = () => connect({ socket, host, ...(isIP(host) ? {} : { servername: host }), ...tls });
    // With an agent, even with none of its own, this would be passed over.
    return (options) => tlsRequest(url, { ...options, ...tls, createConnection });
  }
  if (!proxy) return (options) => plainRequest(url, options);
  return ({ headers, ...options }) =>
    plainRequest(proxy, {
      ...options,
      path: url.href,
      headers: { ...headers, host: url.host, ...proxyHeaders(proxy) },
    });
};

/** Longer than this, a body is not worth the connection that it is read for. */
const MOST_DROPPED = 1 << 16;

const answerOf = (
  url: URL,
  method: Call['method'],
  message: IncomingMessage,
  lost: (error: unknown) => ImageError,
): Answer => ({
  status: message.statusCode ?? 0,
  headers: message.headers,
  url,
  body: withLosses(message, lost),
  drop: () => {
    message.on('error', () => undefined);
    // Some answers tell a length of what they do not send.
    const isSent = method !== 'HEAD' && message.statusCode !== 304;
    if (isSent && Number(message.headers['content-length'] ?? 0) > MOST_DROPPED) message.destroy();
    else message.resume();
  },
});

async function* withLosses(message: IncomingMessage, lost: (error: unknown) => ImageError): AsyncGenerator<Uint8Array> {
  try {
    yield* message;
  } catch (error) {
    throw lost(error);
  }
}

const lostError = (url: URL, error: unknown, { allowedBy }: Trust): ImageError => {
  if (error instanceof ImageError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const [reason, isPassing, hint] = LOSSES[code] ?? [error instanceof Error ? error.message : String(error), true];
  const help = hint ? `; ${allowedBy === undefined ? hint.without : `${allowedBy} ${hint.with}`}` : '';
  return new ImageError(`cannot reach ${url.host}: ${reason}${help}`, isPassing && !/CERT|TLS|SSL/.test(code));
};

/** What to do, with an option that allows it and without. */
interface Hint {
  readonly with: string;
  readonly without: string;
}

const PLAIN: Hint = { with: 'allows plain HTTP', without: 'http:// asks for it without' };
const OWN_CERTIFICATE: Hint = { with: 'takes it', without: 'NODE_EXTRA_CA_CERTS names yours' };

/** What a failed connection means, and whether it may pass. */
const LOSSES: Readonly<Record<string, readonly [reason: string, isPassing: boolean, hint?: Hint]>> = {
  ECONNREFUSED: ['nothing listens there', false],
  ENOTFOUND: ['nobody knows the name; is it right, and is there a network?', false],
  EAI_AGAIN: ['the name cannot be looked up; is there a network?', true],
  ECONNRESET: ['the connection was cut', true],
  EPIPE: ['the connection was cut', true],
  ETIMEDOUT: ['it does not answer', true],
  EHOSTUNREACH: ['there is no way to that host', false],
  ENETUNREACH: ['there is no network', false],
  EPROTO: ['it does not speak TLS', false, PLAIN],
  ERR_SSL_WRONG_VERSION_NUMBER: ['it does not speak TLS', false, PLAIN],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['it does not speak TLS', false, PLAIN],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['its certificate is signed by itself', false, OWN_CERTIFICATE],
  SELF_SIGNED_CERT_IN_CHAIN: ['its certificate is signed by itself; NODE_EXTRA_CA_CERTS names yours', false],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['nobody known has signed its certificate; NODE_EXTRA_CA_CERTS names yours', false],
  CERT_HAS_EXPIRED: ['its certificate has expired', false],
  ERR_TLS_CERT_ALTNAME_INVALID: ['its certificate is for another host', false],
};

/** All of a body that must not be long. Throws ImageError. */
export const bytesOf = async ({ body, url }: Answer, most: number): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > most) throw new ImageError(`${url.host} sends more than ${most} bytes where a short answer is due`);
    parts.push(part);
  }
  return Buffer.concat(parts);
};
