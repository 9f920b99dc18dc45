import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { digestOf } from '../../src/oci/image.ts';
import { type Access, accessTo } from '../../src/oci/session.ts';

/** A request as it came. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Answers before the registry does; true where it has. */
export type Twist = (seen: Seen, response: ServerResponse) => boolean | undefined;

/** A registry in this process, as honest as its twist lets it be. */
export interface FakeRegistry {
  readonly host: string;
  readonly blobs: Map<string, Buffer>;
  readonly manifests: Map<string, { readonly type: string; readonly body: Buffer }>;
  readonly seen: Seen[];
  twist: Twist;
}

export const fakeRegistry = async (twist: Twist = () => false): Promise<FakeRegistry> => {
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, { type: string; body: Buffer }>();
  const seen: Seen[] = [];
  const parts = new Map<string, Buffer>();
  const registry: FakeRegistry = { host: '', blobs, manifests, seen, twist };
  const server = createServer(async (request, response) => {
    const body: Buffer[] = [];
    try {
      for await (const chunk of request) body.push(chunk);
    } catch {
      return;
    }
    const { method = '', url = '', headers } = request;
    const own = { method, url, headers, body: Buffer.concat(body) };
    seen.push(own);
    if (!registry.twist(own, response)) answer(registry, parts, own, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(registry, { host: `127.0.0.1:${addressOf(server.address())}` });
};

const addressOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0;

const answer = (
  { blobs, manifests }: FakeRegistry,
  parts: Map<string, Buffer>,
  { method, url, headers, body }: Seen,
  response: ServerResponse,
): unknown => {
  const { pathname, searchParams } = new URL(url, 'http://registry');
  const [, what, name = ''] = /^\/v2\/.+\/(manifests|blobs|uploads)\/([^/]*)$/.exec(pathname) ?? [];
  const end = (status: number, more: Record<string, string> = {}, content?: Buffer) =>
    response.writeHead(status, more).end(content);
  if (pathname === '/v2/') return end(200);
  if (what === 'manifests' && method === 'PUT') {
    const found = { type: headers['content-type'] ?? '', body };
    manifests.set(name, found);
    manifests.set(digestOf(body), found);
    return end(201, { 'docker-content-digest': digestOf(body) });
  }
  if (what === 'manifests') {
    const found = manifests.get(name);
    return found ? end(200, { 'content-type': found.type }, found.body) : end(404);
  }
  if (what === 'blobs') {
    const found = blobs.get(name);
    if (!found) return end(404);
    const start = Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
    const more = start > 0 ? { 'content-range': `bytes ${start}-${found.length - 1}/${found.length}` } : {};
    return end(
      start > 0 ? 206 : 200,
      { 'content-length': String(found.length - start), ...more },
      method === 'HEAD' ? undefined : found.subarray(start),
    );
  }
  const session = /\/blobs\/uploads\/(\w*)$/.exec(pathname)?.[1];
  if (session === undefined) return end(404);
  const mount = searchParams.get('mount');
  if (method === 'POST' && mount !== null && blobs.has(mount)) return end(201);
  if (method === 'POST') return end(202, { location: `${pathname}s1?state=a%2Fb` });
  const sent = Buffer.concat([parts.get(session) ?? Buffer.alloc(0), body]);
  parts.set(session, sent);
  if (method === 'PATCH') return end(202, { location: `${pathname}?state=next`, range: `0-${sent.length - 1}` });
  const digest = searchParams.get('digest') ?? '';
  parts.delete(session);
  if (digestOf(sent) !== digest)
    return end(
      400,
      {},
      Buffer.from('{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match"}]}'),
    );
  blobs.set(digest, sent);
  return end(201);
};

/** Access that waits for no second try, and of a server that stalls gives up before the test does. */
export const quickAccess = (more: Partial<Access> = {}): Access => ({
  ...accessTo({ insecure: [], mirrors: new Map() }, { HOME: '/nowhere' }),
  patience: 5_000,
  longestWait: 1500,
  ...more,
});
