import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openStore, type Store } from '../src/build/store.ts';
import { entriesOf } from '../src/dev/build-case.ts';
import { BUSYBOX, writeBusybox } from '../src/dev/busybox.ts';
import { imageIdOf } from '../src/oci/image.ts';
import { folderWith, runIn } from './support/cli.ts';
import { fakeRegistry } from './support/registry.ts';

/** What BuildKit's behaviours need more than one build to show; the others are cases of test/build. */
const isReady = process.platform === 'linux' && process.geteuid?.() === 0 && BUSYBOX !== undefined;
if (!isReady) console.warn('behaviours of several builds are left out: they need Linux, root and a static busybox');
const hasGit = spawnSync('git', ['--version']).error === undefined;

let folder = '';
let store: Store;

beforeAll(async () => {
  if (!isReady) return;
  folder = mkdtempSync(join(tmpdir(), 'iechorlint-behaviour-'));
  store = openStore(join(folder, 'store'));
  writeBusybox(join(folder, 'busybox'), join(folder, 'busybox.file'));
  expect((await build(join(folder, 'busybox'), '-t', 'busybox', '-f', '../busybox.file')).stderr).toContain('built');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const build = async (context: string, ...more: string[]) => {
  const usual = ['--build', '--no-lint', '--store', store.folder, '--network', 'none', '--progress', 'plain'];
  const { code, stdout, stderr } = await runIn(context, [...usual, ...more, '.'], {
    env: { PATH: process.env.PATH ?? '' },
  });
  const id = /built (sha256:[0-9a-f]+)/.exec(stderr)?.[1] ?? '';
  const image = code === 0 ? store.image(id) : undefined;
  return { code, stdout, stderr, image, files: image ? entriesOf(store, image.layers) : {} };
};

const built = (file: string, files: Readonly<Record<string, string>> = {}, ...more: string[]) =>
  build(folderWith({ iEchorfile: file, ...files }), ...more);

const RANDOM = 'head -c 12 /dev/urandom | base64';

describe.skipIf(!isReady)('steps that were run', { timeout: 60_000 }, () => {
  const file = `FROM busybox AS s0\nRUN ${RANDOM} > /0\nFROM busybox AS s1\nRUN ${RANDOM} > /1\nFROM scratch\nCOPY --from=s0 /0 /\nCOPY --from=s1 /1 /\n`;

  it('are run again where that is asked for, all or those of a stage', async () => {
    const context = folderWith({ iEchorfile: file });
    const first = (await build(context)).files;
    expect((await build(context)).files).toEqual(first);
    const anew = (await build(context, '--no-cache')).files;
    expect([anew['0'] === first['0'], anew['1'] === first['1']]).toEqual([false, false]);
    const half = (await build(context, '--no-cache-filter', 's1')).files;
    expect([half['0'] === anew['0'], half['1'] === anew['1']]).toEqual([true, false]);
  });

  it('have a cache mount that is empty where nothing is cached, and is there for the next build', async () => {
    const text =
      'FROM busybox\nARG name\nRUN --mount=type=cache,target=/cache,mode=0773 touch /cache/$name && stat -c %a /cache > /out && ls /cache >> /out\n';
    const out = async (...args: string[]) => (await built(text, {}, ...args)).files.out;
    expect(await out('--build-arg', 'name=a', '--no-cache')).toBe('file 0644 0:0 "773\\na\\n"');
    expect(await out('--build-arg', 'name=b', '--no-cache')).toBe('file 0644 0:0 "773\\nb\\n"');
    expect(await out('--build-arg', 'name=c')).toBe('file 0644 0:0 "773\\nb\\nc\\n"');
  });

  it("are run again where a cache begins with other files, or is another owner's", async () => {
    const out = async (content: string, ...flags: string[]) => {
      const mount = ['type=cache,id=begun,target=/c,from=seed', ...flags].join();
      const text = `FROM scratch AS seed\nCOPY seed /\nFROM busybox\nRUN --mount=${mount} cat /c/seed > /out; stat -c %u /c >> /out\n`;
      return (await built(text, { seed: content })).files.out;
    };
    expect(await out('one')).toBe('file 0644 0:0 "one0\\n"');
    expect(await out('two')).toBe('file 0644 0:0 "two0\\n"');
    expect(await out('two', 'uid=7')).toBe('file 0644 0:0 "two7\\n"');
  });

  it('are the same with another proxy, and are not with another argument', async () => {
    const text = `FROM busybox\nARG other\nRUN ${RANDOM} > /out; echo "$http_proxy" >> /out\n`;
    const out = async (...args: string[]) => (await built(text, {}, ...args)).files.out;
    const first = await out('--build-arg', 'HTTP_PROXY=http://one');
    expect(first).toMatch(/http:\/\/one/);
    expect(await out('--build-arg', 'http_proxy=http://two')).toBe(first);
    expect(await out('--build-arg', 'other=1')).not.toBe(first);
  });

  it('are run again where they may use more or less, and say so', async () => {
    const context = folderWith({ iEchorfile: `FROM busybox\nRUN ${RANDOM} > /out; ulimit -n >> /out\n` });
    const usual = (await build(context)).files.out;
    const given = await build(context, '--ulimit', 'nofile=99', '--shm-size', '32m');
    expect(given.files.out).toMatch(/99\\n"$/);
    expect(given.stderr).toContain('RUN: --shm-size was added, --ulimit was added');
    expect((await build(context, '--shm-size=32768k', '--ulimit=nofile=99:99')).files).toEqual(given.files);
    const other = await build(context, '--ulimit', 'nofile=98', '--shm-size', '32m');
    expect(other.stderr).toContain('RUN: --ulimit changed');
    expect((await build(context)).files.out).toBe(usual);
  });

  it('end where their files cannot go', async () => {
    const context = folderWith({ iEchorfile: 'FROM busybox\nRUN true\n' });
    const { code, stderr } = await build(context, '--output', 'type=local,dest=/proc/none/below');
    expect(stderr).toContain('cannot write /proc/none/below: no such file or directory');
    expect(code).toBe(3);
  });

  it('are run again where they know another host, and not for another address of it', async () => {
    const context = folderWith({
      iEchorfile: `FROM busybox\nRUN ${RANDOM} > /out; grep near /etc/hosts >> /out || true\n`,
    });
    const first = (await build(context)).files.out;
    const given = await build(context, '--add-host', 'near:10.0.0.1');
    expect(given.files.out).toContain('10.0.0.1\\tnear');
    expect(given.stderr).toContain('RUN: --add-host was added');
    expect((await build(context, '--add-host', 'near:10.0.0.2')).files.out).toBe(given.files.out);
    expect((await build(context, '--add-host', 'far:10.0.0.2')).files.out).not.toBe(given.files.out);
    expect((await build(context)).files.out).toBe(first);
    expect(await build(context, '--add-host', 'near:10.0.0.256')).toMatchObject({ code: 2 });
  });

  it('are run again for another name of the host', async () => {
    const out = async (...args: string[]) =>
      (await built('FROM busybox\nRUN hostname > /out\n', {}, ...args)).files.out;
    expect(await out()).toBe('file 0644 0:0 "buildkitsandbox\\n"');
    expect(await out('--build-arg', 'BUILDKIT_SANDBOX_HOSTNAME=one')).toBe('file 0644 0:0 "one\\n"');
    const { code, stderr } = await built('FROM busybox\nARG BUILDKIT_SANDBOX_HOSTNAME="a; b"\nRUN true\n');
    expect([code, stderr]).toEqual([3, expect.stringContaining('`a; b` is no name of a host')]);
  });

  it('of which a later one changes, are not run again', async () => {
    const text = (last: string) => `FROM busybox\nRUN ${RANDOM} > /out\nCOPY ${last} /x/\n`;
    const context = folderWith({ iEchorfile: text('a'), a: 'a', b: 'b' });
    const first = (await build(context)).files.out;
    writeFileSync(join(context, 'iEchorfile'), text('b'));
    const { files } = await build(context);
    expect([files.out, Object.keys(files).includes('x/b')]).toEqual([first, true]);
  });

  it('wrote to a mount that may be written, and the next sees nothing of it', async () => {
    const text = `FROM busybox AS s\nRUN ${RANDOM} > /kept\nFROM busybox\nRUN --mount=from=s,target=/m,rw rm /m/kept && touch /m/new\nRUN --mount=from=s,target=/m ls /m/kept /m/new > /out 2>/dev/null || true\n`;
    expect((await built(text)).files.out).toBe('file 0644 0:0 "/m/kept\\n"');
  });

  it('share caches inside of one another without waiting for ever', async () => {
    const stage = (name: string, first: string, second: string) =>
      `FROM busybox AS ${name}\nRUN --mount=type=cache,target=/${first},sharing=locked --mount=type=cache,target=/${second},sharing=locked touch /${first}/x && echo ${name} > /${name}\n`;
    const text = `${stage('one', 'a', 'a/b')}${stage('two', 'a/b', 'a')}FROM scratch\nCOPY --from=one /one /\nCOPY --from=two /two /\n`;
    expect(Object.keys((await built(text)).files)).toEqual(['one', 'two']);
  });
});

describe.skipIf(!isReady)('the file and the context', { timeout: 60_000 }, () => {
  const TEXT = 'FROM scratch\nCOPY foo /\n';

  it('may be apart, behind a link, and in small letters', async () => {
    const context = folderWith({ foo: 'x', dockerfile: TEXT });
    expect((await build(context)).files).toEqual({ foo: 'file 0644 0:0 "x"' });
    const elsewhere = folderWith({ 'sub/real': TEXT });
    expect((await build(context, '-f', join(elsewhere, 'sub/real'))).code).toBe(0);
    rmSync(join(context, 'dockerfile'));
    symlinkSync(join(elsewhere, 'sub/real'), join(context, 'Dockerfile'));
    expect((await build(context)).code).toBe(0);
  });

  it('may change from a folder to a file and back', async () => {
    const context = folderWith({ iEchorfile: TEXT, 'foo/one': '1' });
    expect((await build(context)).files).toEqual({ one: 'file 0644 0:0 "1"' });
    renameSync(join(context, 'foo/one'), join(context, 'one'));
    rmSync(join(context, 'foo'), { recursive: true });
    renameSync(join(context, 'one'), join(context, 'foo'));
    expect((await build(context)).files).toEqual({ foo: 'file 0644 0:0 "1"' });
    rmSync(join(context, 'foo'));
    mkdirSync(join(context, 'foo'));
    expect((await build(context)).files).toEqual({});
  });

  it('are for the platform that is asked for', async () => {
    const imageFor = async (platform: string) => (await built(TEXT, { foo: '' }, '--platform', platform)).image?.json;
    expect(await imageFor('linux/arm/v7')).toMatchObject({ architecture: 'arm', variant: 'v7' });
    // All processors of arm64 are of version 8, which containerd does not tell.
    const { variant, ...rest } = (await imageFor('linux/arm64/v8')) ?? {};
    expect([rest, variant]).toEqual([expect.objectContaining({ architecture: 'arm64' }), undefined]);
  });
});

describe.skipIf(!isReady)('what fails names its line', { timeout: 60_000 }, () => {
  it.each<[string, string]>([
    ['FROM scratch\nENV a=1 bad\n', 'iEchorfile:2:'],
    ['FROM busybox\nENV a=1\nRUN exit 7\n', 'iEchorfile:3:'],
    ['FROM scratch\n\n# a remark\nCOPY nothing /\n', 'iEchorfile:4:'],
    ['FROM scratch\nCOPY --unknown a /\n', 'iEchorfile:2:'],
    ['FROM scratch\nCOPY a /\nCOPY --from=Not/There a /\n', 'iEchorfile:3:'],
    ['FROM busybox\nRUN true && \\\n    exit 7\n', 'iEchorfile:2:'],
    ['FROM scratch\nEXPOSE 80/none\n', 'iEchorfile:2:'],
    ['FROM scratch\nWORKDIR $' + '{a:?is needed}\n', 'iEchorfile:2:'],
  ])('%j', async (file, place) => {
    const { code, stderr } = await built(file, { a: '' });
    expect(code === 1 || code === 3).toBe(true);
    expect(stderr).toContain(place);
  });
});

describe.skipIf(!isReady)('images that others have', { timeout: 60_000 }, () => {
  it('may have no layer, and be built on', async () => {
    const registry = await fakeRegistry();
    const name = `${registry.host}/empty:1`;
    expect((await built('FROM scratch\nENV A=b\n', {}, '-t', name, '--push')).code).toBe(0);
    expect(store.removeName(name)).toBeDefined();
    const { image, files } = await built(`FROM ${name}\nCOPY f /\n`, { f: '' });
    expect([Object.keys(files), image?.json.config?.Env?.at(-1)]).toEqual([['f'], 'A=b']);
  });

  it('are a folder that stands for a name, with what it sets', async () => {
    const layout = folderWith({});
    await built(
      'FROM scratch\nCOPY f /\nENV A=b\nWORKDIR /w\n',
      { f: '1' },
      '-o',
      `type=oci,tar=false,dest=${layout}/o`,
    );
    const args = ['--build-context', `base=oci-layout://${layout}/o`];
    const { files, image } = await built('FROM base\nCOPY g .\n', { g: '2' }, ...args);
    expect(files).toEqual({ f: 'file 0644 0:0 "1"', w: 'directory 0755 0:0', 'w/g': 'file 0644 0:0 "2"' });
    expect(image?.json.config).toMatchObject({ WorkingDir: '/w' });
    const [created] = image?.json.history ?? [];
    expect(created?.created_by).toContain('COPY f /');
  });

  it('are the result of another build, by its digest or its name', async () => {
    const layout = join(folderWith({}), 'o');
    for (const word of ['first', 'second'])
      await built(
        `FROM busybox\nENV FOO=bar\nRUN echo ${word} > /out\n`,
        {},
        '-t',
        `own:${word}`,
        '-o',
        `type=oci,tar=false,dest=${layout}`,
      );
    const index: { manifests: { digest: string }[] } = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8'));
    const [first, second] = index.manifests.map(({ digest }) => digest);
    const file = 'FROM base AS build\nRUN echo "foo is $FOO" > /foo\nFROM scratch\nCOPY --from=build /foo /out /\n';
    const told = async (value: string) => (await built(file, {}, '--build-context', `base=${value}`)).files;
    const of = (word: string) => ({ foo: 'file 0644 0:0 "foo is bar\\n"', out: `file 0644 0:0 "${word}\\n"` });
    expect(await told(`oci-layout://${layout}@${first}`)).toEqual(of('first'));
    expect(await told(`oci-layout://${layout}:second@${second}`)).toEqual(of('second'));
    expect(await told('docker-image://own:second')).toEqual(of('second'));
    const none = await built(file, {}, '--build-context', `base=oci-layout://${layout}:first@${second}`);
    expect(none.stderr).toContain(`has no image first@${second}; it has docker.io/library/own:first, docker.io`);
  });

  it('have several names, each in the index', async () => {
    const layout = folderWith({});
    await built(
      'FROM scratch\nCOPY f /\n',
      { f: '' },
      '-t',
      'one:1',
      '-t',
      'two:2',
      '-o',
      `type=oci,tar=false,dest=${layout}/o`,
    );
    const { manifests }: { manifests: { digest: string; annotations: Record<string, string> }[] } = JSON.parse(
      readFileSync(join(layout, 'o/index.json'), 'utf8'),
    );
    expect(manifests.map(({ annotations }) => annotations['io.containerd.image.name'])).toEqual([
      'docker.io/library/one:1',
      'docker.io/library/two:2',
    ]);
    expect(manifests.map(({ annotations }) => annotations['org.opencontainers.image.ref.name'])).toEqual(['1', '2']);
    expect(new Set(manifests.map(({ digest }) => digest)).size).toBe(1);
  });

  it('may be of nothing, and tell how they were made', async () => {
    const layout = folderWith({});
    const args = ['--provenance', 'mode=max', '-t', 'nothing:1', '-o', `type=oci,tar=false,dest=${layout}/o`];
    expect((await built('FROM scratch\n', {}, ...args)).code).toBe(0);
    const index: { manifests: { digest: string }[] } = JSON.parse(readFileSync(join(layout, 'o/index.json'), 'utf8'));
    const inner = readFileSync(join(layout, 'o/blobs/sha256', index.manifests[0]?.digest.slice(7) ?? ''), 'utf8');
    expect(inner).toContain('attestation-manifest');
  });

  it('are the same, whoever builds them anew', async () => {
    const text = 'FROM busybox\nRUN echo 1 > /f && ln /f /g && touch -d @5 /f\nCOPY --link a /a\nWORKDIR /w/x\n';
    const first = await built(text, { a: '' });
    const second = await built(text, { a: '' }, '--no-cache');
    expect(second.image && imageIdOf(second.image)).toBe(first.image && imageIdOf(first.image));
  });
});

describe.skipIf(!isReady)('ADD of an address', { timeout: 60_000 }, () => {
  const serving = async (answer: (agent: string | undefined) => string): Promise<string> => {
    const server = createServer(({ headers }, response) => response.end(answer(headers['user-agent'])));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  };

  it('takes modes, checksums that a variable has, and tells who asks', async () => {
    const agents: (string | undefined)[] = [];
    const url = await serving((agent) => {
      agents.push(agent);
      return 'hello\n';
    });
    const sum = 'sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03';
    const { files, stderr } = await built(
      `FROM scratch\nARG mode=755\nENV sum=${sum}\nADD --chmod=644 ${url}/1 /\nADD --chmod=$mode ${url}/2 /\nADD --chmod=0413 ${url}/3 /\nADD --checksum=$sum ${url}/4 /\n`,
    );
    expect(stderr).toContain('built');
    expect(Object.values(files).map((each) => each.slice(5, 9))).toEqual(['0644', '0755', '0413', '0600']);
    expect(agents.every((agent) => agent === 'iechorlint')).toBe(true);
    const several = await built(`FROM scratch\nADD --checksum=${sum} ${url}/1 ${url}/2 /\n`);
    expect(several.stderr).toContain('iEchorfile:2: a checksum is that of one source');
  });
});

describe.skipIf(!isReady || !hasGit)('ADD of a repository', { timeout: 60_000 }, () => {
  const git = (home: string, ...args: string[]) =>
    execFileSync(
      'git',
      ['-C', home, '-c', 'user.name=n', '-c', 'user.email=e', '-c', 'protocol.file.allow=always', ...args],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    ).trim();

  it.each(['sha1', 'sha256'])('of commits by %s, with its tag from an argument', async (format) => {
    const home = folderWith({ f: '1' });
    git(home, 'init', '-q', `--object-format=${format}`);
    git(home, 'add', '.');
    git(home, 'commit', '-q', '-m', 'one');
    git(home, 'tag', '-a', '-m', 'first', 'v1');
    writeFileSync(join(home, 'f'), '2');
    git(home, 'commit', '-q', '-a', '-m', 'two');
    git(home, 'update-server-info');
    const server = createServer(({ url = '' }, response) => {
      try {
        response.end(readFileSync(join(home, url.replace(/^\/r\.git/, '.git').replace(/\?.*/, ''))));
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/r.git`;
    const text = `FROM scratch\nARG tag=none\nADD ${url}#$tag /x\n`;
    const { files, stderr } = await built(text, {}, '--build-arg', 'tag=v1');
    expect(stderr).toContain('built');
    expect(files['x/f']).toBe('file 0644 0:0 "1"');
    const commit = git(home, 'rev-parse', 'v1^{}');
    const checked = await built(`FROM scratch\nADD --checksum=${commit} ${url}#v1 /x\n`);
    expect([checked.stderr.includes('cached'), checked.files['x/f']]).toEqual([true, 'file 0644 0:0 "1"']);
  });
});
