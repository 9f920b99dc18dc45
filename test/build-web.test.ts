import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { download } from '../src/build/download.ts';
import { openStore, type Store } from '../src/build/store.ts';
import { patiently } from '../src/cli/patience.ts';
import { entriesOf } from '../src/dev/build-case.ts';
import { folderWith, runIn, type World } from './support/cli.ts';
import { archiveOf } from './support/images.ts';
import { type Page, siteOf } from './support/web.ts';

let store: Store;
beforeEach(() => {
  store = openStore(folderWith({}));
});

const build = async (context: string, more: readonly string[] = [], world: World & { readonly cwd?: string } = {}) => {
  const args = ['--build', '--no-lint', '--store', store.folder, ...more, context];
  const { cwd = folderWith({}), ...rest } = world;
  const { code, stderr, stdout } = await runIn(cwd, args, { env: {}, ...rest });
  const image = store.image(/built (sha256:[0-9a-f]+)/.exec(stderr)?.[1] ?? '');
  return { code, stderr, stdout, json: image?.json, files: image ? entriesOf(store, image.layers) : {} };
};

const COPY = 'FROM scratch\nCOPY foo bar\n';
const ARCHIVE = archiveOf({ path: 'iEchorfile', content: COPY }, { path: 'foo', content: 'foo' });
const BAR = { bar: 'file 0644 0:0 "foo"' };

describe.runIf(process.platform === 'linux')('a context of an address', () => {
  it('is what an archive holds, fetched and unpacked where it has changed', async () => {
    const { url, asked } = await siteOf({ '/a': ARCHIVE, '/b.tgz': gzipSync(ARCHIVE) });
    expect(await build(`${url}/a`)).toMatchObject({ code: 0, files: BAR });
    const again = await build(`${url}/a`);
    expect(again).toMatchObject({ code: 0, files: BAR, stderr: expect.stringContaining('cached') });
    expect((await build(`${url}/b.tgz`)).stderr).toContain('cached');
    expect(asked).toEqual(['/a 200', '/a 304', '/b.tgz 200']);
  });

  it('may be longer than any path, with a name and a password that nobody has escaped', async () => {
    const { url } = await siteOf(() => ARCHIVE);
    const address = `${url.replace('//', '//100%:me@')}/a?signature=${'0'.repeat(5000)}`;
    expect(await build(address)).toMatchObject({ code: 0, files: BAR });
    expect((await build(address, ['--call', 'targets'])).code).toBe(0);
    expect((await runIn(folderWith({}), ['plan', '--store', store.folder, address], { env: {} })).code).toBe(0);
  });

  it('has the file that -f names in it, and may be a folder of the archive', async () => {
    const named = archiveOf({ path: 'mydockerfile', content: COPY }, { path: 'foo', content: 'foo' });
    const deep = archiveOf(
      { path: 'app-1.0/Dockerfile', content: COPY },
      { path: 'app-1.0/foo', type: 'symlink', link: '/real' },
      { path: 'app-1.0/real', content: 'foo' },
    );
    const { url } = await siteOf({ '/named': named, '/deep': deep });
    expect((await build(`${url}/named`, ['-f', 'mydockerfile'])).files).toEqual(BAR);
    expect((await build(`${url}/deep#:app-1.0`)).files).toEqual(BAR);
    expect((await build(`${url}/deep`)).stderr).toContain(
      `/deep has no iEchorfile, Dockerfile or Containerfile; there is one in ${url}/deep#:app-1.0`,
    );
  });

  it('is nothing where a text comes, which is the file to build whatever -f says', async () => {
    const { url } = await siteOf({ '/df': 'FROM scratch\nLABEL a=b\n', '/copy': COPY });
    const built = await build(`${url}/df`, ['-f', 'bogus']);
    expect(built.json?.config?.Labels).toEqual({ a: 'b' });
    expect(built.stderr).toContain('-f bogus does not count');
    expect(await build(`${url}/copy`)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('`foo` is not there: the file to build came alone, without a context'),
    });
  });

  it('is known by what comes, whatever the server calls it', async () => {
    const as =
      (type: string, body: string | Uint8Array): Page =>
      (_request, response) =>
        void response.writeHead(200, { 'content-type': type }).end(body);
    const { url } = await siteOf({
      '/a.html': as('text/html', ARCHIVE),
      '/df.tar': as('application/x-tar', 'FROM scratch\nLABEL a=b\n'),
    });
    expect((await build(`${url}/a.html`)).files).toEqual(BAR);
    expect((await build(`${url}/df.tar`)).json?.config?.Labels).toEqual({ a: 'b' });
  });

  it('has no file to build that nobody can have written', async () => {
    const long = '#'.repeat(5_000_001);
    const { url } = await siteOf({ '/a': archiveOf({ path: 'iEchorfile', content: long }) });
    for (const [context, stdin] of [
      [`${url}/a`, ''],
      ['-', long],
    ] as const)
      expect(await runIn(folderWith({}), ['build', '--store', store.folder, context], { stdin })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('5,000,001 bytes, more than the limit of 5,000,000'),
      });
  });

  it('leads nowhere out of the archive', async () => {
    const plain = { path: 'iEchorfile', content: 'FROM scratch\nCOPY . /\n' };
    const { url } = await siteOf({
      '/up': archiveOf(plain, { path: '../../escaped', content: 'x' }),
      '/hard': archiveOf(plain, { path: 'x', type: 'hardlink', link: '../../etc/passwd' }),
      '/link': archiveOf(plain, { path: 'out', type: 'symlink', link: '/etc' }),
      '/through': archiveOf(
        { path: 'iEchorfile', content: 'FROM scratch\nCOPY out/hostname /\n' },
        { path: 'out', type: 'symlink', link: '../../../../etc' },
      ),
    });
    for (const path of ['/up', '/hard'])
      expect(await build(`${url}${path}`)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/cannot be unpacked: it has .* not inside of it/),
      });
    expect((await build(`${url}/link`)).files.out).toBe('symlink -> /etc');
    expect(await build(`${url}/link#:out`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has no folder out'),
    });
    expect((await build(`${url}/through`)).stderr).toContain('`out/hostname` is not there');
  });

  it('is looked at by --plan too, which puts nothing into the store', async () => {
    const { url } = await siteOf({ '/a': ARCHIVE });
    const context = folderWith({ iEchorfile: 'FROM scratch\nCOPY --from=x context /\n' });
    for (const args of [[`${url}/a`], ['--build-context', `x=${url}/a`, '.']]) {
      const { code, stdout } = await build('--plan', args, { cwd: context });
      expect(stdout).toContain('1 to build; nothing was run');
      expect(code).toBe(0);
    }
    expect(readdirSync(store.folder)).not.toContain('downloads');
  });
});

describe('what takes long', () => {
  it('is told, once, and not where it is quick', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const said: string[] = [];
    await patiently(Promise.resolve(), 'quick', (text) => said.push(text));
    const slow = patiently(new Promise((done) => setTimeout(done, 10_000)), 'slow', (text) => said.push(text));
    await vi.advanceTimersByTimeAsync(20_000);
    await slow;
    expect(said).toEqual(['slow']);
  });
});

describe.runIf(process.platform === 'linux')('what ADD takes from an address', () => {
  it('is fetched once for all platforms', async () => {
    const slow: Page = (_request, response) => void setTimeout(() => response.end('a'), 50);
    const { url, asked } = await siteOf({ '/a': slow, '/gone': (_request, response) => response.writeHead(410).end() });
    const platforms = ['--platform', 'linux/amd64,linux/arm64,linux/s390x'];
    const cwd = folderWith({ iEchorfile: `FROM scratch\nADD ${url}/a /a\n` });
    expect((await build('.', platforms, { cwd })).code).toBe(0);
    expect(asked).toEqual(['/a 200']);
    const gone = folderWith({ iEchorfile: `FROM scratch\nADD ${url}/gone /a\n` });
    const { code, stderr } = await build('.', platforms, { cwd: gone });
    expect([code, stderr]).toEqual([3, expect.stringContaining('the server answers 410')]);
    expect(asked).toEqual(['/a 200', '/gone 410']);
  });
});

describe.runIf(process.platform === 'linux')('the file to build', () => {
  it('may be of an address, for any context', async () => {
    const { url } = await siteOf({ '/df': COPY, '/a': ARCHIVE, '/no': 'FROM scratch\n' });
    const folder = folderWith({ foo: 'foo' });
    expect((await build('.', ['-f', `${url}/df`], { cwd: folder })).files).toEqual(BAR);
    expect((await build(`${url}/a`, ['-f', `${url}/df`])).files).toEqual(BAR);
    expect((await build(`${url}/a`, ['-f', `${url}/no`])).files).toEqual({});
    expect(await build('.', ['-f', `${url}/a`])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('/a is an archive, and no file to build'),
    });
  });

  it('may be here when the context is an archive that has none of its name', async () => {
    const bare = archiveOf({ path: 'foo', content: 'foo' });
    const { url } = await siteOf({ '/a': bare });
    const cwd = folderWith({ Other: COPY });
    for (const [context, stdin] of [
      ['-', bare],
      [`${url}/a`, ''],
    ] as const) {
      const built = await build(context, ['-f', 'Other'], { cwd, stdin });
      expect(built.files).toEqual(BAR);
      expect(built.stderr).toContain('has no Other; what is built is the file of that name on this machine');
    }
    expect((await build(`${url}/a`, ['-f', '-'], { stdin: COPY })).files).toEqual(BAR);
    expect(await build('-', ['-f', 'None'], { cwd, stdin: bare })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has no None, and it is not on this machine either'),
    });
    const quiet = await build('-', ['-q', '-f', 'Other'], { cwd, stdin: bare });
    expect(quiet).toMatchObject({ code: 0, stderr: '' });
  });

  it('is one, where standard input is one', async () => {
    expect((await build('-', ['-f', 'x'], { stdin: COPY })).stderr).toContain('and -f x is another');
    expect(await build('-', ['-f', '-'], { stdin: COPY })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cannot be both the context and the file'),
    });
  });
});

describe.runIf(process.platform === 'linux')('what cannot be a context is told in a line', () => {
  const status =
    (code: number): Page =>
    (_request, response) =>
      void response.writeHead(code).end();
  const leading =
    (location: string): Page =>
    (_request, response) =>
      void response.writeHead(302, { location }).end();
  const endless: Page = (_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write('a'.repeat(1 << 16)));
      response.once('drain', more);
    };
    more();
  };
  const cut: Page = (_request, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('FROM');
    setTimeout(() => response.destroy(), 20);
  };
  const cases: Readonly<Record<string, readonly [Page, string]>> = {
    '/gone': [status(404), 'the server answers 404 (Not Found); is the address right?'],
    '/login': [status(401), 'a name and a password go into the address'],
    '/broken': [status(500), 'the server answers 500'],
    '/page': [
      '\n<!DOCTYPE html>\n<html>\n',
      'gives a page for a browser, and not the file itself (the address of a repository ends in .git)',
    ],
    '/zip': [Buffer.from('PK\x03\x04and so on'), 'gives a zip archive; what can be built is'],
    '/empty': ['', 'gives nothing'],
    '/noise': [Buffer.from([1, 2, 0, 3]), 'gives bytes that are neither text nor an archive'],
    '/text.gz': [gzipSync(COPY), 'gives something compressed by gzip that holds no tar archive'],
    '/short.tgz': [gzipSync(ARCHIVE).subarray(0, 90), 'cannot be unpacked'],
    '/short.tar': [ARCHIVE.subarray(0, 1300), 'cannot be unpacked: the archive is cut short'],
    '/bare': [archiveOf({ path: 'foo' }), 'has no iEchorfile'],
    '/file': [leading('file:///etc/passwd'), 'redirects to file:///etc/passwd, which is no address of the web'],
    '/round': [leading('/round'), 'redirects more than 5 times'],
    '/endless': [endless, 'what comes is no archive, and a file to build has at most 5000000'],
    '/cut': [cut, 'came to 4 bytes, then: '],
  };

  it.each(Object.keys(cases))('%s', async (path) => {
    const [page, message = ''] = cases[path] ?? [''];
    const { url } = await siteOf({ [path]: page });
    const { code, stderr } = await build(`${url}${path}`);
    expect(stderr).toContain(message);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(stderr).toContain(url);
    expect(code).toBe(2);
    expect(
      readdirSync(join(store.folder, '1/work')).flatMap((each) => readdirSync(join(store.folder, '1/work', each))),
    ).toEqual([]);
  });

  it('of a link that leads to itself, and of a name that is too long', async () => {
    const cwd = folderWith({ Dockerfile: 'FROM scratch\n' });
    symlinkSync('loop', join(cwd, 'loop'));
    const calls = [['loop'], ['.', '--build-context', 'x=loop'], ['n'.repeat(300)]];
    for (const [context = '', ...more] of calls) {
      const { code, stderr } = await build(context, more, { cwd });
      expect([code, stderr]).toEqual([2, expect.stringMatching(/^iechorlint: cannot read .*: .*(?:loop|long)/m)]);
    }
    const written = await build('.', ['-o', 'type=oci,dest=loop'], { cwd });
    expect(written).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/cannot write .*: its symbolic links form/),
    });
    const { code, stderr } = await runIn(cwd, ['load', '-i', 'loop', '--store', store.folder]);
    expect([code, stderr]).toEqual([3, expect.stringMatching(/^iechorlint: cannot read .*: its symbolic links form/)]);
  });

  it('of an address that is none, of a part that means nothing, and without the password', async () => {
    const { url } = await siteOf({ '/a': ARCHIVE, '/df': COPY });
    expect((await build('http://')).stderr).toContain('http:// is no address');
    expect((await build(`${url}/a#main`)).stderr).toContain('#main means nothing');
    expect((await build(`${url}/df#:sub`)).stderr).toContain('/df is a file to build, which has no folder sub');
    for (const password of ['secret', 'my@secret']) {
      const address = url.replace('//', `//me:${password}@`);
      const other = address.replace('http', 'ftp');
      const calls = [[address], [other], [`${url}/df`, '-f', `${address}/df`], ['.', '--build-context', `x=${other}`]];
      for (const [context = '', ...more] of calls) {
        const { stderr } = await build(context, more, { cwd: folderWith({ Dockerfile: 'FROM x' }) });
        expect(stderr).toContain('//***@127.0.0.1');
        expect(stderr).not.toContain('secret');
      }
    }
    expect((await build('http://127.0.0.1:1/a')).stderr).toContain('nothing listens there');
  });

  it('of a server that says nothing more', async () => {
    const { url } = await siteOf({
      '/never': () => {},
      '/stops': (_request, response) => void response.writeHead(200).write('FROM'),
    });
    for (const path of ['/never', '/stops'])
      await expect(download(store, `${url}${path}`, { patience: 80 })).rejects.toThrow(/has sent nothing for 1 s/);
    expect(readdirSync(join(store.folder, 'downloads'))).toEqual([]);
  });

  it('and parts of downloads lie where the next build deletes what a killed one has left', async () => {
    const { url } = await siteOf({ '/part': (_request, response) => void response.writeHead(200).write('FROM') });
    const stopped = download(store, `${url}/part`, { patience: 400 }).catch(() => undefined);
    await vi.waitFor(() => expect(readdirSync(store.workFolder())).toHaveLength(1));
    expect(readdirSync(join(store.folder, 'downloads'))).toEqual([]);
    await stopped;
    expect(readdirSync(store.workFolder())).toEqual([]);
  });
});

describe.runIf(process.platform === 'linux')('a context that an address gives by name', () => {
  it('is a folder of one file, as BuildKit has it', async () => {
    const { url, asked } = await siteOf({ '/x.tar': ARCHIVE, '/big': 'x'.repeat(6_000_000) });
    const given = ['--build-context', `src=${url}/x.tar`, '--build-context', `big=${url}/big`];
    const cwd = folderWith({ iEchorfile: 'FROM src\nCOPY --from=big context /big/\n' });
    const { files, stderr } = await build('.', given, { cwd });
    expect(stderr).toContain('built');
    expect(Object.keys(files)).toEqual(['big', 'big/context', 'context']);
    expect(files.context).toMatch(/^file 0600 0:0/);
    await vi.waitFor(() => expect(asked.toSorted()).toEqual(['/big 200', '/x.tar 200']));
    const wrong = folderWith({ iEchorfile: 'FROM scratch\nCOPY --from=src foo /\n' });
    expect(await build('.', given, { cwd: wrong })).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('`foo` is not there: http'),
    });
    expect(await build('.', ['--build-context', `src=${url}/none`], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('/none: the server answers 404'),
    });
  });

  it('is fetched where a stage that is built names it, or a trigger', async () => {
    const { url, asked } = await siteOf({ '/x': 'x', '/y': 'y' });
    const given = ['x', 'y', 'none'].flatMap((name) => ['--build-context', `${name}=${url}/${name}`]);
    const staged = folderWith({ iEchorfile: 'FROM none AS a\nFROM y AS b\nFROM scratch\nCOPY --from=x context /\n' });
    expect((await build('.', given, { cwd: staged })).files).toEqual({ context: 'file 0600 0:0 "x"' });
    expect(asked.splice(0)).toEqual(['/x 200']);
    expect((await build('.', ['--target', 'b', ...given], { cwd: staged })).files).toEqual({
      context: 'file 0600 0:0 "y"',
    });
    expect(asked.splice(0)).toEqual(['/y 200']);
    const base = folderWith({ iEchorfile: 'FROM scratch\nONBUILD COPY --from=y context /t\n' });
    await build('.', ['-t', 'base'], { cwd: base });
    const child = folderWith({ iEchorfile: 'FROM base\n' });
    expect((await build('.', given, { cwd: child })).files).toEqual({ t: 'file 0600 0:0 "y"' });
    expect(asked).toEqual(['/y 304']);
    const lost = await build('.', ['--build-context', `y=${url}/none`], { cwd: child });
    expect(lost).toMatchObject({ code: 2, stderr: expect.stringContaining('/none: the server answers 404') });
  });
});

describe.runIf(process.platform === 'linux')('the time of an address', () => {
  const FILE = 'FROM scratch\nARG SOURCE_DATE_EPOCH\nLABEL at=$SOURCE_DATE_EPOCH\n';
  const dated = (mtime: number) =>
    archiveOf(
      { path: 'iEchorfile', content: FILE, mtime: mtime - 3600 },
      { path: 'd', type: 'directory', mtime: mtime + 3600 },
      { path: 'foo', content: 'bar', mtime },
    );
  const timeOf = async (context: string, more: readonly string[] = [], world: World = {}) => {
    const { code, json, stderr } = await build(context, more, world);
    if (code !== 0) return `${code} ${stderr}`;
    const created = Date.parse(json?.created ?? '') / 1000;
    const { at } = json?.config?.Labels ?? {};
    return at === undefined || at === String(created) ? created : `${created}, and the file is told ${at}`;
  };
  const CONTEXT = ['--build-arg', 'SOURCE_DATE_EPOCH=context'];

  it('is Last-Modified, else that of the newest file in the archive, when it is asked for', async () => {
    const { url } = await siteOf({
      '/modified': { body: dated(1_700_000_202), lastModified: 1_700_000_201 },
      '/archive': dated(1_700_000_302),
      '/text': { body: FILE, lastModified: 1_700_000_203 },
    });
    expect(await timeOf(`${url}/modified`, CONTEXT)).toBe(1_700_000_201);
    expect(await timeOf(`${url}/archive`, CONTEXT)).toBe(1_700_000_302);
    expect(await timeOf(`${url}/text`, CONTEXT)).toBe(1_700_000_203);
    expect(await timeOf(`${url}/archive`, [], { env: { SOURCE_DATE_EPOCH: 'context' } })).toBe(1_700_000_302);
    expect(await timeOf('-', CONTEXT, { stdin: dated(7) })).toBe(7);
    expect((await build(`${url}/modified`)).json?.created).toBe('1970-01-01T00:00:00Z');
  });

  it('may be that of a stage which takes it alone, unless something else is asked for', async () => {
    const { url } = await siteOf({
      '/src.tar': dated(1_700_000_402),
      '/new': { body: 'x', lastModified: 1_700_000_403 },
    });
    const source = (add: string) => ({
      cwd: folderWith({
        iEchorfile: `ARG SOURCE_DATE_EPOCH=mysource\nFROM scratch AS mysource\n${add}\n${FILE}COPY iEchorfile .\n`,
      }),
    });
    expect(await timeOf('.', [], source(`ADD ${url}/src.tar /`))).toBe(1_700_000_402);
    expect(await timeOf('.', [], source(`ARG NAME=new\nADD ${url}/$NAME /`))).toBe(1_700_000_403);
    const other = ['--build-arg', 'SOURCE_DATE_EPOCH=1700000502'];
    expect(await timeOf('.', other, source(`ADD ${url}/src.tar /`))).toBe(1_700_000_502);
    const only = 'which must be FROM scratch and one ADD of one address (and may have ARG)';
    expect(await timeOf('.', [], source('COPY iEchorfile /'))).toContain(`${only}, and has COPY in line 3`);
    expect(await timeOf('.', [], source(`ADD ${url}/a ${url}/b /`))).toContain(only);
    expect(await timeOf('.', [], source('ADD iEchorfile /'))).toMatch(
      /^2 .*the time of an address, and ADD has iEchorfile/,
    );
    expect(await timeOf('.', [], source(`ADD ${url}/none /`))).toMatch(/^2 .*answers 404/);
  });

  it('is refused where no image can tell it', async () => {
    const { url } = await siteOf({ '/late': dated(300_000_000_000) });
    expect(await timeOf(`${url}/late`, CONTEXT)).toMatch(/^2 .*300000000000 seconds from 1970, is none from then/);
  });

  it('may be that of a context which is given by name', async () => {
    const { url } = await siteOf({
      '/modified': { body: dated(1_700_000_602), lastModified: 1_700_000_601 },
      '/archive': dated(1_700_000_602),
    });
    const cwd = folderWith({ iEchorfile: `ARG SOURCE_DATE_EPOCH=mysource\n${FILE}COPY iEchorfile .\n` });
    const given = (path: string) => ['--build-context', `mysource=${url}${path}`];
    expect(await timeOf('.', given('/modified'), { cwd })).toBe(1_700_000_601);
    expect(await timeOf('.', given('/archive'), { cwd })).toBe(1_700_000_602);
    expect(await timeOf('.', ['--build-context', 'mysource=.'], { cwd })).toBe(0);
    expect(await timeOf('.', [], { cwd })).toMatch(/^2 .*or the name of a stage or a build context, not `mysource`/);
  });
});
