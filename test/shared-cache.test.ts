import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { digestOf, hexOf } from '../src/oci/image.ts';
import { folderWith, runIn } from './support/cli.ts';
import { archiveOf } from './support/images.ts';
import { fakeRegistry } from './support/registry.ts';

const canBuild = process.platform === 'linux';
if (!canBuild) console.warn('builds are left out: they need Linux');

const FILE = `FROM scratch AS made
COPY big /big
COPY small /small
FROM scratch
COPY --from=made /small /copied
COPY own /own
LABEL a=b
`;

const FILES = { iEchorfile: FILE, big: 'big'.repeat(50_000), small: 'small', own: 'own' };

/** A build in a store of its own, unless one is given. */
const built = async (context: string, args: readonly string[], store = folderWith({})) => {
  const all = ['--build', '--no-lint', '--store', store, ...args, '.'];
  const { code, stderr } = await runIn(context, all);
  const steps = stderr.split('\n').filter((line) => /\] (?:cached|done)/.test(line));
  return { code, stderr, store, steps, id: /built (sha256:[0-9a-f]+)/.exec(stderr)?.[1] };
};

const isCached = (line: string): boolean => line.endsWith('] cached');
const blobsIn = (store: string): number => readdirSync(join(store, '1/blobs/sha256')).length;

/** A context that has been built, and the folder with its cache. */
const shared = async (mode = 'max', file = FILE) => {
  const context = folderWith({ ...FILES, iEchorfile: file });
  const cache = folderWith({});
  const first = await built(context, ['--cache-to', `type=local,dest=${cache},mode=${mode}`]);
  expect(first.stderr).toContain('is written');
  expect(first.code).toBe(0);
  return { context, cache, first, from: `type=local,src=${cache}` };
};

describe.runIf(canBuild)('a cache in a folder', () => {
  it.each(['min', 'max'])('of mode %s lets another store run nothing', async (mode) => {
    const { context, first, from } = await shared(mode);
    const second = await built(context, ['--cache-from', from]);
    expect(second.id).toBe(first.id);
    expect(second.steps).toHaveLength(4);
    expect(second.steps.filter((line) => !isCached(line))).toEqual([]);
    expect(second.stderr).not.toContain('the cache');
  });

  it('gives the layers of the image alone', async () => {
    const { context, from, cache, first } = await shared();
    expect(blobsIn(first.store)).toBeGreaterThan(4);
    expect(blobsIn((await built(context, ['--cache-from', from])).store)).toBe(2);
    expect(blobsIn(first.store)).toBeGreaterThan(2);
    expect(readdirSync(join(cache, 'blobs/sha256'))).toHaveLength(4 + 2);
  });

  it('gives layers of other stages where they are needed', async () => {
    const { context, from } = await shared();
    writeFileSync(join(context, 'iEchorfile'), FILE.replace('/copied', '/elsewhere'));
    const cold = await built(context, []);
    const { id, steps } = await built(context, ['--cache-from', from]);
    expect(id).toBe(cold.id);
    expect(steps.filter((line) => !isCached(line)).map((line) => line.slice(0, 14))).toEqual([
      '[stage-1 1/3] ',
      '[stage-1 2/3] ',
    ]);
  });

  it('has those of the image alone with mode=min, and the others are made where they are needed', async () => {
    const { context, cache, from } = await shared('min');
    expect(readdirSync(join(cache, 'blobs/sha256'))).toHaveLength(2 + 2);
    writeFileSync(join(context, 'iEchorfile'), FILE.replace('/copied', '/elsewhere'));
    const cold = await built(context, []);
    const { id, code, stderr } = await built(context, ['--cache-from', from]);
    expect(id).toBe(cold.id);
    expect(code).toBe(0);
    expect(stderr).not.toContain('not used');
  });

  it('is used in the store from then on', async () => {
    const { context, from, first, cache } = await shared();
    const { store } = await built(context, ['--cache-from', from]);
    rmSync(cache, { recursive: true });
    const { id, steps } = await built(context, [], store);
    expect(id).toBe(first.id);
    expect(steps.filter((line) => line.startsWith('[stage-1')).every(isCached)).toBe(true);
  });

  it('is handed on by a build that has taken none of its layers', async () => {
    const { context, cache, from, first } = await shared();
    const second = await built(context, ['--cache-from', from, '--cache-to', `type=local,dest=${cache},mode=max`]);
    expect(second.code).toBe(0);
    const third = await built(context, ['--cache-from', from]);
    expect(third.id).toBe(first.id);
    expect(third.steps.every(isCached)).toBe(true);
    const other = folderWith({});
    await built(context, ['--cache-from', from, '--cache-to', `type=local,dest=${other},mode=max`]);
    expect(readdirSync(join(other, 'blobs/sha256'))).toHaveLength(4 + 2);
  });

  it('does not grow: what is replaced goes, and other tags stay', async () => {
    const { context, cache } = await shared();
    await built(context, ['--cache-to', `type=local,dest=${cache},tag=kept`]);
    writeFileSync(join(context, 'big'), 'another'.repeat(50_000));
    await built(context, ['--cache-to', `type=local,dest=${cache},mode=max`]);
    for (const tag of ['kept', 'latest']) {
      const { stderr, code } = await built(context, ['--cache-from', `type=local,src=${cache},tag=${tag}`]);
      expect(stderr).not.toContain('the cache');
      expect(code).toBe(0);
    }
    const sizes = readdirSync(join(cache, 'blobs/sha256')).length;
    for (const text of ['x', 'y', 'z']) {
      writeFileSync(join(context, 'big'), text);
      await built(context, ['--cache-to', `type=local,dest=${cache},mode=max`]);
    }
    expect(readdirSync(join(cache, 'blobs/sha256'))).toHaveLength(sizes);
  });

  it('says nothing but digests', async () => {
    const file = `FROM scratch\nARG TOKEN\nENV TOKEN=$TOKEN\nCOPY own /own\n`;
    const context = folderWith({ ...FILES, iEchorfile: file });
    const cache = folderWith({});
    await built(context, ['--build-arg', 'TOKEN=hunter2hunter2', '--cache-to', `type=local,dest=${cache}`]);
    const documents = readdirSync(join(cache, 'blobs/sha256'))
      .map((name) => readFileSync(join(cache, 'blobs/sha256', name), 'latin1'))
      .filter((text) => text.startsWith('{'));
    expect(documents).toHaveLength(2);
    for (const text of documents) expect(text).not.toMatch(/hunter2|TOKEN|COPY|\/own/);
  });

  it('that is not there, or is none, is told and no more', async () => {
    const context = folderWith(FILES);
    const cases = {
      'type=local,src=nowhere': 'there is no cache yet',
      [`type=local,src=${folderWith({ 'index.json': '{}' })}`]: 'is no image',
      [`type=local,src=${(await shared()).cache},tag=other`]: 'it has no cache with the tag `other`',
      '127.0.0.1:1/team/app:cache': 'nothing listens there',
    };
    for (const [from, message] of Object.entries(cases)) {
      const { code, stderr, id } = await built(context, ['--cache-from', from]);
      expect(stderr).toContain(message);
      expect(code).toBe(0);
      expect(id).toBeDefined();
    }
  });

  it('that an image would hold itself is told not to be there', async () => {
    const context = folderWith(FILES);
    const told = async (...args: string[]) => (await built(context, args)).stderr;
    const asks = ['--build-arg', 'BUILDKIT_INLINE_CACHE=1'];
    expect(await told(...asks)).toContain(
      'BUILDKIT_INLINE_CACHE does nothing: an image holds no cache of its own here; ',
    );
    expect(await told(...asks, '-q')).not.toContain('INLINE');
    expect(await told('--build-arg', 'BUILDKIT_INLINE_CACHE=0')).not.toContain('INLINE');
    expect(await told('--cache-to', 'type=inline')).toContain('An image holds no cache of its own here: type=registry');
  });

  it('is refused in words where the option means nothing', async () => {
    const context = folderWith(FILES);
    const cases = {
      'type=gha': 'has no type `gha`',
      'type=local': 'needs a place, as in --cache-to type=local,dest=FOLDER',
      'type=local,src=x': 'has no `src`',
      'type=local,dest=x,mode=most': 'mode is min or max, not `most`',
      'type=local,dest=x,compression=xz': 'compression is none or gzip or zstd, not `xz`',
      'dest=x': 'needs a type',
    };
    for (const [to, message] of Object.entries(cases)) {
      const { code, stderr } = await built(context, ['--cache-to', to]);
      expect(stderr).toContain(message);
      expect(code).toBe(2);
    }
  });

  it('that cannot be written ends in 3 behind the image, unless it may fail', async () => {
    const context = folderWith({ ...FILES, 'taken/blobs': '' });
    const { code, stderr, id } = await built(context, ['--cache-to', 'type=local,dest=taken']);
    expect(stderr).toContain('the cache taken is not written');
    expect(id).toBeDefined();
    expect(code).toBe(3);
    expect((await built(context, ['--cache-to', 'type=local,dest=taken,ignore-error=true'])).code).toBe(0);
  });
});

describe.runIf(canBuild)('a damaged or hostile cache', () => {
  type Shared = Awaited<ReturnType<typeof shared>>;

  /** Builds with what has been done to a cache: the image must be right, with as many steps made as it takes. */
  const survived = async ({ context, cache, first, from }: Shared, harm: (cache: string) => void) => {
    const harmed = folderWith({});
    cpSync(cache, harmed, { recursive: true });
    harm(harmed);
    const { code, id, stderr, store } = await built(context, ['--cache-from', from.replace(cache, harmed)]);
    expect(id).toBe(first.id);
    expect(code).toBe(0);
    expect((await runIn(context, ['store', 'verify', '--store', store])).code).toBe(0);
    return stderr;
  };

  const pathsIn = (cache: string): readonly string[] => [
    join(cache, 'index.json'),
    ...readdirSync(join(cache, 'blobs/sha256')).map((name) => join(cache, 'blobs/sha256', name)),
  ];

  it('with any byte changed gives the same image', async () => {
    let warnings = 0;
    const made = await shared();
    for (let at = 0; at < 7; at++)
      for (const place of [0.3, 1]) {
        const stderr = await survived(made, (cache) => {
          const path = pathsIn(cache)[at] ?? '';
          const bytes = readFileSync(path);
          const position = Math.min(bytes.length - 1, Math.floor(bytes.length * place));
          bytes[position] = (bytes[position] ?? 0) ^ 0x15;
          writeFileSync(path, bytes);
        });
        if (stderr.includes('the cache')) warnings++;
      }
    expect(warnings).toBeGreaterThan(6);
  });

  it('of which a blob is cut short, or lost, gives the same image', async () => {
    const made = await shared();
    for (let at = 0; at < 7; at++) {
      await survived(made, (cache) => truncateSync(pathsIn(cache)[at] ?? '', 20));
      await survived(made, (cache) => rmSync(pathsIn(cache)[at] ?? ''));
    }
  });

  it('is mended by the build that found it', async () => {
    const { context, cache, from, first } = await shared();
    const names = readdirSync(join(cache, 'blobs/sha256'));
    for (const name of names) {
      const path = join(cache, 'blobs/sha256', name);
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      writeFileSync(path, bytes);
    }
    const to = ['--cache-to', `type=local,dest=${cache},mode=max`];
    await built(context, ['--cache-from', from, ...to]);
    const { id, steps, stderr } = await built(context, ['--cache-from', from]);
    expect(stderr).not.toContain('the cache');
    expect(id).toBe(first.id);
    expect(steps.every(isCached)).toBe(true);
  });

  type Part = Record<string, unknown>;
  const put = (cache: string, content: Buffer | string) => {
    const digest = digestOf(content);
    writeFileSync(join(cache, 'blobs/sha256', hexOf(digest)), content);
    return { digest, size: Buffer.from(content).length };
  };
  const read = (cache: string, digest: string): Part =>
    JSON.parse(readFileSync(join(cache, 'blobs/sha256', hexOf(digest)), 'utf8'));

  /** Says something else, with all digests right. */
  const retold = (cache: string, change: (document: Part, manifest: Part, cache: string) => void) => {
    const index = JSON.parse(readFileSync(join(cache, 'index.json'), 'utf8'));
    const manifest = read(cache, index.manifests[0].digest);
    const config = manifest.config as { digest: string };
    const document = read(cache, config.digest);
    change(document, manifest, cache);
    manifest.config = { ...config, ...put(cache, JSON.stringify(document)) };
    Object.assign(index.manifests[0], put(cache, JSON.stringify(manifest)));
    writeFileSync(join(cache, 'index.json'), JSON.stringify(index));
  };

  const layersOf = (part: Part) => part.layers as Record<string, unknown>[];
  const setAll = (layers: Record<string, unknown>[], fields: Part) => {
    for (const layer of layers) Object.assign(layer, fields);
  };
  const LIES: Record<string, (document: Part, manifest: Part, cache: string) => void> = {
    'other sizes': (document) => setAll(layersOf(document), { size: 1024 }),
    'larger sizes': (document) => setAll(layersOf(document), { size: 1e15 }),
    'layers under others’ digests': (document) => layersOf(document).reverse(),
    'a layer less': (document) => layersOf(document).pop(),
    'no steps': (document) => Object.assign(document, { steps: {} }),
    'steps of layers that are not there': (document) =>
      Object.assign(document, {
        steps: (document.steps as unknown[][]).map(([key]) => [key, 99, '1970-01-01T00:00:00Z']),
      }),
    'keys that are paths': (document) =>
      Object.assign(document, { steps: (document.steps as unknown[][]).map((step) => ['../../x', ...step.slice(1)]) }),
    'times that are none': (document) =>
      Object.assign(document, { steps: (document.steps as unknown[][]).map(([key, at]) => [key, at, '"}, {']) }),
    'digests that are paths': (document) => setAll(layersOf(document), { diffId: 'sha256:../../../etc/passwd' }),
    'blobs that are paths': (_document, manifest) =>
      setAll(layersOf(manifest), { digest: 'sha256:../../../etc/passwd' }),
    'another type': (_document, manifest) =>
      Object.assign(manifest.config as object, { mediaType: 'application/vnd.buildkit.cacheconfig.v0' }),
    'nothing known': (document) => Object.assign(document, { known: 1 }),
    'bombs for layers': (_document, manifest, cache) =>
      setAll(layersOf(manifest), put(cache, gzipSync(Buffer.alloc(50_000_000)))),
  };
  it.each(Object.keys(LIES))('that tells of %s gives the same image', async (name) => {
    for (const mode of ['max', 'min'])
      await survived(await shared(mode), (cache) => retold(cache, LIES[name] ?? (() => {})));
  });

  it('cannot write outside of an image', async () => {
    const evil = archiveOf({ path: '../../evil', content: 'evil' });
    const stderr = await survived(await shared(), (cache) =>
      retold(cache, (document, manifest) => {
        for (const [at, layer] of layersOf(manifest).entries()) {
          Object.assign(layer, put(cache, gzipSync(evil)));
          Object.assign(layersOf(document)[at] ?? {}, { diffId: digestOf(evil), size: evil.length });
        }
      }),
    );
    expect(stderr).toContain('has an entry that is not inside of it: ../../evil');
  });
});

describe.runIf(canBuild)('a cache in a registry', () => {
  const pushed = async () => {
    const registry = await fakeRegistry();
    const name = `${registry.host}/team/app:cache`;
    const context = folderWith(FILES);
    const first = await built(context, ['--cache-to', `type=registry,ref=${name},mode=max`]);
    expect(first.code).toBe(0);
    registry.seen.length = 0;
    return { registry, name, context, first };
  };
  const blobsSeen = (seen: readonly { method: string; url: string }[]) =>
    seen.filter(({ method, url }) => method === 'GET' && url.includes('/blobs/sha256:'));

  it.each(['type=registry,ref=', ''])(
    'named by `%sNAME` lets another store run nothing, and fetches no more than it needs',
    async (type) => {
      const { registry, name, context, first } = await pushed();
      const second = await built(context, ['--cache-from', `${type}${name}`]);
      expect(second.id).toBe(first.id);
      expect(second.steps.every(isCached)).toBe(true);
      // The configuration, and two layers.
      expect(blobsSeen(registry.seen)).toHaveLength(3);
    },
  );

  it('is sent no layer that it has', async () => {
    const { registry, name, context } = await pushed();
    const both = ['--cache-from', name, '--cache-to', `type=registry,ref=${name},mode=max`];
    expect((await built(context, both)).code).toBe(0);
    expect(registry.seen.filter(({ method }) => method === 'PUT').map(({ url }) => url)).toEqual([
      '/v2/team/app/manifests/cache',
    ]);
  });

  it('that lies, breaks off or has lost a layer gives the same image', async () => {
    const { registry, name, context, first } = await pushed();
    const twists: Record<string, (bytes: Buffer) => Buffer | undefined> = {
      lies: (bytes) => Buffer.from(bytes.map((byte) => byte ^ 1)),
      cuts: (bytes) => bytes.subarray(0, 3),
      loses: () => undefined,
    };
    for (const twist of Object.values(twists)) {
      registry.twist = ({ url, method }, response) => {
        const bytes = registry.blobs.get(url.replace(/^.*\//, ''));
        if (method !== 'GET' || !url.includes('/blobs/') || !bytes) return false;
        const sent = twist(bytes);
        response.writeHead(sent ? 200 : 404).end(sent);
        return true;
      };
      const { code, id, stderr } = await built(context, ['--cache-from', name]);
      expect(stderr).toContain('is not used');
      expect(id).toBe(first.id);
      expect(code).toBe(0);
    }
  });

  it('is asked for nothing with --no-cache', async () => {
    const { registry, name, context } = await pushed();
    expect((await built(context, ['--no-cache', '--cache-from', name])).steps.some(isCached)).toBe(false);
    expect(registry.seen).toEqual([]);
  });

  it('spares base images that nobody looks into', async () => {
    const { registry } = await pushed();
    const tag = (name: string) => `${registry.host}/team/app:${name}`;
    for (const name of ['tools', 'slim']) {
      const context = folderWith({ iEchorfile: 'FROM scratch\nCOPY file /file\n', file: name.repeat(1000) });
      expect((await built(context, ['-t', tag(name), '--push'])).code).toBe(0);
    }
    const file = `FROM ${tag('tools')} AS made\nCOPY own /own\nFROM ${tag('slim')}\nCOPY --from=made /own /own\n`;
    const context = folderWith({ ...FILES, iEchorfile: file });
    const cache = tag('cache');
    const first = await built(context, ['--cache-to', cache]);
    registry.seen.length = 0;
    const second = await built(context, ['--cache-from', cache]);
    expect(second.id).toBe(first.id);
    expect(second.steps.every(isCached)).toBe(true);
    // The configurations of the cache and of both bases, one of them twice; the layers of one base and of one step.
    expect(blobsSeen(registry.seen)).toHaveLength(4 + 2);
    expect((await runIn(context, ['store', 'verify', '--store', second.store])).code).toBe(0);
    writeFileSync(join(context, 'iEchorfile'), file.replace('/own /own\n', '/file /own\n'));
    const cold = await built(context, []);
    const third = await built(context, ['--cache-from', cache]);
    expect(third.id).toBe(cold.id);
  });
});
