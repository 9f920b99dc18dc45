import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../src/build/store.ts';
import { caseEntries, caseHistory, caseNames, entriesOf, prepareCase, readCase } from '../src/dev/build-case.ts';
import { buildHere } from '../src/dev/build-here.ts';
import { runIn } from './support/cli.ts';

/** Owners and modes are those of the files only where root builds. */
const canBuild = process.platform === 'linux' && process.geteuid?.() === 0;
if (!canBuild) console.warn('builds are left out: they need Linux and root');

const hasProgram = (name: string): boolean => spawnSync(name, ['--version']).error === undefined;

let folder = '';
let store: Store;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'iechorlint-build-'));
  store = openStore(join(folder, 'store'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.runIf(canBuild)('a build makes the files that BuildKit makes', () => {
  for (const name of caseNames()) {
    const expected = readCase(name);
    const needs = [...(expected.needs ?? []), ...(expected.busybox ? ['busybox'] : [])];
    const lacking = needs.filter((program) => !hasProgram(program));
    if (lacking.length > 0) console.warn(`${name} is left out: there is no ${lacking.join(', ')}`);
    it.skipIf(lacking.length > 0)(`${name}: ${expected.about}`, async () => {
      const own = join(folder, name);
      mkdirSync(own);
      prepareCase(name, expected, own);
      const { image, failure } = await buildHere(name, expected, own, store);
      if (expected.fails !== undefined) expect(failure).toContain(expected.fails);
      else expect(failure).toBeUndefined();
      if (image) expect(caseEntries(store, expected, image)).toEqual(expected.files);
      if (image && expected.history) expect(caseHistory(expected, image)).toEqual(expected.history);
      if (expected.config) expect(image?.json.config).toMatchObject(expected.config);
    });
  }
});

const built = async (file: string, files: Readonly<Record<string, string>> = {}, ...more: string[]) => {
  const context = mkdtempSync(join(folder, 'context-'));
  for (const [name, content] of Object.entries({ iEchorfile: file, ...files }))
    writeFileSync(join(context, name), content);
  return builtIn(context, ...more);
};

const builtIn = async (context: string, ...more: string[]) => {
  const args = ['--build', '--no-lint', '--store', store.folder, ...more, '.'];
  const { code, stderr } = await runIn(context, args, { env: { PATH: process.env.PATH ?? '' } });
  const id = /built (sha256:[0-9a-f]+)/.exec(stderr)?.[1] ?? '';
  const image = code === 0 ? store.image(id) : undefined;
  return { code, stderr, files: image ? entriesOf(store, image.layers) : {} };
};

describe.runIf(canBuild)('a copy is made again', () => {
  const context = () => {
    const made = mkdtempSync(join(folder, 'context-'));
    writeFileSync(join(made, 'iEchorfile'), 'FROM scratch\nCOPY a* /x/\n');
    writeFileSync(join(made, 'a'), 'one');
    return made;
  };

  it('when content of the same size and time is another, and not when the time alone is', async () => {
    const made = context();
    expect((await builtIn(made)).stderr).not.toContain('cached');
    utimesSync(join(made, 'a'), 1, 1);
    expect((await builtIn(made)).stderr).toContain('cached');
    writeFileSync(join(made, 'a'), 'two');
    utimesSync(join(made, 'a'), 1, 1);
    const { stderr, files } = await builtIn(made);
    expect(stderr).not.toContain('cached');
    expect(files['x/a']).toBe('file 0644 0:0 "two"');
  });

  it('when a file has another name, and not when another file comes', async () => {
    const made = context();
    await builtIn(made);
    writeFileSync(join(made, 'other'), 'one');
    expect((await builtIn(made)).stderr).toContain('cached');
    execFileSync('mv', ['a', 'a2'], { cwd: made });
    expect((await builtIn(made)).files).toEqual({ x: 'directory 0755 0:0', 'x/a2': 'file 0644 0:0 "one"' });
    // Of these names UTF-8 would make the same.
    execFileSync('sh', ['-c', 'mv a2 "a$(printf "\\376")"'], { cwd: made });
    expect((await builtIn(made)).files).toHaveProperty('x/a\udcfe');
    execFileSync('sh', ['-c', 'mv a* "a$(printf "\\375")"'], { cwd: made });
    expect((await builtIn(made)).files).toEqual({ x: 'directory 0755 0:0', 'x/a\udcfd': 'file 0644 0:0 "one"' });
  });

  it('not when a stage has changed elsewhere', async () => {
    const file = (text: string) =>
      `FROM scratch AS made\nARG text\nCOPY <<EOF /other\n${text}\nEOF\nCOPY a /a\nFROM scratch\nCOPY --from=made /a /a\n`;
    await built(file('1'), { a: 'stays' });
    const { stderr } = await built(file('2'), { a: 'stays' });
    expect(stderr).toMatch(/\[stage-1 1\/1\] cached/);
  });
});

describe.runIf(canBuild)('a copy by --link', () => {
  it('is not made again when what it stands on has changed', async () => {
    const file = (text: string) => `FROM scratch\nCOPY <<EOF /other\n${text}\nEOF\nCOPY --link a /linked\n`;
    await built(file('1'), { a: 'linked alone' });
    const { stderr, files } = await built(file('2'), { a: 'linked alone' });
    expect(stderr).toMatch(/2\/2\] cached/);
    expect(files).toEqual({ linked: 'file 0644 0:0 "linked alone"', other: 'file 0644 0:0 "2\\n"' });
  });
});

describe.runIf(canBuild)('what is wrong is told', () => {
  it('of an ignore file', async () => {
    const { code, stderr } = await built('FROM scratch\nCOPY . /\n', { '.dockerignore': 'a\n!\n' });
    expect(code).toBe(2);
    expect(stderr).toContain('.dockerignore:2: `!` alone is no pattern');
  });

  it('of a grammar that is not built in', async () => {
    const other = await built('# syntax=example.com/other:2\nFROM scratch\nCOPY a /\n', { a: 'x' });
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('`# syntax=example.com/other:2` asks for another grammar');
    expect(other.stderr).toContain('--force-builtin-syntax');
    expect((await built('# syntax=docker/dockerfile:1\nFROM scratch\nCOPY a /\n', { a: 'x' })).code).toBe(0);
  });

  it('of programs that are missing', async () => {
    const path = process.env.PATH;
    process.env.PATH = '/nowhere';
    try {
      const { stderr } = await built('FROM scratch\nADD a /\n', { a: 'BZh9 and so on' });
      expect(stderr).toContain('bzip2 is not installed, which unpacks it: apt-get install bzip2');
      const git = await built('FROM scratch\nADD http://127.0.0.1:1/r.git /\n');
      expect(git.stderr).toContain('git is not installed');
    } finally {
      process.env.PATH = path;
    }
  });

  it('of folders that are given by name', async () => {
    const { code, stderr } = await built('FROM scratch\n', {}, '--build-context', 'x=nowhere');
    expect(code).toBe(2);
    expect(stderr).toContain('--build-context x=nowhere: there is no such folder');
  });
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const servers: Server[] = [];
const serving = (answer: Answer): Promise<string> =>
  new Promise((resolve) => {
    const server = createServer(answer).listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
    });
    servers.push(server);
  });
afterAll(() => {
  for (const server of servers) server.close();
});

const HELLO = '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03';

describe.runIf(canBuild)('ADD of an address', () => {
  it('names the file by the path, by the server, or not at all; for its owner alone', async () => {
    const url = await serving(({ url: path }, response) => {
      if (path === '/named/') response.setHeader('content-disposition', 'attachment; filename="../given.txt"');
      response.end('hello\n');
    });
    const { files, stderr } = await built(
      `FROM scratch\nADD ${url}/a/file.txt?x=1 ${url}/named/ ${url}/ /d/\nADD --chmod=755 --chown=5:6 ${url}/f /renamed\n`,
    );
    expect(stderr).toContain('built');
    expect(files).toEqual({
      d: 'directory 0755 0:0',
      'd/file.txt': 'file 0600 0:0 "hello\\n"',
      'd/given.txt': 'file 0600 0:0 "hello\\n"',
      'd/__unnamed__': 'file 0600 0:0 "hello\\n"',
      renamed: 'file 0755 5:6 "hello\\n"',
    });
  });

  it('gives the file no name that leads elsewhere, or that no file has', async () => {
    const url = await serving((_request, response) =>
      response.setHeader('content-disposition', 'attachment; filename=".."').end('hello\n'),
    );
    for (const path of ['/', '/../', '/%00', '/a%00b', '/.%2f.'])
      expect((await built(`FROM scratch\nADD ${url}${path} /e/\n`)).files, path).toEqual({
        e: 'directory 0755 0:0',
        'e/__unnamed__': 'file 0600 0:0 "hello\\n"',
      });
  });

  it('asks whether something has changed, and takes what is known where nothing has', async () => {
    const seen: (string | undefined)[] = [];
    const url = await serving(({ headers }, response) => {
      seen.push(headers['if-none-match']);
      if (headers['if-none-match'] === '"1"') response.statusCode = 304;
      response.setHeader('etag', '"1"').end(response.statusCode === 304 ? '' : 'hello\n');
    });
    await built(`FROM scratch\nADD ${url}/f /\n`);
    const { stderr, files } = await built(`FROM scratch\nADD ${url}/f /\n`);
    expect(stderr).toContain('cached');
    expect(files).toEqual({ f: 'file 0600 0:0 "hello\\n"' });
    expect(seen).toEqual([undefined, '"1"']);
  });

  it('checks a digest, and fetches nothing that it has by it', async () => {
    let count = 0;
    const url = await serving((_request, response) => {
      count++;
      response.end('hello\n');
    });
    const file = (checksum: string) => `FROM scratch\nADD --checksum=${checksum} ${url}/f /\n`;
    expect((await built(file(`sha256:${HELLO}`))).code).toBe(0);
    expect((await built(file(`sha256:${HELLO}`))).code).toBe(0);
    expect(count).toBe(1);
    const wrong = await built(file(`sha256:${HELLO.replace('5', '6')}`));
    expect(wrong.code).toBe(3);
    expect(wrong.stderr).toContain(`digest mismatch sha256:${HELLO}: sha256:6891`);
    expect((await built(file('sha256:12'))).stderr).toContain('is no digest');
    expect((await built('FROM scratch\nADD --checksum=sha256:12 a /\n', { a: '' })).stderr).toContain(
      "checksum can't be",
    );
  });

  it('unpacks only where it is told to', async () => {
    mkdirSync(join(folder, 'packed'), { recursive: true });
    writeFileSync(join(folder, 'packed', 'in'), 'inside');
    const tar = execFileSync('tar', ['-C', join(folder, 'packed'), '-cf', '-', 'in']);
    const url = await serving((_request, response) => response.end(gzipSync(tar)));
    const { files } = await built(`FROM scratch\nADD ${url}/t.tgz /kept/\nADD --unpack ${url}/t.tgz /unpacked/\n`);
    expect(Object.keys(files)).toEqual(['kept', 'kept/t.tgz', 'unpacked', 'unpacked/in']);
  });

  it('says what the server says, and no password', async () => {
    const url = await serving((_request, response) => {
      response.statusCode = 404;
      response.end();
    });
    const { code, stderr } = await built(`FROM scratch\nADD ${url.replace('//', '//me:secret@')}/f /\n`);
    expect(code).toBe(3);
    expect(stderr.split('\n').find((line) => line.startsWith('iechorlint'))).toMatch(
      /\*\*\*@127.*: the server answers 404/,
    );
    expect((await built('FROM scratch\nADD http://127.0.0.1:1/f /\n')).stderr).toContain(
      'cannot fetch http://127.0.0.1:1/f',
    );
  });

  it('is none for COPY', async () => {
    expect((await built('FROM scratch\nCOPY http://127.0.0.1:1/f /\n')).stderr).toContain(
      "source can't be a URL for COPY",
    );
  });
});

describe.runIf(canBuild && hasProgram('git'))('ADD of a repository', () => {
  const repository = async () => {
    const home = mkdtempSync(join(folder, 'git-'));
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', home, '-c', 'user.name=n', '-c', 'user.email=e', ...args], {
        encoding: 'utf8',
      }).trim();
    git('init', '-q', '-b', 'main');
    mkdirSync(join(home, 'sub'));
    writeFileSync(join(home, 'sub', 'one'), 'one');
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    git('tag', '-a', '-m', 'first', 'v1');
    writeFileSync(join(home, 'two'), 'two', { mode: 0o755 });
    git('add', '.');
    git('commit', '-q', '-m', 'two');
    git('update-server-info');
    const url = await serving(({ url: path = '' }, response) => {
      try {
        response.end(readFileSync(join(home, path.replace(/^\/r\.git/, '.git').replace(/\?.*/, ''))));
      } catch {
        response.statusCode = 404;
        response.end();
      }
    });
    return { url: `${url}/r.git`, first: git('rev-parse', 'v1^{}'), last: git('rev-parse', 'HEAD') };
  };

  it('takes a branch, a tag, a commit or a folder of it', async () => {
    const { url, first } = await repository();
    const { stderr, files } = await built(
      `FROM scratch\nADD ${url} /all\nADD ${url}#v1 /tag/\nADD --chown=5:6 ${url}#main:sub /sub\nADD ${url}#${first} /commit\n`,
    );
    expect(stderr).toContain('built');
    const directory = 'directory 0755 0:0';
    const one = 'file 0644 0:0 "one"';
    expect(files).toEqual({
      all: directory,
      'all/sub': directory,
      'all/sub/one': one,
      'all/two': 'file 0755 0:0 "two"',
      commit: directory,
      'commit/sub': directory,
      'commit/sub/one': one,
      sub: 'directory 0755 5:6',
      'sub/one': 'file 0644 5:6 "one"',
      tag: directory,
      'tag/sub': directory,
      'tag/sub/one': one,
    });
  });

  it('keeps .git where it is asked for, and checks a commit', async () => {
    const { url, last } = await repository();
    const kept = await built(`FROM scratch\nADD --keep-git-dir=true --checksum=${last} ${url} /x\n`);
    expect(kept.files['x/.git/HEAD']).toBe(`file 0644 0:0 ${JSON.stringify(`${last}\n`)}`);
    const wrong = await built(`FROM scratch\nADD --checksum=${'0'.repeat(40)} ${url} /x\n`);
    expect(wrong.stderr).toContain(`expected checksum to match ${'0'.repeat(40)}, got ${last}`);
  });

  it('says what is not there', async () => {
    const { url } = await repository();
    expect((await built(`FROM scratch\nADD ${url}#none /x\n`)).stderr).toContain('has no `none`');
    expect((await built(`FROM scratch\nADD ${url}#v1:none /x\n`)).stderr).toContain('the repository has no none');
    expect((await built(`FROM scratch\nCOPY ${url} /x\n`)).stderr).toContain("source can't be a git ref for COPY");
  });
});
