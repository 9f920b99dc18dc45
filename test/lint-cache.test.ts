import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rules } from '../rules/index.ts';
import { cacheKeyOf, fingerprintOf, openLintCache, usualCacheFolder } from '../src/cli/lint-cache.ts';
import { configure } from '../src/config/select.ts';
import { lint } from '../src/lint/linter.ts';
import { documentOf } from '../src/source/document.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'iechorlint-cache-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const config = configure(rules, { select: [], ignore: [] });
const document = documentOf('FROM alpine\nRUN cd /a && apt-get install x\n', 'Dockerfile');
const key = cacheKeyOf(document, fingerprintOf(config));
const found = lint(document, config);

const filesIn = () =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.json'));

describe('the cache of findings', () => {
  it('gives back what was found, also to another run', () => {
    expect(openLintCache(folder).read(key)).toBeUndefined();
    expect(openLintCache(folder).write(key, found)).toBe(true);
    expect(found.length).toBeGreaterThan(1);
    expect(openLintCache(folder).read(key)).toEqual(found);
  });

  it('knows a file by its text, its name and its bytes', () => {
    const others = [
      documentOf(`${document.text} `, 'Dockerfile'),
      documentOf(document.text, 'other.Dockerfile'),
      documentOf(`\uFEFF${document.text}`, 'Dockerfile'),
    ];
    const keys = new Set([document, ...others].map((each) => cacheKeyOf(each, fingerprintOf(config))));
    expect(keys.size).toBe(4);
  });

  it('knows a run by its rules and how they are set', () => {
    const [rule] = rules;
    if (!rule) throw new Error('there is no rule');
    const configs = [
      config,
      configure(rules, { select: ['all'], ignore: [] }),
      configure(rules, { select: ['hadolint'], ignore: [] }),
      configure(rules, { select: ['hadolint'], ignore: ['DL3002'] }),
      { ...config, inlineIgnores: false },
      { ...config, rules: new Map([...config.rules, [rule, { severity: 'error' as const }]]) },
      { ...config, inputs: { buildArgs: new Map([['A', 'b']]), target: undefined } },
    ];
    expect(new Set(configs.map(fingerprintOf)).size).toBe(configs.length);
    expect(fingerprintOf(configure(rules, { select: [], ignore: [] }))).toBe(fingerprintOf(config));
  });

  it('takes a damaged entry for none, and writes it anew', () => {
    const cache = openLintCache(folder);
    cache.write(key, found);
    const [path = ''] = filesIn();
    for (const damage of ['', '[{"path":', '{}', '\0\0\0']) {
      writeFileSync(join(folder, path), damage);
      expect(cache.read(key)).toBeUndefined();
    }
    cache.write(key, found);
    expect(cache.read(key)).toEqual(found);
    expect(filesIn()).toEqual([path]);
  });

  it('keeps nothing where it cannot write, and says so to its caller', () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, 'mine');
    const cache = openLintCache(file);
    expect(cache.write(key, found)).toBe(false);
    expect(cache.read(key)).toBeUndefined();
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('forgets after a month what nobody asked for, once a day', () => {
    const now = Date.now();
    const later = (days: number) => now + days * 24 * 60 * 60 * 1000;
    openLintCache(folder, now).write(key, found);
    openLintCache(folder, now).write(`ff${key.slice(2)}`, found);
    const age = (path: string) => utimesSync(join(folder, path), new Date(now), new Date(now));
    for (const path of filesIn()) age(path);
    expect(openLintCache(folder, later(20)).read(key)).toEqual(found);
    expect(filesIn().length).toBe(2);
    expect(openLintCache(folder, later(40)).read(key)).toEqual(found);
    expect(filesIn().length).toBe(1);
    expect(filesIn().every((path) => statSync(join(folder, path)).mtimeMs > now)).toBe(true);
  });

  it('lies where caches lie', () => {
    if (process.platform === 'linux') expect(usualCacheFolder({ XDG_CACHE_HOME: '/x' })).toBe('/x/iechorlint');
    expect(usualCacheFolder({})).toMatch(/iechorlint/);
  });
});
