import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BARE, bareStat } from '../src/build/bare-stat.ts';
import { surelyHasMarks } from '../src/build/marks.ts';
import { runIn } from './support/cli.ts';

const canBuild = process.platform === 'linux';
if (!canBuild) console.warn('builds are left out: they need Linux');

const looked = vi.hoisted(() => ({ times: 0 }));
vi.mock('../src/build/copy.ts', async (original) => {
  const { digestOfSources, ...others } = await original<typeof import('../src/build/copy.ts')>();
  return {
    ...others,
    digestOfSources: (...given: Parameters<typeof digestOfSources>) => {
      looked.times++;
      return digestOfSources(...given);
    },
  };
});

const made: string[] = [];
afterAll(() => {
  for (const each of made) rmSync(each, { recursive: true, force: true });
});

let context = '';
let stores = 0;
beforeEach(() => {
  context = mkdtempSync(join(tmpdir(), 'iechorlint-sightings-'));
  made.push(context);
  for (let number = 0; number < 300; number++) put(`src/d${number % 7}/f${number}`, `${number}`);
  put('iEchorfile', 'FROM scratch\nCOPY src /s/\n');
});

const at = (name: string): string => join(context, name);

const put = (name: string, text: string): void => {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
};

const newStore = (): string => {
  const store = `${context}-store${++stores}`;
  made.push(store);
  return store;
};

/** The image's id, and whether the files were looked through for it. Clocks go ahead: a file just written may change yet. */
const build = async (store: string, ahead = 3_600_000) => {
  looked.times = 0;
  const { now } = Date;
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
  const { code, stdout, stderr } = await runIn(context, ['--build', '--no-lint', '-q', '--store', store, '.']);
  clock.mockRestore();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return { id: stdout, hasLooked: looked.times > 0 };
};

describe.runIf(canBuild)('a context in which nothing has changed', () => {
  it('is not looked through again', async () => {
    const store = newStore();
    const first = await build(store);
    expect(first.hasLooked).toBe(true);
    expect(await build(store)).toEqual({ ...first, hasLooked: false });
  });

  it('is looked through where a file was written just before', async () => {
    const store = newStore();
    await build(store, 0);
    expect((await build(store, 0)).hasLooked).toBe(true);
  });

  it('is looked through where what is kept of it is damaged', async () => {
    const store = newStore();
    const { id } = await build(store);
    for (const name of readdirSync(join(store, 'contexts'))) {
      const path = join(store, 'contexts', name);
      const bytes = readFileSync(path);
      bytes[100] = (bytes[100] ?? 0) ^ 1;
      writeFileSync(path, bytes);
    }
    expect(await build(store)).toEqual({ id, hasLooked: true });
  });
});

const sameTimes = (name: string, change: () => void): void => {
  const { atime, mtime } = statSync(at(name));
  change();
  utimesSync(at(name), atime, mtime);
};

describe.runIf(canBuild)('whatever changes in a context is found', () => {
  it.each<[string, () => void]>([
    ['content of the same size and time', () => sameTimes('src/d3/f3', () => put('src/d3/f3', '4'))],
    ['a mode', () => chmodSync(at('src/d3/f3'), 0o600)],
    ['a mode of a folder', () => chmodSync(at('src/d3'), 0o700)],
    ['a new file', () => put('src/d3/new', '')],
    ['a new file in a folder of the same time', () => sameTimes('src/d3', () => put('src/d3/new', ''))],
    ['a file that went', () => rmSync(at('src/d3/f3'))],
    ['another name', () => renameSync(at('src/d3/f3'), at('src/d3/g'))],
    ['names that changed places', () => swap('src/d3/f3', 'src/d3/f10')],
    ['folders that changed places', () => swap('src/d3', 'src/d4')],
    ['a second name', () => linkSync(at('src/d3/f3'), at('src/d3/h'))],
    ['another link', () => replaceLink('elsewhere')],
    ['a link that went', () => rmSync(at('src/link'))],
    ['a file in place of a folder', () => replaceFolder('src/empty')],
    ['an ignore file', () => put('.dockerignore', 'src/d3\n')],
  ])('%s', async (_what, change) => {
    symlinkSync('nowhere', at('src/link'));
    mkdirSync(at('src/empty'));
    const store = newStore();
    const before = await build(store);
    change();
    const after = await build(store);
    expect(after.id).toBe((await build(newStore())).id);
    expect(after.id).not.toBe(before.id);
    expect(await build(store)).toEqual({ id: after.id, hasLooked: false });
  });

  it('and what the ignore file leaves out is no matter', async () => {
    put('.dockerignore', 'src/d3\n!src/d3/f3\n');
    const store = newStore();
    const { id } = await build(store);
    put('src/d3/f10', 'other');
    expect((await build(store)).id).toBe(id);
    put('src/d3/f3', 'other');
    const { id: other } = await build(store);
    expect(other).toBe((await build(newStore())).id);
    expect(other).not.toBe(id);
  });

  it('and wildcards find what is new', async () => {
    put('iEchorfile', 'FROM scratch\nCOPY src/d* /s/\n');
    const store = newStore();
    const { id } = await build(store);
    put('src/dx/f', 'new');
    const { id: other } = await build(store);
    expect(other).toBe((await build(newStore())).id);
    expect(other).not.toBe(id);
  });
});

const swap = (one: string, other: string): void => {
  renameSync(at(one), at('between'));
  renameSync(at(other), at(one));
  renameSync(at('between'), at(other));
};

const replaceLink = (target: string): void => {
  rmSync(at('src/link'));
  symlinkSync(target, at('src/link'));
};

const replaceFolder = (name: string): void => {
  rmSync(at(name), { recursive: true });
  put(name, '');
};

describe('the bare numbers of a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'iechorlint-bare-'));
  made.push(folder);
  writeFileSync(join(folder, 'file'), 'text');
  symlinkSync('file', join(folder, 'link'));

  it.each(['', 'file', 'link'])('are those of lstat: %j', (name) => {
    const path = join(folder, name);
    const { dev, mode, ino, size, mtimeMs, ctimeMs } = lstatSync(path);
    const bare = bareStat(path);
    expect(BARE_NAMES.map((each) => bare?.[BARE[each]])).toEqual([dev, mode, ino, size]);
    expect(surelyHasMarks(Float64Array.from([ino, dev, size, mode, mtimeMs, ctimeMs]), 0, path)).toBe(true);
    expect(surelyHasMarks(Float64Array.from([ino, dev, size, mode, mtimeMs, ctimeMs + 0.001]), 0, path)).toBe(false);
  });

  it.each(['missing', 'file/below'])('there are none where nothing is: %j', (name) => {
    expect(bareStat(join(folder, name))).toBeUndefined();
  });
});

const BARE_NAMES = ['dev', 'mode', 'ino', 'size'] as const;
