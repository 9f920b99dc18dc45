import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../src/build/store.ts';
import { BUSYBOX } from '../src/dev/busybox.ts';
import { killBuilds } from '../src/dev/killed-builds.ts';
import { ordinaryUser, type Scene, sceneOf } from '../src/dev/scene.ts';
import { tarHeader } from '../src/oci/tar.ts';
import { bundleCli } from './support/bundle.ts';
import { folderWith, runIn } from './support/cli.ts';
import { imageIn } from './support/images.ts';
import { fakeRegistry, type Twist } from './support/registry.ts';
import { siteOf } from './support/web.ts';

const isReady = process.platform === 'linux' && process.geteuid?.() === 0 && BUSYBOX !== undefined;
if (!isReady) console.warn('faults of builds are not tried: they need Linux, root and a static busybox');
const user = isReady ? ordinaryUser() : undefined;
if (isReady && !user) console.warn('faults are not tried as an ordinary user: nobody here has numbers in /etc/subuid');

const BUILDERS = [
  { who: 'root', isHere: isReady, user: undefined },
  { who: 'an ordinary user', isHere: user !== undefined, user },
];

let cli = '';
let remove = () => {};
beforeAll(async () => {
  if (!isReady) return;
  ({ file: cli, remove } = await bundleCli());
  for (const path of [dirname(cli), dirname(dirname(cli))]) chmodSync(path, 0o755);
});
afterAll(() => remove());

describe.each(BUILDERS)('as $who', { timeout: 240_000 }, ({ isHere, user: builder }) => {
  let folder = '';
  let scene: Scene;
  beforeAll(() => {
    if (!isHere) return;
    folder = mkdtempSync(join(tmpdir(), 'iechorlint-faults-'));
    scene = sceneOf(folder, cli, builder);
    expect(call('load', '-q', '-i', scene.base).status).toBe(0);
  });
  afterAll(() => spawnSync('rm', ['-rf', folder]));

  const inStore = (args: readonly string[], store = 'store') => [...args, '--store', join(scene.folder, store)];

  const call = (...args: readonly string[]) => {
    const [program = '', ...first] = scene.command;
    const options = { env: scene.env, cwd: scene.folder, encoding: 'utf8' } as const;
    return spawnSync(program, [...first, ...inStore(args)], options);
  };

  const started = (...args: readonly string[]): Promise<{ status: number | null; stdout: string; stderr: string }> => {
    const [program = '', ...first] = scene.command;
    const child = spawn(program, [...first, ...inStore(args)], { env: scene.env, cwd: scene.folder });
    const written = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (written.stdout += chunk));
    child.stderr.on('data', (chunk) => (written.stderr += chunk));
    return new Promise((done) => child.once('close', (status) => done({ status, ...written })));
  };

  /** A context that the builder may read. */
  const contextWith = (files: Readonly<Record<string, string>>): string => {
    const context = folderWith(files);
    chmodSync(context, 0o755);
    return context;
  };

  const BUILD = ['build', '--no-lint', '--network', 'none', '-q'];

  it.runIf(isHere)('killed at random moments, builds lose nothing and leave nothing', async () => {
    const own = mkdtempSync(join(tmpdir(), 'iechorlint-kills-'));
    const seed = Date.now() % 1000;
    try {
      const { problems } = await killBuilds(sceneOf(own, cli, builder), 5, seed);
      expect(problems, `seed ${seed}`).toEqual([]);
    } finally {
      spawnSync('rm', ['-rf', own]);
    }
  });

  it.runIf(isHere)('interrupted where there is no terminal, a build ends in order', async () => {
    const context = contextWith({ Dockerfile: 'FROM busybox\nRUN echo began; sleep 60\n' });
    const [program = '', ...first] = scene.command;
    const args = inStore(['build', '--no-lint', '--network', 'none', '--progress', 'plain', context]);
    const stdio = ['ignore', 'ignore', 'pipe'] as const;
    const child = spawn(program, [...first, ...args], { env: scene.env, cwd: scene.folder, stdio: [...stdio] });
    child.stderr?.on('data', (chunk) => String(chunk).includes('| began') && child.kill('SIGINT'));
    expect(await new Promise((done) => child.once('close', done))).toBe(130);
  });

  it.runIf(isHere)(
    'several builds at once on one store do each what they would alone, while it is pruned',
    async () => {
      const text = (number: number) =>
        `FROM busybox AS s\nRUN echo ${number % 2} > /f\nFROM busybox\nCOPY --from=s /f /\nRUN cat /f >> /g\nCOPY Dockerfile /x/\n`;
      const contexts = [0, 1, 2, 3].map((number) => contextWith({ Dockerfile: text(number) }));
      const alone = contexts.map((context) => call(...BUILD, '--no-cache', context).stdout);
      const ends = await Promise.all([
        ...contexts.map((context) => started(...BUILD, '--no-cache', context)),
        started('prune'),
        ...contexts.map((context) => started(...BUILD, context)),
      ]);
      const trouble = ends.filter(({ status, stderr }) => status !== 0 && !stderr.includes('builds with the store'));
      expect(trouble).toEqual([]);
      const built = ends.filter(({ stdout }) => /^sha256:/.test(stdout)).map(({ stdout }) => stdout);
      expect(built).toEqual([...alone, ...alone]);
      expect(call('store', 'verify').stdout).toBe('');
    },
  );

  it.runIf(isHere)('a cache mount that builds wait for loses none of their writes', async () => {
    const step = 'n=$(cat /c/n 2>/dev/null || echo 0); sleep 0.05; echo $((n + 1)) > /c/n';
    const contexts = [1, 2, 3, 4].map((number) =>
      contextWith({
        Dockerfile: `FROM busybox\nRUN --mount=type=cache,target=/c,id=count,sharing=locked ${step}; : ${number}\nRUN --mount=type=cache,target=/c,id=count,sharing=locked ${step}; : again ${number}\n`,
      }),
    );
    const ends = await Promise.all(contexts.map((context) => started(...BUILD, context)));
    expect(ends.map(({ status, stderr }) => `${status} ${stderr}`)).toEqual(ends.map(() => '0 '));
    const last = contextWith({
      Dockerfile: 'FROM busybox\nRUN --mount=type=cache,target=/c,id=count test "$(cat /c/n)" = 8\n',
    });
    expect(call(...BUILD, last).status).toBe(0);
  });

  it.runIf(isHere)('what is fetched is asked for once, though the build goes on in a namespace', async () => {
    const text = 'FROM busybox\nRUN cat /bin/sh > /f\n';
    const repository = contextWith({ Dockerfile: text });
    const git = (...args: readonly string[]) =>
      spawnSync('git', ['-C', repository, '-c', 'user.name=n', '-c', 'user.email=e', ...args]);
    const hasGit = git('init', '-q', '-b', 'main').status === 0;
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    git('update-server-info');
    const page = (path: string) =>
      path === '/file' ? text : readFileSync(join(repository, path.replace(/^\/r\.git/, '.git').replace(/\?.*/, '')));
    const { url, asked } = await siteOf(page);
    const contexts = [[`${url}/file`], ['-f', `${url}/file`, repository], ...(hasGit ? [[`${url}/r.git`]] : [])];
    for (const args of contexts) {
      expect((await started(...BUILD, ...args)).status).toBe(0);
      asked.length = 0;
      const { status, stderr } = await started(...BUILD, '--no-cache', ...args);
      expect(`${status} ${stderr}`).toBe('0 ');
      expect(asked.filter((each) => /file|info.refs/.test(each))).toHaveLength(1);
    }
  });

  it.runIf(isHere && builder !== undefined)('the whole machine is not mounted, and a folder of it is', () => {
    // What stands behind is for the shell's own names.
    const command = ['busybox', 'sh', '-c', 'test -d /host/bin'];
    const run = (place: string) => call('run', ...inStore([]), '-v', `${place}:/host:ro`, ...command);
    expect(run('/')).toMatchObject({ status: 2, stderr: expect.stringContaining('--volume /:/host:ro: the whole') });
    expect(run('/usr')).toMatchObject({ status: 0, stderr: '' });
  });

  it.runIf(isHere)('a folder is mounted with what is mounted in it, and nothing gains rights by that', () => {
    const folder = contextWith({ 'inner/of the disk': '', 'closed/file': '' });
    for (const each of ['', 'inner', 'closed']) chmodSync(join(folder, each), 0o777);
    const shell = 'cd /v; ls inner; for f in . inner closed; do touch $f/x 2>/dev/null && echo $f || echo no $f; done';
    const seen = (mode: string): string => {
      const [program = '', ...first] = scene.command;
      const run = [program, ...first, 'run', ...inStore(['-v', `${folder}:/v${mode}`]), 'busybox', 'sh', '-c', shell];
      const script = [
        `cd ${folder}`,
        'mount -t tmpfs -o mode=777 none inner',
        'touch "inner/of the mount"',
        'mount --bind closed closed',
        'mount -o remount,bind,ro closed',
        run.map((word) => `'${word}'`).join(' '),
      ].join(' && ');
      const options = { env: scene.env, encoding: 'utf8', cwd: scene.folder } as const;
      return spawnSync('unshare', ['-m', 'sh', '-c', script], options).stdout;
    };
    expect(seen('')).toBe('of the mount\n.\ninner\nno closed\n');
    expect(seen(':ro')).toBe('of the mount\nno .\nno inner\nno closed\n');
  });

  it.runIf(isHere)('nothing of the context is written', () => {
    const context = contextWith({
      Dockerfile: 'FROM busybox\nCOPY . /x/\nRUN --mount=target=/c,rw rm /c/a && touch /c/b\n',
      a: 'a',
    });
    const [program = '', ...first] = scene.command;
    const build = [program, ...first, ...inStore([...BUILD, context])].map((word) => `'${word}'`).join(' ');
    const script = `mount --bind ${context} ${context} && mount -o remount,ro,bind ${context} && exec ${build}`;
    const { status, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script], {
      env: scene.env,
      encoding: 'utf8',
      cwd: scene.folder,
    });
    expect(`${status} ${stderr}`).toBe('0 ');
    expect(readdirSync(context)).toEqual(['Dockerfile', 'a']);
  });

  it.runIf(isHere)('a full disk is told, whatever fills it, and what was begun is deleted', () => {
    const own = folderWith({});
    const full = join(own, 'full');
    mkdirSync(full);
    chmodSync(own, 0o755);
    const [program = '', ...first] = scene.command;
    const words = (args: readonly string[]) => [program, ...first, ...args].map((word) => `'${word}'`).join(' ');
    const steps = {
      copy: 'COPY large /\n',
      run: 'RUN head -c 60000000 /dev/zero > /large\n',
    };
    for (const [name, text] of Object.entries(steps)) {
      const context = contextWith({ Dockerfile: `FROM busybox\n${text}`, large: 'x'.repeat(60_000_000) });
      const small = contextWith({ Dockerfile: 'FROM busybox\nRUN echo 1 > /one\n' });
      const script = [
        `mount -t tmpfs -o size=40m,mode=777 tmpfs ${full}`,
        words(['load', '-q', '--store', `${full}/s`, '-i', scene.base]),
        `{ ${words([...BUILD, '--store', `${full}/s`, context])}; echo "code $?"; }`,
        words([...BUILD, '--store', `${full}/s`, small]),
        words(['store', 'verify', '--store', `${full}/s`]),
        `ls ${full}/s/1/work`,
      ].join(' && ');
      const { status, stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script], {
        env: scene.env,
        encoding: 'utf8',
        cwd: scene.folder,
      });
      expect(stderr, name).toMatch(/disk is full|No space left on device/);
      expect(stdout, name).toMatch(/^sha256:\w+\ncode 3\nsha256:\w+\n$/);
      expect(status, name).toBe(0);
    }
  });

  it.runIf(isHere)(
    'an archive of an address that does not end fills the disk, is told, and leaves nothing',
    async () => {
      const own = folderWith({});
      const full = join(own, 'full');
      mkdirSync(full);
      chmodSync(own, 0o755);
      const large = tarHeader({ path: 'x', type: 'file', mode: 0o644, uid: 0, gid: 0, mtime: 0, size: 2 ** 40 });
      const { url } = await siteOf({
        '/endless.tar': (_request, response) => {
          response.write(large);
          const more = () => {
            while (!response.destroyed && response.write(Buffer.alloc(1 << 16)));
            response.once('drain', more);
          };
          more();
        },
      });
      const command = [...scene.command, ...BUILD, '--store', `${full}/s`, `${url}/endless.tar`];
      const script = [
        `mount -t tmpfs -o size=20m,mode=777 tmpfs ${full}`,
        `{ ${command.map((word) => `'${word}'`).join(' ')} 2>&1; echo "code $?"; }`,
        `ls ${full}/s/downloads ${full}/s/1/work`,
      ].join(' && ');
      const child = spawn('unshare', ['-m', 'sh', '-c', script], { env: scene.env, cwd: scene.folder });
      const told = await text(child.stdout);
      expect(told).toContain(`${url}/endless.tar: cannot write to ${full}/s: the disk is full`);
      expect(told).toContain('code 3');
      expect(told).toMatch(/work:\n\n.*downloads:\n$/s);
    },
  );

  it.runIf(isHere && builder !== undefined)('what may not be read or written is named', () => {
    const closed = (files: Readonly<Record<string, string>>, path: string) => {
      const context = contextWith(files);
      chmodSync(join(context, path), 0);
      return context;
    };
    const file = 'FROM scratch\nCOPY . /x/\n';
    const told = (context: string, ...more: string[]) => {
      const { status, stderr } = call(...BUILD, ...more, context);
      return `${status} ${stderr.replaceAll(context, 'CONTEXT')}`;
    };
    expect(told(closed({ Dockerfile: file, secret: '' }, 'secret'))).toMatch(
      /^3 .*secret.*(?:may not be read by this user)/s,
    );
    expect(told(closed({ Dockerfile: file, 'sub/f': '' }, 'sub'))).toMatch(
      /^3 .*sub.*(?:may not be read by this user)/s,
    );
    expect(told(closed({ Dockerfile: file }, 'Dockerfile'))).toMatch(/^2 .*Dockerfile.*permission denied/s);
    expect(told(closed({ Dockerfile: file, '.dockerignore': 'a\n' }, '.dockerignore'))).toMatch(/^2 .*\.dockerignore/s);
    const plain = contextWith({ Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' });
    expect(told(plain, '-o', 'type=oci,dest=/root/none/x.tar')).toMatch(/^2 iechorlint: [^\n]*\/root\/none[^\n]*\n$/);
    const none = spawnSync(
      scene.command[0] ?? '',
      [...scene.command.slice(1), ...BUILD, '--store', '/root/none', plain],
      {
        env: scene.env,
        cwd: scene.folder,
        encoding: 'utf8',
      },
    );
    expect(`${none.status} ${none.stderr}`).toMatch(/^[23] iechorlint: .*\/root\/none.*/);
    expect(none.stderr).not.toContain('    at ');
  });
});

describe.runIf(isReady)('a registry that a build starts from', { timeout: 60_000 }, () => {
  const cut: Twist = ({ url }, response) => {
    if (!url.includes('/blobs/sha256:')) return false;
    response.writeHead(200, { 'content-length': '100000' });
    response.write('x');
    setTimeout(() => response.destroy(), 20);
    return true;
  };
  const lie: Twist = ({ url }, response) => {
    if (!url.includes('/blobs/sha256:')) return false;
    response.end('something else');
    return true;
  };
  const fail: Twist = ({ url }, response) => {
    if (!url.includes('/manifests/')) return false;
    response.writeHead(500).end('{"errors":[]}');
    return true;
  };

  it.each<[string, Twist, RegExp]>([
    ['breaks off', cut, /iEchorfile:1: .*127\.0\.0\.1/],
    ['lies about digests', lie, /iEchorfile:1: .*(?:digest|content|bytes)/],
    ['fails', fail, /iEchorfile:1: .*500/],
  ])('that %s is told, and nothing of it stays', async (_what, twist, message) => {
    const registry = await fakeRegistry();
    const name = `${registry.host}/base:1`;
    const env = { PATH: process.env.PATH ?? '' };
    const store = openStore(folderWith({}));
    const context = folderWith({ iEchorfile: `FROM ${name}\nCOPY f /\n`, f: '' });
    const first = folderWith({ iEchorfile: 'FROM scratch\nCOPY f /base\n', f: 'base' });
    const pushed = await runIn(first, ['build', '--no-lint', '--store', folderWith({}), '-t', name, '--push', '.'], {
      env,
    });
    expect(pushed.code).toBe(0);
    const build = () => runIn(context, ['build', '--no-lint', '--store', store.folder, '-q', '.'], { env });
    registry.twist = twist;
    const { code, stderr } = await build();
    expect(code).toBe(3);
    expect(stderr).toMatch(message);
    expect(store.names()).toEqual([]);
    registry.twist = () => false;
    expect((await build()).code).toBe(0);
    const verified = await runIn(context, ['store', 'verify', '--store', store.folder], { env });
    expect([verified.code, verified.stdout]).toEqual([0, '']);
  });
});

describe.runIf(isReady)('an image that is hostile', { timeout: 60_000 }, () => {
  it('leads no copy, no mount and no step out of it', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'iechorlint-outside-'));
    writeFileSync(join(outside, 'kept'), 'kept');
    const store = openStore(folderWith({}));
    const scene = sceneOf(mkdtempSync(join(outside, 'scene-')), cli, undefined);
    await runIn('/', ['load', '-q', '--store', store.folder, '-i', scene.base]);
    const base = store.image('docker.io/library/busybox:latest');
    const links = imageIn(store, [
      { path: 'link', type: 'symlink', link: outside },
      { path: 'up', type: 'symlink', link: `../../../../../..${outside}` },
      { path: 'etc/hosts', type: 'symlink', link: join(outside, 'kept') },
      { path: 'etc/resolv.conf', type: 'symlink', link: join(outside, 'kept') },
      { path: 'proc', type: 'symlink', link: outside },
    ]);
    const layers = [...(base?.layers ?? []), ...links.layers];
    const rootfs = { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) } as const;
    const image = { json: { ...links.json, rootfs, history: [] }, layers };
    store.saveImage(image, ['docker.io/library/hostile:latest']);
    const file =
      'FROM hostile\nCOPY f /link/f\nCOPY f /up/g\nWORKDIR /link/w\nRUN --mount=type=cache,target=/link/cache touch /link/cache/x /link/step; echo x > /link/kept; ls /proc/self || true\nADD f /link/kept\n';
    const context = folderWith({ iEchorfile: file, f: 'f' });
    const { stderr } = await runIn(context, ['build', '--no-lint', '--network', 'none', '--store', store.folder, '.'], {
      env: { PATH: process.env.PATH ?? '' },
    });
    expect(stderr).toMatch(/built|iEchorfile:\d+/);
    rmSync(join(outside, readdirSync(outside).find((name) => name.startsWith('scene-')) ?? 'none'), {
      recursive: true,
    });
    expect(readdirSync(outside)).toEqual(['kept']);
    expect(readFileSync(join(outside, 'kept'), 'utf8')).toBe('kept');
    expect(existsSync(join(outside, 'w'))).toBe(false);
    rmSync(outside, { recursive: true });
  });
});
