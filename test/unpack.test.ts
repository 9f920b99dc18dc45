import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeLayer } from '../src/build/copy.ts';
import type { SourceFile } from '../src/build/files.ts';
import { removeTree } from '../src/build/remove-tree.ts';
import { rootEntries } from '../src/build/rootfs.ts';
import { changedFiles } from '../src/build/snapshot.ts';
import { openStore, type Store } from '../src/build/store.ts';
import { folderOf, treeOf } from '../src/build/tree.ts';
import { layerFolders, placeFiles } from '../src/build/unpack.ts';

let folder: string;
let store: Store;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'iechorlint-unpack-'));
  store = openStore(join(folder, 'store'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OWNER = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, mtime: 0 };

/** A name that ends in `/` is a directory. */
const layerOf = (...names: readonly string[]) =>
  writeLayer(
    store,
    names.map((name): SourceFile => {
      const base = { ...OWNER, path: name.replace(/\/$/, ''), size: 0 };
      return name.endsWith('/') ? { ...base, type: 'directory', mode: 0o755 } : { ...base, type: 'file', mode: 0o644 };
    }),
  );

/** What an overlay makes of folders, the top one first. */
const merged = (folders: readonly string[]): readonly string[] => {
  const seen = new Set<string>();
  for (const each of folders.toReversed())
    for (const path of readdirSync(each, { recursive: true, encoding: 'utf8' }).sort()) {
      const stat = lstatSync(join(each, path));
      if (!stat.isDirectory()) for (const old of [...seen]) if (`${old}/`.startsWith(`${path}/`)) seen.delete(old);
      if (!stat.isCharacterDevice()) seen.add(path);
    }
  return [...seen].sort();
};

/** All that a tree tells, with the directories of which only what is in them is told. */
const told = (layers: readonly ReturnType<typeof layerOf>[]): readonly string[] => {
  const paths = new Set<string>();
  for (const { path } of rootEntries(store, { layers }))
    for (let at = path; at !== ''; at = folderOf(at)) paths.add(at);
  return [...paths].sort();
};

describe.runIf(process.platform === 'linux')('a layer of somebody else that deletes', () => {
  it.each([
    ['a directory, and has another there', ['.wh.d', 'd/', 'd/new'], ['d', 'd/new', 'k']],
    ['a directory that it has later', ['d/', 'd/new', '.wh.d'], ['d', 'd/new', 'k']],
    ['a directory of which it tells only what is in it', ['.wh.d', 'd/s/new'], ['d', 'd/s', 'd/s/new', 'k']],
    ['all in a directory', ['d/', 'd/.wh..wh..opq', 'd/new'], ['d', 'd/new', 'k']],
    ['all in a directory, and has one in it', ['d/s/', 'd/s/c', 'd/.wh..wh..opq'], ['d', 'd/s', 'd/s/c', 'k']],
    ['all in a directory, and has a file in one in it', ['d/.wh..wh..opq', 'd/s/c'], ['d', 'd/s', 'd/s/c', 'k']],
    [
      'a file, and has a directory there',
      ['.wh.k', 'k/x'],
      ['d', 'd/a', 'd/s', 'd/s/b', 'd/s/t', 'd/s/t/c', 'k', 'k/x'],
    ],
    ['what is not there', ['.wh.none', 'd/.wh.none'], ['d', 'd/a', 'd/s', 'd/s/b', 'd/s/t', 'd/s/t/c', 'k']],
  ])('%s, hides the same from steps and from copies', (_what, names, expected) => {
    const layers = [layerOf('d/', 'd/a', 'd/s/', 'd/s/b', 'd/s/t/', 'd/s/t/c', 'k'), layerOf(...names)];
    expect(told(layers)).toEqual(expected);
    expect(merged(layerFolders(store, layers))).toEqual(expected);
  });
});

describe.runIf(process.platform === 'linux')('a layer of somebody else that links', () => {
  const linking = (link: string) =>
    writeLayer(store, [{ ...OWNER, path: 'linked', type: 'hardlink', link, mode: 0o644, size: 0 }]);

  it('to a file of a layer below, has a copy of it', () => {
    const text = Buffer.from('below');
    const file: SourceFile = { ...OWNER, path: 'd/file', type: 'file', mode: 0o640, size: text.length };
    const layers = [writeLayer(store, [{ ...file, content: (write) => write(text) }]), linking('./d/file')];
    const [top = ''] = layerFolders(store, layers);
    expect(readFileSync(join(top, 'linked'), 'utf8')).toBe('below');
    expect(lstatSync(join(top, 'linked')).mode & 0o777).toBe(0o640);
  });

  it('to nothing, is refused in words', () => {
    const layers = [layerOf('d/'), linking('d/none')];
    expect(() => layerFolders(store, layers)).toThrow('/linked of a layer is a link to /d/none, which is not there');
    expect(() => layerFolders(store, [layerOf('d/'), linking('d')])).toThrow('is a link to /d, which is not there');
  });
});

describe.runIf(process.platform === 'linux')('links to one another', () => {
  it.each([[['x', 'x']], [['x', 'y', 'x']]])('are refused in words: %s', (names) => {
    const files = names.slice(1).map((link, at): SourceFile => {
      return { ...OWNER, path: names[at] ?? '', type: 'hardlink', link, mode: 0o644, size: 0 };
    });
    const place = mkdtempSync(join(folder, 'links-'));
    expect(() => placeFiles(place, files)).toThrow('of a layer is a link to /');
  });
});

describe.runIf(process.platform === 'linux')('files of steps', () => {
  it('keep times before 1970', () => {
    const place = mkdtempSync(join(folder, 'old-'));
    const old = { ...OWNER, size: 0, mtime: -1_000_000_000 };
    placeFiles(place, [
      { ...old, path: 'd', type: 'directory', mode: 0o755 },
      { ...old, path: 'd/f', type: 'file', mode: 0o644 },
      { ...old, path: 'd/l', type: 'symlink', link: 'f', mode: 0o777 },
    ]);
    for (const path of ['d', 'd/f', 'd/l']) expect(lstatSync(join(place, path)).mtimeMs).toBe(-1_000_000_000_000);
  });

  it('are gone where a socket is in their place', async () => {
    const upper = join(mkdtempSync(join(folder, 'step-')), 'upper');
    mkdirSync(join(upper, 'd'), { recursive: true });
    const server = createServer().listen(join(upper, 'd/a'));
    const other = createServer().listen(join(upper, 'd/new'));
    await Promise.all([once(server, 'listening'), once(other, 'listening')]);
    const entries = changedFiles(upper, treeOf(store, [layerOf('d/', 'd/a')]), 0, () => {});
    server.close();
    other.close();
    expect(entries.map(({ path }) => path)).toEqual(['d', 'd/.wh.a']);
  });

  it('are deleted also where their paths are longer than the system names', () => {
    const place = mkdtempSync(join(folder, 'deep-'));
    const long = 'n'.repeat(250);
    const script = `mkdir a; for i in 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0; do mkdir b && mv a b/${long} && mv b a || exit 1; done`;
    expect(spawnSync('sh', ['-c', script], { cwd: place }).status).toBe(0);
    expect(() => rmSync(place, { recursive: true })).toThrow();
    removeTree(place);
    expect(existsSync(place)).toBe(false);
  });
});
