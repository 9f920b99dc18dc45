import { execFileSync } from 'node:child_process';
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../src/build/store.ts';
import { folderWith, runIn } from './support/cli.ts';
import { entriesOf } from './support/images.ts';

const FILE = 'FROM scratch\nCOPY a /x/a\nENV B=b\nWORKDIR /w\n';

let store: Store;
let context = '';
beforeEach(() => {
  store = openStore(folderWith({}));
  context = folderWith({ iEchorfile: FILE, a: 'one' });
  utimesSync(join(context, 'a'), 100, 100);
});

const build = async (args: readonly string[] = [], env: Readonly<Record<string, string>> = {}, cwd = context) => {
  const all = ['--build', '--no-lint', '--store', store.folder, '-q', ...args, '.'];
  const { code, stdout, stderr } = await runIn(cwd, all, { env: { PATH: process.env.PATH ?? '', ...env } });
  const image = store.image(stdout.trim());
  const history = image?.json.history?.map(({ created }) => created) ?? [];
  const entries = image?.layers.flatMap(({ diffId }) => entriesOf(readFileSync(store.blobPath(diffId)))) ?? [];
  return {
    ...{ code, stderr, id: stdout.trim() },
    created: [...new Set([image?.json.created, ...history])],
    times: Object.fromEntries(entries.map(({ path, mtime }) => [path, mtime])),
  };
};

const allAt = (time: number) => ({ x: time, 'x/a': time, w: time });

const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-C', context, '-c', 'user.name=n', '-c', 'user.email=e', ...args], {
    encoding: 'utf8',
    env: { ...process.env, GIT_COMMITTER_DATE: '2020-01-01T00:00:00Z' },
  });

const COMMITTED = 1_577_836_800;

describe.runIf(process.platform === 'linux')('everything new is made', () => {
  it('at 0, or when SOURCE_DATE_EPOCH says', async () => {
    const usual = await build();
    expect(usual).toMatchObject({ created: ['1970-01-01T00:00:00Z'], times: allAt(0) });
    const told = await build([], { SOURCE_DATE_EPOCH: '86400' });
    expect(told).toMatchObject({ created: ['1970-01-02T00:00:00Z'], times: allAt(86_400) });
    expect((await build(['--build-arg', 'SOURCE_DATE_EPOCH=86400'])).id).toBe(told.id);
    expect((await build()).id).toBe(usual.id);
    const wrong = await build([], { SOURCE_DATE_EPOCH: 'now' });
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('not `now`') });
  });

  it('when the file says, unless something else is asked for', async () => {
    writeFileSync(join(context, 'iEchorfile'), `ARG SOURCE_DATE_EPOCH=86400\n${FILE}`);
    expect((await build()).times).toEqual(allAt(86400));
    expect((await build([], { SOURCE_DATE_EPOCH: '7' })).times).toEqual(allAt(7));
    expect((await build(['--build-arg', 'SOURCE_DATE_EPOCH=8'])).times).toEqual(allAt(8));
    expect((await build(['--build-arg', 'SOURCE_DATE_EPOCH='])).times).toEqual(allAt(0));
    writeFileSync(join(context, 'iEchorfile'), `ARG SOURCE_DATE_EPOCH=now\n${FILE}`);
    expect((await build()).stderr).toContain(
      'SOURCE_DATE_EPOCH must be seconds since 1970, `context`, or the name of a stage',
    );
  });

  it('when the context was committed, unless something in it is not', async () => {
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    const index = readFileSync(join(context, '.git/index'));
    expect(await build()).toMatchObject({ created: ['2020-01-01T00:00:00Z'], times: allAt(COMMITTED) });
    expect(readFileSync(join(context, '.git/index')).equals(index)).toBe(true);
    expect((await build([], { SOURCE_DATE_EPOCH: '7' })).times).toEqual(allAt(7));
    writeFileSync(join(context, 'new'), '');
    expect((await build()).times).toEqual(allAt(0));
    writeFileSync(join(context, '.git/info/exclude'), 'new\n');
    expect((await build()).times).toEqual(allAt(COMMITTED));
    writeFileSync(join(context, 'a'), 'two');
    expect((await build()).times).toEqual(allAt(0));
  });

  it('and layers of a base image stay as they are', async () => {
    await build(['-t', 'base'], { SOURCE_DATE_EPOCH: '7' });
    const other = folderWith({ iEchorfile: 'FROM base\nCOPY b /x/b\n', b: 'b' });
    const { created, times } = await build([], { SOURCE_DATE_EPOCH: '8' }, other);
    expect(times).toEqual({ ...allAt(7), x: 7, 'x/b': 8 });
    expect(created).toEqual(['1970-01-01T00:00:08Z', '1970-01-01T00:00:07Z']);
  });

  it('now with --timestamps=keep, and files keep their times', async () => {
    const before = Math.floor(Date.now() / 1000);
    const { created, times, id } = await build(['--timestamps', 'keep'], { SOURCE_DATE_EPOCH: '7' });
    expect(times).toMatchObject({ 'x/a': 100 });
    expect(times.w).toBeGreaterThanOrEqual(before);
    expect(Date.parse(created[0] ?? '') / 1000).toBeGreaterThanOrEqual(before);
    expect((await build(['--timestamps', 'keep'])).id).toBe(id);
  });
});
