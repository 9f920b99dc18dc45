import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openStore, type Store } from '../src/build/store.ts';
import { entriesOf } from '../src/dev/build-case.ts';
import { folderWith, runIn } from './support/cli.ts';
import { siteOf } from './support/web.ts';

const hasGit = process.platform === 'linux' && spawnSync('git', ['--version']).error === undefined;

let store: Store;
let repository = '';
let tagged = '';

const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-C', repository, '-c', 'user.name=n', '-c', 'user.email=e', ...args], {
    encoding: 'utf8',
    env: { ...process.env, GIT_COMMITTER_DATE: '2020-01-01T00:00:00Z' },
  }).trim();

beforeEach(() => {
  if (!hasGit) return;
  store = openStore(folderWith({}));
  repository = folderWith({
    iEchorfile: 'FROM scratch\nCOPY . /\n',
    old: 'old',
    'sub/Dockerfile': 'FROM scratch\nCOPY a /b\n',
  });
  writeFileSync(join(repository, 'sub/a'), 'a');
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-q', '-m', 'one');
  git('tag', '-a', '-m', 'first', 'v1');
  tagged = git('rev-parse', 'HEAD');
  writeFileSync(join(repository, '.dockerignore'), 'sub\nold\n.dockerignore\n');
  git('add', '.');
  git('commit', '-q', '-m', 'two');
});

/** A repository on a server that gives its files and nothing more, and its last commit. */
const served = async (folder: string, isNew = true) => {
  const inside = (...args: readonly string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=n', '-c', 'user.email=e', ...args], {
      encoding: 'utf8',
      env: { ...process.env, GIT_COMMITTER_DATE: '2021-02-03T00:00:00Z' },
    }).trim();
  if (isNew) {
    inside('init', '-q', '-b', 'main');
    inside('add', '.');
    inside('commit', '-q', '-m', 'one');
  }
  inside('update-server-info');
  const { url } = await siteOf((path) =>
    readFileSync(join(folder, path.replace(/^\/r\.git/, '.git').replace(/\?.*/, ''))),
  );
  return { url: `${url}/r.git`, commit: inside('rev-parse', 'HEAD') };
};

const build = async (context: string, more: readonly string[] = [], world: Parameters<typeof runIn>[2] = {}) => {
  const args = ['--build', '--no-lint', '--store', store.folder, ...more, context];
  const { code, stderr } = await runIn(repository, args, { env: { PATH: process.env.PATH ?? '' }, ...world });
  const image = store.image(/built (sha256:[0-9a-f]+)/.exec(stderr)?.[1] ?? '');
  return { code, stderr, created: image?.json.created, files: image ? entriesOf(store, image.layers) : {} };
};

const all = {
  iEchorfile: 'file 0644 0:0 "FROM scratch\\nCOPY . /\\n"',
  old: 'file 0644 0:0 "old"',
  sub: 'directory 0755 0:0',
  'sub/Dockerfile': 'file 0644 0:0 "FROM scratch\\nCOPY a /b\\n"',
  'sub/a': 'file 0644 0:0 "a"',
};
const b = { b: 'file 0644 0:0 "a"' };

describe.runIf(hasGit)('a context that is a repository', () => {
  it('is a branch, a tag or a commit of it, without what the ignore file leaves out', async () => {
    const { code, files, created } = await build('.git');
    expect({ code, files, created }).toEqual({
      code: 0,
      files: { iEchorfile: all.iEchorfile },
      created: '2020-01-01T00:00:00Z',
    });
    for (const ref of [
      '#v1',
      `#${tagged}`,
      '#refs/tags/v1',
      '?tag=v1',
      '?ref=v1',
      `?ref=v1&commit=${tagged.slice(0, 9)}`,
    ])
      expect((await build(`.git${ref}`)).files).toEqual(all);
    expect((await build(`file://${repository}/.git#main`)).files).toEqual({ iEchorfile: all.iEchorfile });
  });

  it('may be a folder of it, and the file to build is in it or on standard input', async () => {
    expect((await build('.git#v1:sub')).files).toEqual(b);
    expect((await build('.git?branch=main&subdir=sub')).files).toEqual(b);
    expect((await build('.git#v1:sub', ['-f', 'Dockerfile'])).files).toEqual(b);
    expect((await build('.git#v1', ['-f', 'sub/Dockerfile'])).stderr).toContain('`a` is not there');
    const stdin = 'FROM scratch\nCOPY sub/a /b\n';
    expect((await build('.git#v1', ['-f', '-'], { stdin })).files).toEqual(b);
  });

  it('is what is committed, with .git where that is asked for', async () => {
    writeFileSync(join(repository, 'old'), 'new');
    const kept = await build('.git#v1', ['--build-arg', 'BUILDKIT_CONTEXT_KEEP_GIT_DIR=1']);
    expect(kept.files).toMatchObject({ ...all, '.git/HEAD': `file 0644 0:0 ${JSON.stringify(`${tagged}\n`)}` });
  });

  it('comes from a server, once', async () => {
    const asked: string[] = [];
    const bare = folderWith({});
    cpSync(join(repository, '.git'), bare, { recursive: true });
    execFileSync('git', ['-C', bare, 'update-server-info']);
    const server = await siteOf((path) => {
      asked.push(path);
      return readFileSync(join(bare, path.replace(/^\/r\.git/, '').replace(/\?.*/, '')));
    });
    const url = `${server.url}/r.git#v1`;
    expect((await build(url)).files).toEqual(all);
    const first = asked.splice(0).length;
    expect((await build(url)).files).toEqual(all);
    expect(asked.length).toBeLessThan(first);
    expect(asked.filter((path) => path.includes('/objects/'))).toEqual([]);
  });

  it('may be another one than the context', async () => {
    const context = folderWith({ iEchorfile: 'FROM scratch\nCOPY --from=other a /b\n' });
    const given = (ref: string) => ['--build-context', `other=${repository}/.git${ref}`];
    expect((await build(context, given('#v1:sub'))).files).toEqual(b);
    expect((await build(context, given('#none'))).stderr).toContain('has no `none`');
    const plan = await build(context, ['--plan', ...given('#v1:sub')]);
    expect(plan).toMatchObject({ code: 0, stderr: '' });
    const image = folderWith({ iEchorfile: 'FROM other\nCOPY iEchorfile /new\n' });
    expect((await build(image, given('#v1'))).files).toMatchObject({ 'sub/a': all['sub/a'] });
  });

  it('is a commit that the query tells, however it is told', async () => {
    const main = git('rev-parse', 'HEAD');
    for (const query of [`commit=${tagged}`, `tag=v1&commit=${tagged}`, `ref=${tagged}&commit=${tagged}`])
      expect((await build(`.git?${query}`)).files).toEqual(all);
    expect((await build('.git?tag=v1#refs/tags/v1')).files).toEqual(all);
    expect((await build(`.git?commit=${main.slice(0, 8)}`)).files).toEqual({ iEchorfile: all.iEchorfile });
    const wrong = await build(`.git?commit=${tagged.slice(0, 8)}`);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining(`and not ${tagged.slice(0, 8)}`) });
    expect((await build(`.git?tag=v1&commit=${main}`)).stderr).toContain(`and not ${main}`);
  });

  it('keeps .git and takes submodules as the query tells, for ADD too', async () => {
    const part = await served(folderWith({ file: '123' }));
    // Not git itself: it would ask the server that waits for it here.
    writeFileSync(join(repository, '.gitmodules'), `[submodule "part"]\n\tpath = part\n\turl = ${part.url}\n`);
    git('add', '.gitmodules');
    git('update-index', '--add', '--cacheinfo', `160000,${part.commit},part`);
    git('commit', '-q', '-m', 'submodule');
    const { url } = await served(repository, false);
    const added = folderWith({});
    const has = async (query: string) => {
      const { files, stderr } = await build(`${url}${query}`);
      expect(stderr).toContain('built');
      writeFileSync(join(added, 'iEchorfile'), `FROM scratch\nADD ${url}${query} /r/\n`);
      const own = (await build(added)).files;
      const told = ['.git/HEAD', 'part/file'].filter((path) => files[path] !== undefined);
      expect(['.git/HEAD', 'part/file'].filter((path) => own[`r/${path}`] !== undefined)).toEqual(told);
      return told;
    };
    expect(await has('')).toEqual(['part/file']);
    expect(await has('?submodules')).toEqual(['part/file']);
    expect(await has('?submodules=false')).toEqual([]);
    expect(await has('?submodules=0&keep-git-dir')).toEqual(['.git/HEAD']);
    expect(await has('?keep-git-dir=true&submodules=true')).toEqual(['.git/HEAD', 'part/file']);
    expect(await has('?keep-git-dir=false')).toEqual(['part/file']);
  });

  it('tells a time, as others of which SOURCE_DATE_EPOCH has the name', async () => {
    const at = async (context: string, name: string, ...more: string[]) =>
      (await build(context, ['--build-arg', `SOURCE_DATE_EPOCH=${name}`, ...more])).created;
    const added = (flags: string) =>
      folderWith({ iEchorfile: `FROM scratch AS source\nADD ${flags} /\nFROM scratch\nCOPY iEchorfile /\n` });
    const { url, commit } = await served(folderWith({ file: '123' }));
    expect(await at('.git', 'context')).toBe('2020-01-01T00:00:00Z');
    expect(await at(added('x'), 'other', '--build-context', `other=${repository}/.git`)).toBe('2020-01-01T00:00:00Z');
    expect(await at(added(`--checksum=${commit} ${url}`), 'source')).toBe('2021-02-03T00:00:00Z');
    const wrong = await build(added(`${url}#none`), ['--build-arg', 'SOURCE_DATE_EPOCH=source']);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('has no `none`') });
  });

  it('leads nowhere out of it', async () => {
    const outside = folderWith({ secret: 'secret', iEchorfile: 'FROM scratch\nLABEL a=secret\n' });
    symlinkSync(outside, join(repository, 'out'));
    mkdirSync(join(repository, 'links'));
    symlinkSync(join(outside, 'iEchorfile'), join(repository, 'links/iEchorfile'));
    git('add', '.');
    git('commit', '-q', '-m', 'links');
    expect((await build('.git#main:out')).stderr).toContain('no folder out');
    expect((await build('.git#main:../..')).stderr).not.toContain('secret');
    expect(await build('.git#main:links')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has no iEchorfile'),
    });
  });

  it('says what is not there', async () => {
    const stderrOf = async (context: string) => {
      const { code, stderr } = await build(context);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await stderrOf('.git#none')).toContain('has no `none`');
    expect(await stderrOf('.git#v1:none')).toContain('the repository has no folder none');
    expect(await stderrOf('.git?branhc=main')).toContain('has no `branhc`; it has ref, branch');
    expect(await stderrOf('.git?ref=main&commit=0123')).toContain('and not 0123');
    expect(await stderrOf('.git?branch=v1')).toContain('has no `refs/heads/v1`');
    expect(await stderrOf(`.git?ref=${tagged.slice(0, 8)}`)).toContain(
      `has no \`${tagged.slice(0, 8)}\`; a commit is asked for by all of its 40 digits`,
    );
    expect(await stderrOf('.git?ref=%00')).toContain('`ref` has a control character in the address');
    const two = (name: string, first: string, second: string) =>
      `the address names two ${name}s, \`${first}\` and \`${second}\``;
    expect(await stderrOf('.git?tag=v1#refs/heads/main')).toContain(two('ref', 'refs/heads/main', 'refs/tags/v1'));
    expect(await stderrOf('.git?tag=v1&branch=main')).toContain(two('ref', 'refs/heads/main', 'refs/tags/v1'));
    expect(await stderrOf('.git?subdir=a#main:sub')).toContain(two('folder', 'sub', 'a'));
    expect(await stderrOf('.git?commit=01&checksum=02')).toContain(two('commit', '01', '02'));
    expect(await stderrOf('.git?ref=main&ref=v1')).toContain('has `ref` once, and not 2 times');
    expect(await stderrOf('.git?subdir')).toContain('`subdir` has no value');
    expect(await stderrOf('.git?submodules=maybe')).toContain(
      '`submodules` is true or false in the address, not `maybe`',
    );
    expect(await stderrOf('ftp://example.com/files')).toContain('such as https://HOST/NAME.git#REF:FOLDER');
    expect(await stderrOf('http://user:word@127.0.0.1:9/r.git')).not.toContain('word');
    vi.stubEnv('PATH', '/nowhere');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await stderrOf('.git')).toContain('apt-get install git');
  });
});
