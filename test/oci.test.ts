import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { compressFile } from '../src/build/compress.ts';
import { exportLayers } from '../src/build/export.ts';
import { importImage, importLayout, openFiles } from '../src/build/import.ts';
import { writeRootArchive, writeRootFolder } from '../src/build/rootfs.ts';
import { openStore, type Store } from '../src/build/store.ts';
import { archiveFiles, type Files, folderFiles } from '../src/oci/archive.ts';
import { decompressed } from '../src/oci/decompress.ts';
import { ImageError } from '../src/oci/error.ts';
import { digestOf, hexOf, type Image, imageIdOf, MEDIA, readImageJson } from '../src/oci/image.ts';
import { imageIn as imageAt, imagesIn } from '../src/oci/images.ts';
import { imageBlobs, type NamedBlobs, writeLayoutArchive, writeLayoutFolder } from '../src/oci/layout.ts';
import { validate } from '../src/oci/validate.ts';
import { zstdPart } from '../src/oci/zstd.ts';
import { folderWith, runIn } from './support/cli.ts';
import { archiveOf, entriesOf, imageIn, layerIn, type TestEntry, testStore } from './support/images.ts';

const PLATFORM = 'linux/amd64';
const NAME = 'docker.io/library/hello:1';
const NONE = { compression: 'none', level: 0 } as const;
const GZIP = { compression: 'gzip', level: 6 } as const;

const small = (store: Store): Image =>
  imageIn(
    store,
    [
      { path: 'etc', type: 'directory', mode: 0o755 },
      { path: 'etc/a', content: 'a' },
    ],
    [{ path: 'b', content: 'b' }],
  );

const leaving = async (store: Store, image: Image, form: typeof GZIP | typeof NONE = GZIP): Promise<NamedBlobs> => ({
  ...imageBlobs(image, await exportLayers(store, image.layers, form)),
  names: [NAME],
});

const archived = (...images: readonly NamedBlobs[]): Buffer => {
  const parts: Uint8Array[] = [];
  writeLayoutArchive((chunk) => parts.push(Uint8Array.from(chunk)), images);
  return Buffer.concat(parts);
};

/** A layout folder, and the files of it. */
const layout = async (
  form: typeof GZIP | typeof NONE = GZIP,
): Promise<{ folder: string; files: Files; image: Image }> => {
  const store = testStore();
  const image = small(store);
  const folder = join(folderWith({}), 'layout');
  writeLayoutFolder(folder, await leaving(store, image, form));
  return { folder, files: folderFiles(folder), image };
};

const canZstd = await zstdPart(new Uint8Array(1), 3).then(
  () => true,
  () => false,
);
if (!canZstd) console.warn('Neither Node 22.15 nor the program `zstd` here: zstd is not tried.');

const fileWith = (content: Uint8Array): string => join(folderWith({ file: content }), 'file');

describe('layouts', () => {
  it.each([GZIP, NONE])('as folder and as archive hold what was written, $compression', async (form) => {
    const { folder, files, image } = await layout(form);
    expect(await validate(files)).toEqual([]);
    const store = testStore();
    expect(imageIdOf(await importLayout(store, folder, { tag: '1' }, PLATFORM))).toBe(imageIdOf(image));
    const first = testStore();
    const archive = archived(await leaving(first, small(first), form));
    const opened = archiveFiles(fileWith(archive));
    expect(await validate(opened)).toEqual([]);
    expect(imagesIn(opened, PLATFORM).map(({ names }) => names)).toEqual([[NAME]]);
    const again = testStore();
    expect(imageIdOf(await importImage(again, imageAt(opened, {}, PLATFORM).source))).toBe(imageIdOf(image));
    opened.close();
  });

  it('may have indexes that name no platforms, and not as many as one likes in each other', async () => {
    const { folder, image } = await layout();
    const listed = (text: string) => {
      writeFileSync(join(folder, 'blobs/sha256', hexOf(digestOf(text))), text);
      const inner = { mediaType: MEDIA.index, digest: digestOf(text), size: text.length };
      return JSON.stringify({ schemaVersion: 2, manifests: [inner] });
    };
    const place = join(folder, 'index.json');
    const { manifests } = JSON.parse(readFileSync(place, 'utf8'));
    const [{ platform: _platform, annotations: _annotations, ...bare }] = manifests;
    const list = JSON.stringify({ schemaVersion: 2, manifests: [bare] });
    const taken = (platform: string) => importLayout(testStore(), folder, {}, platform);
    writeFileSync(place, listed(listed(list)));
    expect(imageIdOf(await taken(PLATFORM))).toBe(imageIdOf(image));
    expect(imagesIn(folderFiles(folder), undefined)).toHaveLength(1);
    await expect(taken('linux/arm64')).rejects.toThrow(/has no image for linux\/arm64$/);
    writeFileSync(place, listed(listed(listed(listed(list)))));
    await expect(taken(PLATFORM)).rejects.toThrow(/has lists of images more than 3 deep/);
  });

  it('are the same bytes for the same image', async () => {
    const [one, two] = [testStore(), testStore()];
    expect(archived(await leaving(one, small(one))).equals(archived(await leaving(two, small(two))))).toBe(true);
  });

  it('in a folder keep the images of other names', async () => {
    const { folder } = await layout();
    const store = testStore();
    const other = imageIn(store, [{ path: 'other', content: 'o' }]);
    writeLayoutFolder(folder, { ...(await leaving(store, other)), names: ['docker.io/library/hello:2'] });
    writeLayoutFolder(folder, { ...(await leaving(store, other)), names: ['docker.io/library/hello:2'] });
    const names = imagesIn(folderFiles(folder), PLATFORM).map((each) => each.names);
    expect(names).toEqual([[NAME], ['docker.io/library/hello:2']]);
    await expect(importLayout(testStore(), folder, {}, PLATFORM)).rejects.toThrow(
      /has several images, .*hello:1, .*hello:2: name one by its tag or digest/,
    );
    await expect(importLayout(testStore(), folder, { tag: '3' }, PLATFORM)).rejects.toThrow(
      /has no image 3; it has .*hello:1, /,
    );
    expect(await validate(folderFiles(folder))).toEqual([]);
  });

  it('keep the bytes of a configuration that another program wrote', async () => {
    const text = '{ "os": "linux", "architecture":"amd64","x":"\\u003c", "rootfs": {"type":"layers","diff_ids":[]} }';
    const store = testStore();
    const image = await importImage(store, { config: async () => Buffer.from(text), layers: [] });
    const id = store.saveImage(image, [NAME]);
    expect(id).toBe(digestOf(text));
    expect(imageBlobs(store.image(NAME) ?? image, []).blobs[1]?.digest).toBe(digestOf(text));
  });
});

describe('docker archives', () => {
  const docker = (changes: (layers: Buffer[]) => Record<string, Buffer | string> = () => ({})): string => {
    const layers = [archiveOf({ path: 'a', content: 'a' }), archiveOf({ path: 'b', content: 'b' })];
    const config = JSON.stringify({
      os: 'linux',
      architecture: 'amd64',
      rootfs: { type: 'layers', diff_ids: layers.map((layer) => digestOf(layer)) },
    });
    const id = hexOf(digestOf(config));
    const files: Record<string, Buffer | string> = {
      [`${id}.json`]: config,
      'l1/layer.tar': layers[0] ?? '',
      'l2/layer.tar': gzipSync(layers[1] ?? ''),
      'manifest.json': JSON.stringify([
        { Config: `${id}.json`, RepoTags: ['hello:1'], Layers: ['l1/layer.tar', 'l2/layer.tar'] },
      ]),
      ...changes(layers),
    };
    return fileWith(archiveOf(...Object.entries(files).map(([path, content]) => ({ path, content }))));
  };

  it('are read, their layers compressed or not', async () => {
    const files = archiveFiles(docker());
    expect(await validate(files)).toEqual([]);
    const image = await importImage(testStore(), imageAt(files, { tag: 'hello:1' }, PLATFORM).source);
    expect(image.layers).toHaveLength(2);
    files.close();
  });

  it('may have a link where a layer is there twice', async () => {
    const layer = archiveOf({ path: 'a', content: 'a' });
    const config = JSON.stringify({
      os: 'linux',
      architecture: 'amd64',
      rootfs: { type: 'layers', diff_ids: [digestOf(layer), digestOf(layer)] },
    });
    const file = fileWith(
      archiveOf(
        { path: 'c.json', content: config },
        { path: 'l1/layer.tar', content: layer },
        { path: 'l2/layer.tar', type: 'symlink', link: '../l1/layer.tar' },
        {
          path: 'manifest.json',
          content: JSON.stringify([{ Config: 'c.json', RepoTags: null, Layers: ['l1/layer.tar', 'l2/layer.tar'] }]),
        },
      ),
    );
    expect((await importLayout(testStore(), file, {}, PLATFORM)).layers).toHaveLength(2);
  });

  it.each<[string, (layers: Buffer[]) => Record<string, Buffer | string>, RegExp]>([
    [
      'another layer',
      () => ({ 'l1/layer.tar': archiveOf({ path: 'evil', content: 'x' }) }),
      /another content: its diff id is/,
    ],
    ['a list that is none', () => ({ 'manifest.json': '{}' }), /is not what `docker save` writes/],
    ['a list that cannot be read', () => ({ 'manifest.json': '[' }), /is not what `docker save` writes/],
    ['a layer that is missing', () => ({ 'manifest.json': '[{"Config":"x.json","Layers":[]}]' }), /has no x\.json/],
    [
      'a layer that is no gzip',
      () => ({ 'l2/layer.tar': Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]) }),
      /cannot be decompressed/,
    ],
    ['a layer of xz', () => ({ 'l2/layer.tar': Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]) }), /bzip2 or xz/],
  ])('with %s are refused', async (_what, changes, message) => {
    await expect(importLayout(testStore(), docker(changes), {}, PLATFORM)).rejects.toThrow(message);
  });
});

describe('hostile layouts', () => {
  const index = (folder: string, change: (text: string) => string): void => {
    const path = join(folder, 'index.json');
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  };

  it('cannot name a file outside', async () => {
    const { folder } = await layout();
    index(folder, (text) => text.replace(/sha256:[0-9a-f]{64}/, `sha256:../../../${'e'.repeat(54)}`));
    await expect(importLayout(testStore(), folder, {}, PLATFORM)).rejects.toThrow(
      /names a blob without a type, a sha256 digest or a size: .*\.\.\/e{54}/,
    );
    writeFileSync(join(folder, 'index.json'), '');
    rmSync(join(folder, 'index.json'));
    writeFileSync(join(folder, 'manifest.json'), '[{"Config":"../../etc/passwd","Layers":["/etc/passwd"]}]');
    await expect(importLayout(testStore(), folder, {}, PLATFORM)).rejects.toThrow(/has no \.\.\/\.\.\/etc\/passwd/);
  });

  it.each([
    ['a list', -1],
    ['a manifest', 1],
    ['a configuration', -1],
    ['a layer', 1],
    ['a layer', -1],
  ])('that tell of %s another size, by %d, are refused, though all of it may be known', async (what, by) => {
    const { folder, image } = await layout();
    const store = testStore();
    expect(imageIdOf(await importLayout(store, folder, {}, PLATFORM))).toBe(imageIdOf(image));
    const blob = (value: unknown) => {
      const text = JSON.stringify(value);
      writeFileSync(join(folder, 'blobs/sha256', hexOf(digestOf(text))), text);
      return { digest: digestOf(text), size: text.length };
    };
    const { manifests } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
    const manifest = JSON.parse(readFileSync(join(folder, 'blobs/sha256', hexOf(manifests[0].digest)), 'utf8'));
    const lie = (each: { digest: string; size: number }) => Object.assign(each, { size: each.size + by });
    if (what === 'a configuration') lie(manifest.config);
    if (what === 'a layer') lie(manifest.layers[1]);
    const own = { ...manifests[0], ...blob(manifest) };
    if (what === 'a manifest') lie(own);
    const list = { mediaType: MEDIA.index, ...blob({ schemaVersion: 2, manifests: [own] }) };
    if (what === 'a list') lie(list);
    index(folder, () => JSON.stringify({ schemaVersion: 2, manifests: [list] }));
    for (const each of [store, testStore()])
      await expect(importLayout(each, folder, {}, PLATFORM)).rejects.toThrow(
        /the blob sha256:[0-9a-f]{64} in .*layout has (\d+) bytes, and its descriptor says \d+$/,
      );
  });

  it.each([
    ['{}', /is no image/],
    ['[]', /is no image/],
    ['', /is no image/],
    ['{"schemaVersion":2,"manifests":[]}', /has no image for linux\/amd64$/],
  ])('with the index %j are refused', async (text, message) => {
    const { folder } = await layout();
    index(folder, () => text);
    await expect(importLayout(testStore(), folder, {}, PLATFORM)).rejects.toThrow(message);
  });

  it.each(['', 'null', '{}', '{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":["../x"]}}'])(
    'with the configuration %j are refused',
    (text) => {
      expect(() => readImageJson(text)).toThrow(ImageError);
    },
  );

  it.each<[string, TestEntry]>([
    ['path', { path: '../../evil' }],
    ['path', { path: 'a/../../evil' }],
    ['hard link', { path: 'a', type: 'hardlink', link: '../../etc/passwd' }],
    ['whiteout', { path: 'a/.wh...' }],
    ['whiteout', { path: '.wh.' }],
  ])('with a %s that leads out of a layer are refused, each time', async (_what, entry) => {
    const maker = testStore();
    const file = fileWith(archived(await leaving(maker, imageIn(maker, [{ path: 'good' }, entry]))));
    const store = testStore();
    for (let time = 0; time < 2; time++)
      await expect(importLayout(store, file, {}, PLATFORM)).rejects.toThrow(
        /the layer sha256:.* cannot be unpacked: it has .* not inside of it/,
      );
    expect(readdirSync(store.path('blobs', 'sha256'))).toEqual([]);
  });

  it('write nothing outside of a folder, even from a store that has them', () => {
    const folder = folderWith({});
    for (const entry of [{ path: '../evil' }, { path: 'a', type: 'hardlink', link: '/etc/passwd' }] as const) {
      const store = testStore();
      const image = imageIn(store, [entry]);
      expect(() => writeRootFolder(store, image, join(folder, 'in'))).toThrow(/leads nowhere in it/);
      expect(() => writeRootArchive(store, [{ image, folder: undefined }], () => {})).toThrow(/leads nowhere in it/);
    }
    expect(readdirSync(folder)).toEqual(['in']);
  });

  it('with any byte changed are refused, or hold the same image', async () => {
    const maker = testStore();
    const image = small(maker);
    const archive = archived(await leaving(maker, image));
    await fc.assert(
      fc.asyncProperty(fc.nat(archive.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const spoilt = Buffer.from(archive);
        spoilt[at] = (spoilt[at] ?? 0) ^ change;
        const store = testStore();
        const found = await importLayout(store, fileWith(spoilt), {}, PLATFORM).catch((error: unknown) => error);
        if (found instanceof Error) expect(found).toBeInstanceOf(ImageError);
        else expect(found).toMatchObject(image);
      }),
      { numRuns: 150 },
    );
  });

  it('of any JSON are refused in words', async () => {
    const { folder } = await layout();
    const part = fc.constantFrom(
      'manifests',
      'config',
      'layers',
      'digest',
      'size',
      'mediaType',
      'platform',
      'annotations',
    );
    const value = fc.letrec<{ any: unknown }>((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, 2, -1, '', 'sha256:x', MEDIA.index, MEDIA.manifest, true),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(part, tie('any'), { maxKeys: 4 }),
      ),
    })).any;
    await fc.assert(
      fc.asyncProperty(value, fc.constantFrom('index.json', 'manifest.json'), async (json, name) => {
        rmSync(join(folder, 'index.json'), { force: true });
        writeFileSync(join(folder, name), JSON.stringify(json));
        await expect(importLayout(testStore(), folder, {}, PLATFORM)).rejects.toThrow(ImageError);
        for (const line of await validate(folderFiles(folder))) expect(typeof line).toBe('string');
      }),
      { numRuns: 150 },
    );
  });

  it('that are cut short at any place are refused', async () => {
    const store = testStore();
    const archive = archived(await leaving(store, small(store)));
    for (let length = 512; length < archive.length - 1024; length += 517) {
      await expect(importLayout(testStore(), fileWith(archive.subarray(0, length)), {}, PLATFORM)).rejects.toThrow(
        ImageError,
      );
    }
  });
});

describe('validate', () => {
  const blobs = (folder: string) => {
    const of = join(folder, 'blobs', 'sha256');
    return readdirSync(of).map((name) => ({ name, path: join(of, name), size: statSync(join(of, name)).size }));
  };

  it('finds every blob that has another content', async () => {
    const { folder, files } = await layout();
    for (const { path, name } of blobs(folder)) {
      const before = readFileSync(path);
      const changed = Buffer.from(before);
      changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
      writeFileSync(path, changed);
      expect((await validate(files)).join('\n')).toMatch(
        `the blob sha256:${name} has another content: its digest is ${digestOf(changed)}`,
      );
      writeFileSync(path, before.subarray(1));
      expect((await validate(files)).join('\n')).toMatch(
        `the blob sha256:${name} has ${before.length - 1} bytes, and its descriptor says ${before.length}`,
      );
      rmSync(path);
      expect((await validate(files)).join('\n')).toMatch(`the blob sha256:${name} is missing`);
      writeFileSync(path, before);
    }
    expect(await validate(files)).toEqual([]);
  });

  it('finds what is not as the specification has it', async () => {
    const { folder, files } = await layout();
    writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"2.0.0"}');
    writeFileSync(join(folder, 'blobs', 'sha256', 'stray'), 'x');
    writeFileSync(join(folder, 'blobs', 'sha256', '0'.repeat(64)), 'x');
    expect(await validate(files)).toEqual([
      'oci-layout tells of the version 2.0.0, not 1.0.0',
      expect.stringMatching(/blobs\/sha256\/0{64} has another content/),
      'blobs/sha256/stray is no blob of sha256',
    ]);
    expect(await validate(folderFiles(folderWith({})))).toEqual(['there is neither index.json nor manifest.json']);
  });

  it('finds diff ids, layers and histories that do not fit', async () => {
    const store = testStore();
    const image = small(store);
    const wrong: Image = {
      ...image,
      json: { ...image.json, rootfs: { type: 'layers', diff_ids: [`sha256:${'1'.repeat(64)}`] } },
    };
    const opened = archiveFiles(fileWith(archived(await leaving(store, wrong))));
    const problems = (await validate(opened)).join('\n');
    opened.close();
    expect(problems).toMatch(/has 2 layers, and its configuration tells of 1/);
    expect(problems).toMatch(/has 1 layers, and its history tells of 2/);
    expect(problems).toMatch(/has the diff id sha256:[0-9a-f]{64}, and the configuration says sha256:1{64}/);
  });
});

describe('compression', () => {
  const content = Buffer.concat(
    Array.from({ length: 90_000 }, (_, at) =>
      at % 3 ? Buffer.alloc(32, at % 251) : createHash('sha256').update(String(at)).digest(),
    ),
  );
  const compressed = async (form: 'gzip' | 'zstd', level: number, workers: number, bytes = content) => {
    const folder = folderWith({ from: bytes });
    const out = openSync(join(folder, 'to'), 'w');
    const made = await compressFile(join(folder, 'from'), out, form, level, workers);
    closeSync(out);
    return { made, bytes: readFileSync(join(folder, 'to')) };
  };

  it('by gzip is the same whatever the number of workers', async () => {
    const one = await compressed('gzip', 6, 1);
    for (const workers of [2, 3, 16]) expect((await compressed('gzip', 6, workers)).bytes.equals(one.bytes)).toBe(true);
    expect(gunzipSync(one.bytes).equals(content)).toBe(true);
    expect(one.made).toEqual({ digest: digestOf(one.bytes), size: one.bytes.length });
    expect((await compressed('gzip', 1, 2)).made.digest).not.toBe(one.made.digest);
    expect(gunzipSync((await compressed('gzip', 6, 2, Buffer.alloc(0))).bytes)).toHaveLength(0);
  });

  const read = async (bytes: Uint8Array): Promise<Buffer> => {
    const parts: Uint8Array[] = [];
    const pieces = async function* () {
      for (let at = 0; at < bytes.length; at += 777) yield bytes.subarray(at, at + 777);
    };
    for await (const part of decompressed(pieces(), 'the layer')) parts.push(Uint8Array.from(part));
    return Buffer.concat(parts);
  };

  it('is undone, in whatever pieces it comes', async () => {
    expect((await read(gzipSync(content))).equals(content)).toBe(true);
    expect((await read(Buffer.concat([gzipSync('a'), gzipSync('b')]))).toString()).toBe('ab');
    expect((await read(content)).equals(content)).toBe(true);
    expect(await read(Buffer.alloc(0))).toHaveLength(0);
    await expect(read(gzipSync(content).subarray(0, 5000))).rejects.toThrow(/the layer cannot be decompressed/);
  });

  it.skipIf(!canZstd)('by zstd too (skipped where there is none)', async () => {
    const large = Buffer.concat(Array.from({ length: 5 }, () => content));
    const one = await compressed('zstd', 3, 1, large);
    expect((await compressed('zstd', 3, 4, large)).bytes.equals(one.bytes)).toBe(true);
    expect((await read(one.bytes)).equals(large)).toBe(true);
    expect(await read((await compressed('zstd', 3, 1, Buffer.alloc(0))).bytes)).toHaveLength(0);
    await expect(read(Buffer.concat([one.bytes.subarray(0, 4000), Buffer.alloc(4000, 0xff)]))).rejects.toThrow(
      ImageError,
    );
  });
});

describe('the files of an image', () => {
  const layered = (store: Store): Image =>
    imageIn(
      store,
      [
        { path: 'd', type: 'directory', mode: 0o750 },
        { path: 'd/one', content: '1', mode: 0o4755, mtime: 1000 },
        { path: 'd/two', type: 'hardlink', link: 'd/one' },
        { path: 'gone', content: 'x' },
        { path: 'link', type: 'symlink', link: '/etc/passwd' },
      ],
      [{ path: '.wh.gone' }, { path: 'new', content: 'n'.repeat(2_000_000) }],
    );

  it('are one archive', () => {
    const store = testStore();
    const parts: Uint8Array[] = [];
    writeRootArchive(store, [{ image: layered(store), folder: undefined }], (chunk) =>
      parts.push(Uint8Array.from(chunk)),
    );
    expect(entriesOf(Buffer.concat(parts)).map(({ path, type, link }) => [path, type, link])).toEqual([
      ['d', 'directory', undefined],
      ['d/one', 'file', undefined],
      ['d/two', 'hardlink', 'd/one'],
      ['link', 'symlink', '/etc/passwd'],
      ['new', 'file', undefined],
    ]);
  });

  it('or a folder, and nothing is written through links that are in it', () => {
    const store = testStore();
    const outside = folderWith({ kept: 'kept' });
    const folder = folderWith({ new: 'old', 'link/x': 'x' });
    for (let time = 0; time < 2; time++) {
      rmSync(join(folder, 'd'), { recursive: true, force: true });
      symlinkSync(outside, join(folder, 'd'));
      writeRootFolder(store, layered(store), folder);
    }
    expect(readdirSync(outside)).toEqual(['kept']);
    expect(readdirSync(folder)).toEqual(['d', 'link', 'new']);
    const [one, two] = [statSync(join(folder, 'd/one')), statSync(join(folder, 'd/two'))];
    expect([one.ino, one.mode & 0o7777, one.mtimeMs]).toEqual([two.ino, 0o4755, 1_000_000]);
    expect(statSync(join(folder, 'd')).mode & 0o7777).toBe(0o750);
  });
});

describe('the store', () => {
  const stored = () => {
    const store = testStore();
    const image = small(store);
    const id = store.saveImage(image, [NAME]);
    const [layer] = image.layers;
    store.remember('ab12', { layer, created: '' });
    return { store, image, id, layer: layer?.diffId ?? '' };
  };
  const cli = (store: Store, ...args: string[]) => runIn(folderWith({}), [...args, '--store', store.folder]);

  it('tells what images say of themselves with nothing in it that a terminal would do', async () => {
    const store = testStore();
    const { json, layers } = imageIn(store, []);
    const evil = '\u001b[31m\u009b1m ##[group]x';
    const history = [{ created: evil, created_by: evil, comment: evil }];
    store.saveImage({ json: { ...json, created: evil, history }, layers }, [NAME]);
    for (const args of [['images'], ['history', 'hello:1']]) {
      expect((await cli(store, ...args)).stdout).toContain('\\u{1b}[31m');
      expect((await cli(store, ...args)).stdout).not.toMatch(/[\u001b\u009b]/);
    }
    const { stdout } = await cli(store, 'inspect', 'hello:1');
    expect(JSON.parse(stdout).history).toEqual(history);
    expect(stdout).not.toMatch(/[\u001b\u009b]|##\[/);
  });

  it('does not take a layer that is not whole', () => {
    const { store, layer } = stored();
    expect(store.cached('ab12')).toBeDefined();
    truncateSync(store.blobPath(layer), 512);
    expect(store.cached('ab12')).toBeUndefined();
    expect(store.image(NAME)).toBeUndefined();
    expect(store.hasBlob(layer)).toBe(false);
  });

  it('does not take a configuration with another content', () => {
    const { store, id } = stored();
    writeFileSync(store.path('images', hexOf(id)), '{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":[]}}');
    expect(store.image(NAME)).toBeUndefined();
  });

  it('forgets the work of builds that were killed, and of no other', () => {
    const { store } = stored();
    const own = store.workFolder();
    const [, ...rest] = own.slice(own.lastIndexOf('/') + 1).split('-');
    const dead = [
      `999999-${rest.join('-')}`,
      `${process.pid}-1-${rest.slice(1).join('-')}`,
      '1-2-other-4-x',
      'something',
    ];
    const elsewhere = `1-2-${rest[1]}-1234-x`;
    for (const name of [...dead, elsewhere]) mkdirSync(store.path('work', name));
    const other = openStore(store.folder).workFolder();
    const left = readdirSync(store.path('work')).map((name) => store.path('work', name));
    expect(left.toSorted()).toEqual([own, other, store.path('work', elsewhere)].toSorted());
  });

  it.skipIf(process.platform !== 'linux')('forgets that of a process for which nobody waits', async () => {
    const { store } = stored();
    const [, , ...rest] = store.workFolder().split('/').at(-1)?.split('-') ?? [];
    const parent = spawn('sh', ['-c', 'cat <&3 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    });
    onTestFinished(() => void parent.kill());
    const pid = await new Promise<string>((done) => parent.stdout?.once('data', (data) => done(String(data).trim())));
    // A shell would wait for it: it ends when that has become another program.
    while (readFileSync(`/proc/${parent.pid}/comm`, 'utf8') !== 'sleep\n') await pause(10);
    parent.stdio[3]?.destroy();
    const statOf = () => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').split(' ');
    while (statOf()[1] !== 'Z') await pause(10);
    const dead = store.path('work', `${pid}-${statOf()[20]}-${rest.join('-')}`);
    mkdirSync(dead);
    openStore(store.folder).workFolder();
    expect(existsSync(dead)).toBe(false);
  });

  it('is verified and mended', async () => {
    const { store, layer, id } = stored();
    expect((await cli(store, 'store', 'verify')).code).toBe(0);
    const bytes = readFileSync(store.blobPath(layer));
    bytes[600] = 1;
    writeFileSync(store.blobPath(layer), bytes);
    const { code, stdout, stderr } = await cli(store, 'store', 'verify');
    expect(stdout).toBe(
      `the blob ${layer} had another content, with the digest ${digestOf(bytes).slice(7)}: deleted\n` +
        `the image ${NAME} has lost a layer: its name is deleted; build or pull it again\n` +
        `a step's layer ${layer.slice(0, 19)} is gone: the step will run again\n`,
    );
    expect([code, stderr]).toEqual([1, 'iechorlint: 2 blobs checked: 3 things were wrong\n']);
    expect(store.image(id)).toBeUndefined();
    expect((await cli(store, 'store', 'verify')).code).toBe(0);
  });

  it('keeps what named images need, and what was used last', async () => {
    const { store, image } = stored();
    const extra = [
      layerIn(store, archiveOf({ path: 'x', content: Buffer.alloc(400_000) })),
      layerIn(store, archiveOf({ path: 'y', content: Buffer.alloc(400_001) })),
    ];
    for (const [at, layer] of extra.entries()) {
      store.remember(`cd${at}`, { layer, created: '' });
      utimesSync(store.path('cache', 'cd', String(at)), 1000 + at, 1000 + at);
    }
    expect((await cli(store, 'prune', '--keep-storage', '600kB')).stdout).toMatch(
      /^freed 4\d\d kB \(1 thing from the cache\); 4\d\d kB in use\n$/,
    );
    expect(extra.map(({ diffId }) => store.hasBlob(diffId))).toEqual([false, true]);
    expect((await cli(store, 'image', 'prune')).stdout).toMatch(/^freed 4\d\d kB \(1 thing from the cache\)/);
    expect(store.image(NAME)?.layers).toEqual(image.layers);
    expect(store.cached('ab12')).toBeDefined();
    await cli(store, 'rmi', 'hello:1');
    await cli(store, 'prune');
    expect(readdirSync(store.path('blobs', 'sha256'))).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')('is not cleaned while a build goes on', async () => {
    const { store } = stored();
    const own = store.workFolder();
    const rest = own
      .slice(own.lastIndexOf('/') + 1)
      .split('-')
      .slice(2);
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8').replace(/^.*\)/s, '').split(' ')[20];
    const other = store.path('work', `${process.ppid}-${stat}-${rest.join('-')}`);
    mkdirSync(other);
    const { code, stderr } = await cli(store, 'prune');
    expect([code, stderr]).toEqual([
      3,
      `iechorlint: process ${process.ppid} builds with the store ${store.folder}; try again when it has ended\n`,
    ]);
    rmSync(other, { recursive: true });
    expect((await cli(store, 'prune')).code).toBe(0);
  });

  it('takes another name, and gives names up', async () => {
    const { store, id } = stored();
    expect((await cli(store, 'tag', 'hello:1', 'example.com/team/hello:2')).code).toBe(0);
    expect(
      store
        .names()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual([NAME, 'example.com/team/hello:2']);
    expect((await cli(store, 'rmi', 'hello:1')).stdout).toBe('untagged hello:1\n');
    expect((await cli(store, 'image', 'rm', id.slice(7, 19))).stdout).toBe(
      `untagged example.com/team/hello:2\ndeleted ${id}\n`,
    );
    const none = await cli(store, 'rmi', 'hello:1');
    expect([none.code, none.stderr]).toEqual([
      2,
      `iechorlint: the store ${store.folder} has no image \`hello:1\`; \`iechorlint images\` lists them\n`,
    ]);
  });

  it('takes several names of an image at once if it is forced to', async () => {
    const { store, id } = stored();
    await cli(store, 'tag', 'hello:1', 'other:2');
    const { code, stderr } = await cli(store, 'rmi', id);
    expect([code, stderr]).toEqual([
      2,
      `iechorlint: \`${id}\` has 2 names: hello:1, other:2; remove it by those that it is to lose, or by --force all\n`,
    ]);
    expect(store.names()).toHaveLength(2);
    expect((await cli(store, 'image', 'remove', '-f', id)).stdout).toBe(
      `untagged hello:1\nuntagged other:2\ndeleted ${id}\n`,
    );
  });

  it('is not made by looking for it', async () => {
    const cwd = folderWith({});
    const { code, stdout } = await runIn(cwd, ['images', '--store', 'none']);
    expect([code, stdout]).toEqual([0, 'REPOSITORY   TAG   IMAGE ID   CREATED   SIZE\n']);
    for (const command of ['history', 'inspect']) {
      const told = await runIn(cwd, [command, '--store', 'none', 'hello']);
      expect([told.code, told.stderr]).toEqual([2, expect.stringContaining('none has no image `hello`')]);
    }
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('lists what it has, as docker does', async () => {
    const { store, id, image } = stored();
    const digest = digestOf('of a manifest');
    store.saveImage(image, [`docker.io/library/hello@${digest}`]);
    const { stdout } = await cli(store, 'images');
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
      ['REPOSITORY', 'TAG', 'IMAGE ID'],
      ['hello', '1', id.slice(7, 19)],
      ['hello', '<none>', id.slice(7, 19)],
      [''],
    ]);
    expect((await cli(store, 'images', '-q')).stdout).toBe(`${id.slice(7, 19)}\n`);
  });

  it('says in a line what cannot be handed over or taken', async () => {
    const { store } = stored();
    const folder = folderWith({});
    const file = join(folder, 'out.tar');
    await cli(store, 'save', '-o', file, 'hello:1');
    const cut = readFileSync(file).subarray(0, 1100);
    for (const [args, code, message, stdin] of [
      [['save', '-o', join(folder, 'no/x'), 'hello:1'], 2, `there is no folder ${join(folder, 'no')}`],
      [['save', '-o', folder, 'hello:1'], 2, 'is a folder; name a file in it'],
      [['load', '-i', join(folder, 'none')], 2, `there is no ${folder}/none`],
      [['load'], 3, 'iechorlint: standard input is no whole archive: the archive is cut short', cut],
      [['load'], 3, 'iechorlint: standard input holds no image', ''],
      [['load', '-i', folder], 3, `${folder} holds no image`],
    ] as const) {
      const told = await runIn(folder, [...args, '--store', store.folder], stdin === undefined ? {} : { stdin });
      expect(told.stderr).toContain(message);
      expect(told.stderr.split('\n')).toHaveLength(2);
      expect(told.code).toBe(code);
    }
  });

  it('hands over a name too that looks like the beginning of an id', async () => {
    const { store, id } = stored();
    const file = join(folderWith({}), 'out.tar');
    expect((await cli(store, 'tag', 'hello:1', 'facade')).code).toBe(0);
    expect((await cli(store, 'save', '-o', file, 'facade', id)).code).toBe(0);
    expect((await cli(testStore(), 'load', '-i', file)).stdout).toBe('facade:latest\n');
  });

  it('hands images over and takes them back', async () => {
    const { store, id } = stored();
    const folder = folderWith({});
    const file = join(folder, 'out.tar');
    expect((await cli(store, 'save', '-o', file, 'hello:1')).code).toBe(0);
    const files = archiveFiles(file);
    expect(await validate(files)).toEqual([]);
    files.close();
    for (const [args, stdin] of [
      [['load', '-i', file]],
      [['load'], readFileSync(file)],
      [['load'], gzipSync(readFileSync(file))],
    ] as const) {
      const other = testStore();
      const world = stdin === undefined ? {} : { stdin };
      const { code, stdout, stderr } = await runIn(folder, [...args, '--store', other.folder], world);
      expect([code, stdout, stderr]).toEqual([0, 'hello:1\n', '']);
      expect(other.names()).toEqual([{ name: NAME, id }]);
    }
    const none = await runIn(folder, ['load', '--store', store.folder], { stdin: 'no archive' });
    expect(none.code).toBe(3);
    expect(none.stderr).toMatch(/standard input|no whole archive/);
    const terminal = await runIn(folder, ['save', 'hello:1', '--store', store.folder], { terminal: 80 });
    expect([terminal.code, terminal.stderr]).toEqual([
      2,
      'iechorlint: an archive is not for a terminal: send it on, or name a file\n',
    ]);
  });

  it.skipIf(!statSync('/dev/full', { throwIfNoEntry: false }))('tells where it cannot write', async () => {
    const { store } = stored();
    const full = await cli(store, 'save', '-o', '/dev/full', 'hello:1');
    expect([full.code, full.stderr]).toEqual([3, 'iechorlint: cannot write /dev/full: no space left on the device\n']);
    if (process.platform === 'linux') {
      const { code, stderr } = await runIn(folderWith({}), ['prune', '--store', '/proc/store']);
      expect([code, stderr]).toEqual([
        3,
        expect.stringContaining('cannot write to /proc/store: the system makes no folder'),
      ]);
    }
    mkdirSync(store.path('names', 'docker.io%2Flibrary%2Fother%3A1'));
    const folder = await cli(store, 'tag', 'hello:1', 'other:1');
    expect(folder.code).toBe(3);
    expect(folder.stderr).toMatch(
      /cannot write to .*: a folder is in the place of a file; delete it, or --store names/,
    );
    for (const command of ['images', 'prune']) {
      const { code, stderr } = await runIn(folderWith({ file: '' }), [command, '--store', 'file/store']);
      expect([code, stderr]).toEqual([
        3,
        expect.stringMatching(
          /^iechorlint: cannot write to .*\/file\/store: a file is in its place; --store or IECHORLINT_STORE names another place\n$/,
        ),
      ]);
    }
  });
});

describe('outputs', () => {
  it.each([
    ['type=oic,dest=x', '--output has no type `oic`; it has oci, docker, local, tar, registry'],
    ['dest=x', '--output needs a type, as in --output type=oci,dest=image.tar, not `dest=x`'],
    [
      'type=oci,dset=x',
      '--output type=oci has no `dset` (did you mean `dest`?); it has dest, tar, compression, compression-level',
    ],
    ['type=local', '--output type=local needs a folder, as in --output type=local,dest=FOLDER'],
    ['type=oci,tar=false,dest=-', '--output type=oci,tar=false,dest=- is a folder, which cannot go to standard output'],
    ['type=oci,dest=x,compression=lzma', 'compression is none, gzip, zstd, not `lzma`'],
    ['type=oci,dest=x,compression-level=12', '--compression-level of gzip is 1 to 9, not `12`'],
  ])('%s', async (text, message) => {
    const { code, stderr } = await runIn(folderWith({ Dockerfile: 'FROM scratch\n' }), ['build', '.', '-o', text]);
    expect([code, stderr]).toEqual([2, `iechorlint: ${message}\n`]);
  });

  it.runIf(process.platform === 'linux')('are told before anything runs where they cannot be written', async () => {
    const folder = folderWith({ Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n', 'taken/file': '' });
    const build = (...args: readonly string[]) =>
      runIn(folder, ['build', '.', '--no-lint', '--store', join(folder, 'store'), ...args], { terminal: 80 });
    for (const [args, message] of [
      [['-o', 'type=oci,dest=no/x.tar'], 'cannot write no/x.tar: there is no folder no; make it, or name another file'],
      [['-o', 'type=tar,dest=taken/file/x'], 'cannot write taken/file/x: taken/file is no folder'],
      [['-o', 'type=docker,dest=taken'], 'taken is a folder; name a file in it'],
      [['-o', 'taken/file/below/it'], `cannot write taken/file/below/it: ${join(folder, 'taken/file')} is no folder`],
      [
        ['-o', 'type=oci,tar=false,dest=taken/file'],
        `cannot write taken/file: ${join(folder, 'taken/file')} is no folder`,
      ],
      [['-o', '-'], 'an archive is not for a terminal: send it on, or name a file'],
      [['--push'], 'a push needs the name of a repository: -t registry.example.com/team/app:1.0'],
      [
        ['--cache-to', 'type=local,dest=taken/file'],
        `cannot write taken/file: ${join(folder, 'taken/file')} is no folder`,
      ],
    ] as const) {
      const { code, stderr } = await build(...args);
      expect([code, stderr]).toEqual([2, `iechorlint: ${message}\n`]);
    }
    expect((await build('--cache-to', 'type=local,dest=taken/file,ignore-error=true')).code).toBe(0);
    expect((await build('-o', 'made/on/the/way')).code).toBe(0);
    expect(readdirSync(join(folder, 'made/on/the/way'))).toEqual(['Dockerfile']);
  });

  it('share standard output with nothing', async () => {
    const folder = folderWith({ Dockerfile: 'FROM scratch\n' });
    const { code, stderr } = await runIn(folder, ['build', '.', '-q', '-o', '-']);
    expect([code, stderr]).toEqual([
      2,
      'iechorlint: --quiet prints the id where the archive goes, to standard output: leave one of them out\n',
    ]);
  });

  it('need a name where they are pushed', async () => {
    const folder = folderWith({ Dockerfile: 'FROM scratch\nCOPY a /\n', a: 'a' });
    const { code, stderr } = await runIn(folder, ['build', '.', '--push', '--store', 'store', '-q']);
    expect([code, stderr]).toEqual([
      2,
      'iechorlint: a push needs the name of a repository: -t registry.example.com/team/app:1.0\n',
    ]);
  });
});

describe('archives on standard input', () => {
  it('leave nothing behind', async () => {
    const store = testStore();
    const files = await openFiles(store, fileWith(gzipSync(archiveOf({ path: 'index.json', content: '{}' }))));
    expect(readdirSync(store.workFolder())).toHaveLength(1);
    files.close();
    expect(readdirSync(store.workFolder())).toEqual([]);
  });
});
