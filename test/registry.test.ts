import { createHash } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { createServer, request as requestOf } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pullImage } from '../src/build/pull.ts';
import { pushImage } from '../src/build/push.ts';
import type { Store } from '../src/build/store.ts';
import { storedCredentials } from '../src/oci/credentials.ts';
import { digestOf, type Image, imageIdOf, MEDIA } from '../src/oci/image.ts';
import { withPlatform } from '../src/oci/platform.ts';
import { proxyFor } from '../src/oci/proxy.ts';
import { searchRegistry } from '../src/oci/search.ts';
import type { Access } from '../src/oci/session.ts';
import { folderWith } from './support/cli.ts';
import { imageIn, testStore } from './support/images.ts';
import { type FakeRegistry, fakeRegistry, quickAccess, type Twist } from './support/registry.ts';

const GZIP = { compression: 'gzip', level: 6 } as const;
const PLATFORM = 'linux/amd64';

/** Always the same, and nothing that a compressor makes smaller. */
const noise = (length: number): Buffer =>
  Buffer.concat(
    Array.from({ length: Math.ceil(length / 32) }, (_, at) => createHash('sha256').update(String(at)).digest()),
  ).subarray(0, length);

/** A registry that has `team/app:1`, an image of two layers. */
const stocked = async (): Promise<{ registry: FakeRegistry; image: Image }> => {
  const registry = await fakeRegistry();
  const store = testStore();
  const image = imageIn(store, [{ path: 'a', content: noise(300_000) }], [{ path: 'b', content: 'b' }]);
  await pushImage(store, [withPlatform(image)], `${registry.host}/team/app:1`, GZIP, quickAccess());
  registry.seen.length = 0;
  return { registry, image };
};

const pull = async (registry: FakeRegistry, access: Access = quickAccess(), store: Store = testStore()) =>
  pullImage(store, `${registry.host}/team/app:1`, PLATFORM, access);

const isBlob = (url: string): boolean => url.includes('/blobs/sha256:');

describe('pulling', () => {
  it('gives the image that was pushed, with its id', async () => {
    const { registry, image } = await stocked();
    const pulled = await pull(registry);
    expect(imageIdOf(pulled)).toBe(imageIdOf(image));
    expect(pulled.layers).toEqual(image.layers);
  });

  it('asks for no layer that is there', async () => {
    const { registry } = await stocked();
    const store = testStore();
    await pull(registry, quickAccess(), store);
    registry.seen.length = 0;
    await pull(registry, quickAccess(), store);
    expect(registry.seen.map(({ url }) => url).filter(isBlob)).toHaveLength(1);
  });

  it('takes up a lost connection where it broke', async () => {
    const { registry, image } = await stocked();
    let cuts = 0;
    registry.twist = ({ url, headers }, response) => {
      const blob = registry.blobs.get(url.replace(/^.*\//, ''));
      if (!isBlob(url) || !blob || blob.length < 10_000 || cuts >= 3) return false;
      cuts++;
      const start = Number(/\d+/.exec(headers.range ?? '')?.[0] ?? 0);
      response.writeHead(start ? 206 : 200, {
        'content-length': String(blob.length - start),
        ...(start ? { 'content-range': `bytes ${start}-${blob.length - 1}/${blob.length}` } : {}),
      });
      response.write(blob.subarray(start, start + 50_000), () => response.destroy());
      return true;
    };
    expect(imageIdOf(await pull(registry))).toBe(imageIdOf(image));
    const ranges = registry.seen.flatMap(({ headers }) => headers.range ?? []);
    expect(ranges).toEqual(['bytes=50000-', 'bytes=100000-', 'bytes=150000-']);
  });

  it('begins anew where the registry knows nothing of ranges', async () => {
    const { registry, image } = await stocked();
    let cuts = 0;
    registry.twist = ({ url, headers }, response) => {
      const blob = registry.blobs.get(url.replace(/^.*\//, ''));
      if (!isBlob(url) || !blob || blob.length < 10_000) return false;
      response.writeHead(200, { 'content-length': String(blob.length) });
      if (headers.range === undefined && cuts++ === 0)
        response.write(blob.subarray(0, 70_000), () => response.destroy());
      else response.end(blob);
      return true;
    };
    expect(imageIdOf(await pull(registry))).toBe(imageIdOf(image));
  });

  const lies: readonly (readonly [string, (blob: Buffer) => Buffer, RegExp])[] = [
    ['other bytes', (blob) => Buffer.alloc(blob.length, 1), /gave something else for sha256:.*its digest is sha256:/],
    [
      'one byte that is wrong',
      (blob) => Buffer.concat([blob.subarray(0, -1), Buffer.from('x')]),
      /gave something else|cannot be decompressed/,
    ],
    [
      'more bytes',
      (blob) => Buffer.concat([blob, blob]),
      /sends more than \d+ bytes|has \d+ bytes, and its descriptor/,
    ],
    ['fewer bytes', (blob) => blob.subarray(0, -5), /sent \d+ of \d+ bytes|has \d+ bytes, and its descriptor says \d+/],
    ['nothing', () => Buffer.alloc(0), /sent 0 of \d+ bytes|has 0 bytes, and its descriptor says \d+/],
  ];
  const toldOrNot = [{ isTold: true }, { isTold: false }];
  it.each(lies.flatMap((lie) => toldOrNot.map((each) => [...lie, each] as const)))(
    'refuses %s in a layer, and keeps nothing of it',
    async (_what, lie, message, { isTold }) => {
      const { registry } = await stocked();
      const large = [...registry.blobs].find(([, blob]) => blob.length > 10_000)?.[0] ?? '';
      registry.twist = ({ url }, response) => {
        if (!url.endsWith(large)) return false;
        const blob = lie(registry.blobs.get(large) ?? Buffer.alloc(0));
        response.writeHead(200, isTold ? { 'content-length': String(blob.length) } : {}).write(blob);
        response.end();
        return true;
      };
      const store = testStore();
      await expect(pull(registry, quickAccess({ longestWait: 1 }), store)).rejects.toThrow(message);
      expect(store.names()).toEqual([]);
    },
  );

  it.each([
    ['a manifest', -1],
    ['a manifest', 1],
    ['a configuration', -1],
    ['a configuration', 1],
    ['a layer', -1],
    ['a layer', 1],
  ])('refuses the size that is told of %s where it is another by %d, at once', async (what, by) => {
    const { registry } = await stocked();
    const manifest = JSON.parse(registry.manifests.get('1')?.body.toString() ?? '');
    const told = what === 'a configuration' ? manifest.config : manifest.layers[0];
    if (what !== 'a manifest') told.size += by;
    const body = Buffer.from(JSON.stringify(manifest));
    registry.manifests.set(digestOf(body), { type: MEDIA.manifest, body });
    const own = { mediaType: MEDIA.manifest, digest: digestOf(body), size: body.length };
    const platform = { os: 'linux', architecture: 'amd64' };
    const size = own.size + (what === 'a manifest' ? by : 0);
    const index = { schemaVersion: 2, manifests: [{ ...own, size, platform }] };
    registry.manifests.set('1', { type: MEDIA.index, body: Buffer.from(JSON.stringify(index)) });
    const lie = what === 'a manifest' ? { ...own, size } : told;
    await expect(pull(registry)).rejects.toThrow(
      `the blob ${lie.digest} in ${registry.host} has ${lie.size - by} bytes, and its descriptor says ${lie.size}`,
    );
    expect(registry.seen.filter(({ url }) => url.endsWith(lie.digest))).toHaveLength(1);
  });

  it('refuses another manifest than the digest that was asked for', async () => {
    const { registry } = await stocked();
    const [digest = ''] = [...registry.manifests.keys()].filter((key) => key.startsWith('sha256:'));
    const body = Buffer.from(JSON.stringify({ schemaVersion: 2, config: {}, layers: [] }));
    registry.manifests.set(digest, { type: MEDIA.manifest, body });
    await expect(
      pullImage(testStore(), `${registry.host}/team/app@${digest}`, PLATFORM, quickAccess()),
    ).rejects.toThrow(`gave another manifest than ${digest}: its digest is ${digestOf(body)}`);
  });

  it.each([
    ['{', /is no image/],
    ['null', /is no image/],
    ['{"schemaVersion":1,"fsLayers":[]}', /Docker's first format/],
    ['<html>login</html>', /is no image/],
    [
      `{"schemaVersion":2,"manifests":[{"mediaType":"x","size":1,"digest":"sha256:${'0'.repeat(64)}","platform":{"os":"linux","architecture":"s390x"}}]}`,
      /no image for linux\/amd64; it has linux\/s390x/,
    ],
  ])('refuses the manifest %s', async (text, message) => {
    const { registry } = await stocked();
    registry.manifests.set('1', { type: MEDIA.manifest, body: Buffer.from(text) });
    await expect(pull(registry)).rejects.toThrow(message);
  });

  it('takes the image of an index that is for the platform', async () => {
    const { registry, image } = await stocked();
    const own = registry.manifests.get('1');
    const of = (architecture: string, digest: string) => ({
      mediaType: MEDIA.manifest,
      digest,
      size: own?.body.length,
      platform: { os: 'linux', architecture },
    });
    const index = {
      schemaVersion: 2,
      manifests: [of('arm64', `sha256:${'0'.repeat(64)}`), of('amd64', digestOf(own?.body ?? ''))],
    };
    registry.manifests.set('1', { type: MEDIA.index, body: Buffer.from(JSON.stringify(index)) });
    expect(imageIdOf(await pull(registry))).toBe(imageIdOf(image));
  });

  it('says of a layer that is gone that it is', async () => {
    const { registry, image } = await stocked();
    for (const digest of registry.blobs.keys()) if (digest !== imageIdOf(image)) registry.blobs.delete(digest);
    await expect(pull(registry)).rejects.toThrow(/cannot pull sha256:.*: the registry has lost it, though the image/);
  });

  it('takes that of an index which names no platform, or an index, by what it says itself', async () => {
    const { registry, image } = await stocked();
    const put = (type: string, value: unknown) => {
      const body = Buffer.from(JSON.stringify(value));
      registry.manifests.set(digestOf(body), { type, body });
      return { mediaType: type, digest: digestOf(body), size: body.length };
    };
    const lists = (...manifests: readonly object[]) => put(MEDIA.index, { schemaVersion: 2, manifests });
    const answersWith = ({ digest }: { digest: string }) =>
      registry.manifests.set('1', registry.manifests.get(digest) ?? { type: '', body: Buffer.of() });
    const { body = Buffer.of() } = registry.manifests.get('1') ?? {};
    const own = { mediaType: MEDIA.manifest, digest: digestOf(body), size: body.length };
    const chart = { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: digestOf('{}'), size: 2 };
    const other = put(MEDIA.manifest, { schemaVersion: 2, config: chart, layers: [] });
    answersWith(lists(other, lists(own)));
    expect(imageIdOf(await pull(registry))).toBe(imageIdOf(image));
    const pullArm = () =>
      pullImage(testStore(), `${registry.host}/team/app:1`, 'linux/arm64', quickAccess()).catch(String);
    expect(await pullArm()).toContain('has no image for linux/arm64; none that it has is known to be for one');
    answersWith(lists());
    expect(await pullArm()).toContain('its list of images is empty');
    answersWith(lists(lists(lists(lists(own)))));
    expect(await pullArm()).toContain('/team/app has lists of images more than 3 deep');
  });

  it('gives up on one that stalls', async () => {
    const { registry } = await stocked();
    registry.twist = ({ url }, response) => {
      if (!isBlob(url)) return false;
      const { length = 0 } = registry.blobs.get(url.replace(/^.*\//, '')) ?? {};
      response.writeHead(200, { 'content-length': String(length) });
      response.write('x');
      return true;
    };
    await expect(pull(registry, quickAccess({ patience: 80, longestWait: 1 }))).rejects.toThrow(
      /has sent nothing for 1 s/,
    );
  });

  it('gives one that has never answered less time, tells that it waits, and asks no second time', async () => {
    const { registry } = await stocked();
    let calls = 0;
    registry.twist = () => ++calls > 0;
    const told: string[] = [];
    const access = quickAccess({ firstPatience: 2_200, tell: (text) => told.push(text) });
    await expect(pull(registry, access)).rejects.toThrow(`${registry.host} has sent nothing for 3 s`);
    expect(told).toEqual([`waiting for ${registry.host} to answer`]);
    expect(calls).toBe(1);
  });

  it('waits as long as 429 says, and not for ever', async () => {
    const { registry, image } = await stocked();
    let refusals = 0;
    const busy: Twist = (_seen, response) => {
      if (refusals++ > 1) return false;
      response.writeHead(429, { 'retry-after': '0' }).end();
      return true;
    };
    registry.twist = busy;
    expect(imageIdOf(await pull(registry))).toBe(imageIdOf(image));
    registry.twist = (_seen, response) => {
      response.writeHead(429, { 'retry-after': '3600' }).end();
      return true;
    };
    await expect(pull(registry)).rejects.toThrow(/wants no request for 3600 s; try again then/);
    registry.twist = (_seen, response) => {
      response.writeHead(429).end();
      return true;
    };
    await expect(pull(registry, quickAccess({ longestWait: 1 }))).rejects.toThrow(/too many requests/);
  });

  it.each([
    [404, /cannot pull .*: the registry has no such image/],
    [403, /does not allow it.*\(not yours\)/],
    [500, /it answered 500/],
  ])('explains %i', async (status, message) => {
    const { registry } = await stocked();
    registry.twist = (_seen, response) => {
      response.writeHead(status).end('{"errors":[{"code":"DENIED","message":"not yours"}]}');
      return true;
    };
    await expect(pull(registry)).rejects.toThrow(message);
  });

  it('explains that nobody is there', async () => {
    await expect(pullImage(testStore(), '127.0.0.1:1/a/b:1', PLATFORM, quickAccess())).rejects.toThrow(
      'cannot reach 127.0.0.1:1: nothing listens there',
    );
  });
});

describe('redirects', () => {
  it('are followed without the login', async () => {
    const { registry, image } = await stocked();
    const other = await fakeRegistry(({ url }, response) => {
      response.end(registry.blobs.get(url.slice(1)));
      return true;
    });
    registry.twist = ({ url, headers }, response) => {
      if (headers.authorization === undefined) response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
      else if (isBlob(url))
        response.writeHead(307, { location: `http://${other.host}/${url.replace(/^.*\//, '')}` }).end();
      else return false;
      return true;
    };
    const credentials = async () => ({ username: 'me', password: 'secret' });
    expect(imageIdOf(await pull(registry, quickAccess({ credentials })))).toBe(imageIdOf(image));
    expect(other.seen.length).toBeGreaterThan(0);
    expect(other.seen.flatMap(({ headers }) => headers.authorization ?? [])).toEqual([]);
  });

  it('lead nowhere without TLS, and do not go round', async () => {
    const { registry } = await stocked();
    registry.twist = (_seen, response) => {
      response.writeHead(302, { location: 'http://mirror.example.com/x' }).end();
      return true;
    };
    await expect(pull(registry)).rejects.toThrow(
      /redirects to http:\/\/mirror\.example\.com, which is not protected by TLS/,
    );
    registry.twist = ({ url }, response) => {
      response.writeHead(302, { location: url }).end();
      return true;
    };
    await expect(pull(registry)).rejects.toThrow(/redirects more than 5 times/);
  });
});

describe('logins', () => {
  const guarded = (registry: FakeRegistry, challenge: string, wanted: string): void => {
    registry.twist = ({ url, headers }, response) => {
      if (url.startsWith('/token')) return false;
      if (headers.authorization === wanted) return false;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
      return true;
    };
  };
  const basic = `Basic ${Buffer.from('me:a:b').toString('base64')}`;
  const me = async () => ({ username: 'me', password: 'a:b' });

  it('of the plain kind', async () => {
    const { registry, image } = await stocked();
    guarded(registry, 'Basic realm="private"', basic);
    await expect(pull(registry)).rejects.toThrow(/log in with `docker login 127/);
    await expect(
      pull(registry, quickAccess({ credentials: async () => ({ username: 'me', password: 'x' }) })),
    ).rejects.toThrow(/refuses the login that is stored/);
    expect(imageIdOf(await pull(registry, quickAccess({ credentials: me })))).toBe(imageIdOf(image));
  });

  it('by a token, which is asked for once', async () => {
    const { registry, image } = await stocked();
    guarded(
      registry,
      `Bearer realm="http://${registry.host}/token?x=1",service="s p",scope="repository:team/app:pull"`,
      'Bearer t1',
    );
    const usual = registry.twist;
    registry.twist = (seen, response) => {
      if (!seen.url.startsWith('/token')) return usual(seen, response);
      response.end('{"token":"t1"}');
      return true;
    };
    expect(imageIdOf(await pull(registry, quickAccess({ credentials: me })))).toBe(imageIdOf(image));
    const asked = registry.seen.filter(({ url }) => url.startsWith('/token'));
    expect(asked).toHaveLength(1);
    expect(asked[0]?.url).toBe('/token?x=1&service=s+p&scope=repository%3Ateam%2Fapp%3Apull');
    expect(asked[0]?.headers.authorization).toBe(basic);
  });

  it('that no token is given for are told, whether one is stored or not', async () => {
    const { registry } = await stocked();
    guarded(registry, `Bearer realm="http://${registry.host}/token"`, 'Bearer t');
    const usual = registry.twist;
    registry.twist = (seen, response) => {
      if (!seen.url.startsWith('/token')) return usual(seen, response);
      response.writeHead(401).end();
      return true;
    };
    await expect(pull(registry)).rejects.toThrow(
      /gives this to nobody without a login, or does not have it; log in with/,
    );
    await expect(pull(registry, quickAccess({ credentials: me }))).rejects.toThrow(
      /the login that is stored for 127.* was refused by 127.*; log in again with `docker login 127/,
    );
  });

  it('by an identity token, which is exchanged', async () => {
    const { registry, image } = await stocked();
    guarded(registry, `Bearer realm="http://${registry.host}/token",service=s`, 'Bearer t2');
    const usual = registry.twist;
    registry.twist = (seen, response) => {
      if (!seen.url.startsWith('/token')) return usual(seen, response);
      response.end(seen.body.toString().includes('refresh_token=id') ? '{"access_token":"t2"}' : '{}');
      return true;
    };
    const credentials = async () => ({ identityToken: 'id' });
    expect(imageIdOf(await pull(registry, quickAccess({ credentials })))).toBe(imageIdOf(image));
    expect(registry.seen.find(({ url }) => url === '/token')?.method).toBe('POST');
  });

  it('are never sent to another place than TLS protects', async () => {
    const { registry } = await stocked();
    guarded(registry, 'Bearer realm="http://auth.example.com/token"', 'Bearer t');
    await expect(pull(registry, quickAccess({ credentials: me }))).rejects.toThrow(
      'asks for a login at http://auth.example.com, which is not protected by TLS',
    );
    guarded(registry, 'Bearer realm="file:///etc/passwd"', 'Bearer t');
    await expect(pull(registry)).rejects.toThrow('asks for a login at file:///etc/passwd, which is not');
  });
});

describe('stored logins', () => {
  const auth = Buffer.from('me:pw').toString('base64');
  const logins = (config: object, host: string, more: Record<string, string> = {}) => {
    const folder = folderWith({ 'config.json': JSON.stringify(config) });
    return storedCredentials(host, { HOME: '/nowhere', DOCKER_CONFIG: folder, PATH: process.env.PATH, ...more });
  };

  it.each([
    ['registry.example.com', 'registry.example.com'],
    ['https://registry.example.com/v1/', 'registry.example.com'],
    ['https://index.docker.io/v1/', 'registry-1.docker.io'],
    ['docker.io', 'registry-1.docker.io'],
  ])('under %s are those of %s', async (key, host) => {
    expect(await logins({ auths: { [key]: { auth } } }, host)).toEqual({ username: 'me', password: 'pw' });
    expect(await logins({ auths: { [key]: { auth } } }, 'other.example.com')).toBeUndefined();
  });

  it('may be tokens', async () => {
    expect(await logins({ auths: { a: { identitytoken: 't' } } }, 'a')).toEqual({ identityToken: 't' });
  });

  it('of helper programs', async () => {
    const folder = folderWith({
      'docker-credential-test':
        '#!/bin/sh\nread host\ncase $host in\ngood) echo "{\\"Username\\":\\"u\\",\\"Secret\\":\\"s\\"}";;\ntoken) echo "{\\"Username\\":\\"<token>\\",\\"Secret\\":\\"s\\"}";;\nlocked) echo "the keychain is locked"; exit 1;;\n*) echo "credentials not found in native keychain"; exit 1;;\nesac\n',
    });
    chmodSync(join(folder, 'docker-credential-test'), 0o755);
    const PATH = `${folder}:${process.env.PATH}`;
    const ask = (host: string) => logins({ credsStore: 'test', auths: { [host]: {} } }, host, { PATH });
    expect(await ask('good')).toEqual({ username: 'u', password: 's' });
    expect(await ask('token')).toEqual({ identityToken: 's' });
    expect(await ask('other')).toBeUndefined();
    await expect(ask('locked')).rejects.toThrow(
      'docker-credential-test has no login for locked: the keychain is locked',
    );
    expect(await logins({ credHelpers: { good: 'test' } }, 'good', { PATH })).toEqual({ username: 'u', password: 's' });
    await expect(logins({ credHelpers: { good: 'none-such' } }, 'good')).rejects.toThrow(
      'docker-credential-none-such, which is not installed',
    );
    await expect(logins({ credHelpers: { good: '../../bin/sh' } }, 'good')).rejects.toThrow(
      'no name of a credential helper',
    );
  });

  it('that cannot be read are told', async () => {
    const folder = folderWith({ 'config.json': '{' });
    await expect(storedCredentials('a', { HOME: '/nowhere', DOCKER_CONFIG: folder })).rejects.toThrow(
      'this is no JSON',
    );
  });
});

describe('mirrors', () => {
  it('are asked first, and the registry where they have nothing', async () => {
    const { registry, image } = await stocked();
    const mirror = await fakeRegistry();
    const mirrors = new Map([[registry.host, [mirror.host]]]);
    expect(imageIdOf(await pull(registry, quickAccess({ mirrors })))).toBe(imageIdOf(image));
    expect(mirror.seen.length).toBeGreaterThan(0);
    for (const [digest, blob] of registry.blobs) mirror.blobs.set(digest, blob);
    for (const [tag, manifest] of registry.manifests) mirror.manifests.set(tag, manifest);
    registry.seen.length = 0;
    expect(imageIdOf(await pull(registry, quickAccess({ mirrors })))).toBe(imageIdOf(image));
    expect(registry.seen).toEqual([]);
  });

  it('that lie are found out', async () => {
    const { registry } = await stocked();
    const mirror = await fakeRegistry(({ url }, response) => {
      if (!isBlob(url)) return false;
      response.end(Buffer.alloc(registry.blobs.get(url.replace(/^.*\//, ''))?.length ?? 0));
      return true;
    });
    const mirrors = new Map([[registry.host, [mirror.host]]]);
    await expect(pull(registry, quickAccess({ mirrors, longestWait: 1 }))).rejects.toThrow(/gave something else/);
  });
});

describe('pushing', () => {
  const push = async (registry: FakeRegistry, store: Store, image: Image, name = 'team/app:1') => {
    const done: string[] = [];
    const digest = await pushImage(
      store,
      [withPlatform(image)],
      `${registry.host}/${name}`,
      GZIP,
      quickAccess(),
      (_layer, what) => {
        if (what !== 'sending') done.push(what);
      },
    );
    return { digest, done: done.toSorted() };
  };
  const twoLayers = (store: Store): Image =>
    imageIn(store, [{ path: 'a', content: noise(200_000) }], [{ path: 'b', content: 'b' }]);

  it('sends what is not there, and takes over what another repository has', async () => {
    const registry = await fakeRegistry();
    const store = testStore();
    const image = twoLayers(store);
    const first = await push(registry, store, image);
    expect(first.done).toEqual(['sent', 'sent']);
    expect(digestOf(registry.manifests.get('1')?.body ?? '')).toBe(first.digest);
    expect(await push(registry, store, image)).toEqual({ ...first, done: ['there', 'there'] });
    const elsewhere = new Set<string>();
    registry.twist = ({ method, url }, response) => {
      if (!url.startsWith('/v2/other/') || !isBlob(url) || method !== 'HEAD' || elsewhere.has(url)) return false;
      elsewhere.add(url);
      response.writeHead(404).end();
      return true;
    };
    expect(await push(registry, store, image, 'other/app:1')).toEqual({ ...first, done: ['mounted', 'mounted'] });
    expect(registry.seen.some(({ url }) => /uploads\/\?mount=sha256:[0-9a-f]+&from=team%2Fapp$/.test(url))).toBe(true);
  });

  it('keeps its connections where it is told of long layers that are there', async () => {
    const registry = await fakeRegistry();
    const store = testStore();
    const image = twoLayers(store);
    await push(registry, store, image);
    const sockets = new Set<unknown>();
    registry.twist = (_seen, response) => {
      sockets.add(response.socket);
      return false;
    };
    registry.seen.length = 0;
    expect((await push(registry, store, image)).done).toEqual(['there', 'there']);
    // Two layers are asked for at once.
    expect(sockets.size).toBe(2);
  });

  it('takes nothing over that a pull was told of and has not looked at', async () => {
    const { registry, image } = await stocked();
    const store = testStore();
    await pull(registry, quickAccess(), store);
    const manifest = JSON.parse(registry.manifests.get('1')?.body.toString() ?? '');
    const other = Buffer.from('something else');
    registry.blobs.set(digestOf(other), other);
    manifest.layers[0] = { ...manifest.layers[0], digest: digestOf(other), size: other.length };
    registry.manifests.set('2', { type: MEDIA.manifest, body: Buffer.from(JSON.stringify(manifest)) });
    // What its configuration names is here.
    const known = await pullImage(store, `${registry.host}/other/evil:2`, PLATFORM, quickAccess());
    expect(known.layers).toEqual(image.layers);
    await push(registry, store, image, 'third/app:3');
    expect(registry.manifests.get('3')?.body.toString()).not.toContain(digestOf(other));
  });

  it('keeps the query of the place that it is given', async () => {
    const registry = await fakeRegistry();
    const store = testStore();
    await push(registry, store, twoLayers(store));
    const put = registry.seen.filter(({ method, url }) => method === 'PUT' && url.includes('uploads'));
    expect(put.length).toBe(3);
    for (const { url } of put) expect(url).toMatch(/\?state=a%2Fb&digest=sha256%3A[0-9a-f]{64}$/);
  });

  it('sends nothing to a place without TLS', async () => {
    const registry = await fakeRegistry(({ method }, response) => {
      if (method !== 'POST') return false;
      response.writeHead(202, { location: 'http://storage.example.com/x' }).end();
      return true;
    });
    const store = testStore();
    await expect(push(registry, store, twoLayers(store))).rejects.toThrow(
      /wants blobs sent to http:\/\/storage\.example\.com, which is not protected by TLS/,
    );
  });

  it('sends parts where a whole is too large', async () => {
    const registry = await fakeRegistry(({ method, body }, response) => {
      if (method !== 'PUT' || body.length < 100_000) return false;
      response.writeHead(413).end();
      return true;
    });
    const store = testStore();
    const image = twoLayers(store);
    await push(registry, store, image);
    expect(imageIdOf(await pull(registry))).toBe(imageIdOf(image));
    const patches = registry.seen.filter(({ method }) => method === 'PATCH');
    expect(patches.map(({ headers }) => headers['content-range'])).toEqual([`0-${(patches[0]?.body.length ?? 0) - 1}`]);
  });

  it('sends again what was lost on its way', async () => {
    let losses = 0;
    const registry = await fakeRegistry(({ method, url }, response) => {
      if (method !== 'PUT' || !url.includes('uploads') || losses++ >= 2) return false;
      response.destroy();
      return true;
    });
    const store = testStore();
    const image = twoLayers(store);
    await push(registry, store, image);
    expect(imageIdOf(await pull(registry))).toBe(imageIdOf(image));
  });

  it.each([
    [400, 'provided digest'],
    [403, 'does not allow it'],
    [500, 'it answered 500'],
  ])('explains %i', async (status, message) => {
    const registry = await fakeRegistry(({ method }, response) => {
      if (method !== 'PUT') return false;
      response.writeHead(status).end('{"errors":[{"message":"provided digest"}]}');
      return true;
    });
    const store = testStore();
    await expect(push(registry, store, twoLayers(store))).rejects.toThrow(message);
  });
});

describe('searching', () => {
  it('uses the search of a registry', async () => {
    const registry = await fakeRegistry(({ url }, response) => {
      if (!url.startsWith('/v1/search?q=web%20app&n=5')) return false;
      response.end('{"results":[{"name":"nginx","description":"d","star_count":7,"is_official":true}]}');
      return true;
    });
    expect(await searchRegistry(registry.host, 'web app', 5, quickAccess())).toEqual([
      { name: 'nginx', description: 'd', stars: 7, isOfficial: true },
    ]);
  });

  it('else its catalogue and tags', async () => {
    const registry = await fakeRegistry(({ url }, response) => {
      if (url.startsWith('/v2/_catalog')) response.end('{"repositories":["team/app","other"]}');
      else if (url === '/v2/team/app/tags/list') response.end('{"tags":["1","2"]}');
      else return false;
      return true;
    });
    expect(await searchRegistry(registry.host, 'app', 5, quickAccess())).toEqual([
      { name: `${registry.host}/team/app`, description: 'tags: 1, 2', stars: undefined, isOfficial: false },
    ]);
  });

  it('takes of what is no answer what is one', async () => {
    const pages: Record<string, string> = {
      '/v1/search': '{"results":{"name":"nginx"}}',
      '/v2/_catalog': '{"repositories":["app",7,null]}',
      '/v2/app/tags/list': '{"tags":{"1":2}}',
    };
    const registry = await fakeRegistry(({ url }, response) => {
      const page = pages[url.replace(/\?.*/, '')];
      if (page === undefined) return false;
      response.setHeader('link', '<http://:x>; rel="next"');
      response.end(page);
      return true;
    });
    const found = { name: `${registry.host}/app`, description: 'tags: none', stars: undefined, isOfficial: false };
    expect(await searchRegistry(registry.host, 'app', 5, quickAccess())).toEqual([found]);
    pages['/v1/search'] = '{"results":[{"name":"nginx","star_count":"many"},{"name":["x"]},null]}';
    const nginx = { name: 'nginx', description: '', stars: undefined, isOfficial: false };
    expect(await searchRegistry(registry.host, 'app', 5, quickAccess())).toEqual([nginx]);
    pages['/v1/search'] = '<html>';
    pages['/v2/_catalog'] = '<html>';
    await expect(searchRegistry(registry.host, 'app', 5, quickAccess())).rejects.toThrow(
      `${registry.host} has no search, and its catalogue is no JSON`,
    );
  });
});

describe('plain HTTP', () => {
  it('is for this machine, and for what is named', async () => {
    const { registry, image } = await stocked();
    const name = `${registry.host.replace('127.0.0.1', '0.0.0.0')}/team/app:1`;
    await expect(pullImage(testStore(), name, PLATFORM, quickAccess())).rejects.toThrow(
      /cannot reach 0\.0\.0\.0:\d+: it does not speak TLS; --insecure-registry allows plain HTTP/,
    );
    const insecure = [name.replace(/\/.*/, '')];
    expect(imageIdOf(await pullImage(testStore(), name, PLATFORM, quickAccess({ insecure })))).toBe(imageIdOf(image));
  });
});

describe('proxies', () => {
  const of = (address: string, env: Record<string, string>) => proxyFor(new URL(address), env)?.href;

  it.each([
    ['https://a.example.com/', { HTTPS_PROXY: 'http://p:3128' }, 'http://p:3128/'],
    ['https://a.example.com/', { https_proxy: 'p:3128', HTTPS_PROXY: 'http://q' }, 'http://p:3128/'],
    ['https://a.example.com/', { HTTP_PROXY: 'http://p:3128' }, undefined],
    ['http://a.example.com/', { HTTP_PROXY: 'http://p:3128' }, 'http://p:3128/'],
    ['https://127.0.0.1:5000/', { HTTPS_PROXY: 'http://p:3128' }, undefined],
    ['https://a.example.com/', { HTTPS_PROXY: 'http://p', NO_PROXY: 'b.com, example.com' }, undefined],
    ['https://a.example.com/', { HTTPS_PROXY: 'http://p', NO_PROXY: '.example.com:444' }, 'http://p/'],
    ['https://notexample.com/', { HTTPS_PROXY: 'http://p', NO_PROXY: 'example.com' }, 'http://p/'],
    ['https://a.example.com/', { HTTPS_PROXY: 'http://p', no_proxy: '*' }, undefined],
  ])('for %s with %j', (address, env, proxy) => {
    expect(of(address, env)).toBe(proxy);
  });

  it('of another kind are told, without their password', () => {
    expect(() => of('https://a.com', { HTTPS_PROXY: 'socks5://me:secret@p:1' })).toThrow(
      'HTTPS_PROXY must be http://HOST:PORT, not `socks5://***@p:1`',
    );
  });

  it('are handed what needs no TLS, and told what does', async () => {
    const { registry, image } = await stocked();
    const seen: string[] = [];
    const proxy = createServer((request, response) => {
      seen.push(`${request.url} ${request.headers['proxy-authorization']}`);
      const { pathname, search } = new URL(request.url ?? '');
      const onward = requestOf(
        `http://${registry.host}${pathname}${search}`,
        { headers: request.headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(response);
        },
      );
      onward.end();
    });
    proxy.on('connect', (_request, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
    onTestFinished(() => {
      proxy.closeAllConnections();
      proxy.close();
    });
    const address = proxy.address();
    const url = new URL(`http://me:pw@127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
    const name = 'registry.example.com/team/app:1';
    const access = quickAccess({ proxy: () => url });
    await expect(pullImage(testStore(), name, PLATFORM, access)).rejects.toThrow(
      /the proxy 127\.0\.0\.1:\d+ lets nobody through to registry\.example\.com:443: it answered 407; it wants a name/,
    );
    const insecure = ['registry.example.com'];
    const pulled = await pullImage(testStore(), name, PLATFORM, { ...access, insecure });
    expect(imageIdOf(pulled)).toBe(imageIdOf(image));
    const login = `Basic ${Buffer.from('me:pw').toString('base64')}`;
    expect(seen[0]).toBe(`http://registry.example.com/v2/team/app/manifests/1 ${login}`);
  });
});
