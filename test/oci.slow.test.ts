import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createProxy } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect as dial } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../src/build/store.ts';
import { archiveFiles, folderFiles } from '../src/oci/archive.ts';
import { digestOf, imageIdOf } from '../src/oci/image.ts';
import { validate } from '../src/oci/validate.ts';
import { bundleCli } from './support/bundle.ts';
import { folderWith } from './support/cli.ts';
import { archiveOf, ENTRIES_OF_ALL_KINDS, imageIn } from './support/images.ts';
import { freePort } from './support/ports.ts';

const hasProgram = (name: string): boolean => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
const has = {
  skopeo: hasProgram('skopeo'),
  umoci: hasProgram('umoci'),
  buildah: hasProgram('buildah') && process.getuid?.() === 0,
  registry: hasProgram('docker-registry') && hasProgram('skopeo'),
  zstd: 'zstdCompress' in (await import('node:zlib')) || hasProgram('zstd'),
  openssl: hasProgram('openssl'),
  mounts: process.platform === 'linux' && spawnSync('unshare', ['-m', 'true']).status === 0,
};
for (const [what, isHere] of Object.entries(has))
  if (!isHere) console.warn(`No ${what} here: what it makes of our images, or we of its, is not tried.`);

let cli = '';
let remove = () => {};
let registry: { host: string; process: ChildProcess } | undefined;
const work = mkdtempSync(join(tmpdir(), 'iechorlint-oci-'));

beforeAll(async () => {
  const bundle = await bundleCli();
  cli = bundle.file;
  remove = bundle.remove;
  if (has.registry) registry = await startRegistry();
}, 120_000);

afterAll(() => {
  registry?.process.kill();
  remove();
  rmSync(work, { recursive: true, force: true });
});

const startRegistry = async () => {
  const host = `127.0.0.1:${await freePort()}`;
  const config = join(work, 'registry.yml');
  writeFileSync(
    config,
    `version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: ${work}/registry\nhttp:\n  addr: ${host}\n`,
  );
  const started = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
  for (let tries = 0; tries < 100; tries++) {
    await pause(100);
    const isUp = await fetch(`http://${host}/v2/`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return { host, process: started };
  }
  throw new Error('docker-registry does not start');
};

const run = (program: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26, cwd: work });
  return { status, stdout, stderr };
};

/** What must not fail. */
const sure = (program: string, ...args: string[]): string => {
  const { status, stdout, stderr } = run(program, ...args);
  expect(`${program} ${args.join(' ')}: ${status} ${status === 0 ? '' : stderr}`).toBe(
    `${program} ${args.join(' ')}: 0 `,
  );
  return stdout;
};

const ours = (...args: string[]): string => sure(process.execPath, cli, ...args);

const NO_IMAGE = 'the registry has no such image, or shows it to nobody without a login; is the name right?';
const NAME = 'example.com/team/app:1';

/** A store with an image that has something of everything. */
const stocked = (): { store: Store; folder: string; id: string } => {
  const store = openStore(folderWith({}));
  const image = imageIn(
    store,
    [
      { path: 'etc', type: 'directory', mode: 0o755 },
      { path: 'etc/passwd', content: 'root:x:0:0::/:/bin/sh\n' },
      ...ENTRIES_OF_ALL_KINDS,
    ],
    [
      { path: '.wh.gone' },
      { path: 'link', type: 'symlink', link: '/etc/passwd' },
      { path: 'large', content: Buffer.alloc(3_000_000, 'large') },
    ],
  );
  return { store, folder: store.folder, id: store.saveImage(image, [NAME]) };
};

/** The same, in a store that this process does not hold open. */
const stockedElsewhere = (): { folder: string; id: string } => {
  const { folder: from, id } = stocked();
  const folder = folderWith({});
  ours('save', '--store', from, '-o', join(work, 'elsewhere.tar'), NAME);
  ours('load', '--store', folder, '-i', join(work, 'elsewhere.tar'));
  return { folder, id };
};

const FORMS = ['none', 'gzip', ...(has.zstd ? ['zstd'] : [])];

describe('archives', { timeout: 120_000 }, () => {
  it.each(FORMS)('of %s are as the specification has them', async (form) => {
    const { folder } = stocked();
    const file = join(work, `valid-${form}.tar`);
    ours('save', '--store', folder, '--compression', form, '-o', file, NAME);
    const files = archiveFiles(file);
    expect(await validate(files)).toEqual([]);
    files.close();
  });

  it.skipIf(!has.skopeo).each(FORMS)('of %s are taken by skopeo, and its own by us', (form) => {
    const { folder, id } = stocked();
    const file = join(work, `skopeo-${form}.tar`);
    ours('save', '--store', folder, '--compression', form, '-o', file, NAME);
    expect(sure('skopeo', 'inspect', '--config', `oci-archive:${file}`)).toContain('COPY 1 / # buildkit');
    sure('skopeo', 'copy', `oci-archive:${file}`, `oci:${work}/skopeo-layout-${form}:x`);
    sure('skopeo', 'copy', `docker-archive:${file}`, `docker-archive:${work}/skopeo-docker-${form}.tar:hello:1`);
    for (const place of [`skopeo-layout-${form}`, `skopeo-docker-${form}.tar`]) {
      const other = folderWith({});
      expect(ours('load', '--store', other, '-q', join(work, place)).trim()).toBe(id);
    }
  });

  it.skipIf(!has.umoci)('unpacked by umoci are the files that they hold', () => {
    const { folder } = stocked();
    const file = join(work, 'umoci.tar');
    ours('save', '--store', folder, '--compression', 'gzip', '-o', file, NAME);
    sure('sh', '-c', `mkdir -p umoci && tar -C umoci -xf ${file}`);
    sure('umoci', 'unpack', '--rootless', '--image', 'umoci:1', 'unpacked');
    const root = join(work, 'unpacked', 'rootfs');
    expect(readdirSync(root).toSorted()).toEqual(['bin', 'deep', 'etc', 'häßlich 漢字', 'large', 'link'].toSorted());
    expect(readFileSync(join(root, 'deep/'.repeat(40), 'file'), 'utf8')).toBe('deep');
  });

  it.skipIf(!has.buildah)('are taken by buildah', () => {
    const { folder } = stocked();
    const file = join(work, 'buildah.tar');
    ours('save', '--store', folder, '--compression', 'gzip', '-o', file, NAME);
    const own = ['--root', join(work, 'b'), '--runroot', join(work, 'br'), '--storage-driver', 'vfs'];
    sure('buildah', ...own, 'pull', `oci-archive:${file}`);
    sure('buildah', ...own, 'pull', `docker-archive:${file}`);
  });
});

describe.skipIf(!has.registry)('a registry (docker-registry, skopeo)', { timeout: 120_000 }, () => {
  it.each(FORMS)('takes %s, and skopeo takes it from there', async (form) => {
    const { folder, id } = stocked();
    const name = `${registry?.host}/team/${form}:1`;
    ours('tag', '--store', folder, NAME, name);
    const digest = ours('push', '-q', '--store', folder, '--compression', form, name).trim();
    expect(sure('skopeo', 'inspect', '--tls-verify=false', '--format', '{{.Digest}}', `docker://${name}`).trim()).toBe(
      digest,
    );
    const place = join(work, `from-registry-${form}`);
    sure('skopeo', 'copy', '--src-tls-verify=false', `docker://${name}`, `oci:${place}:1`);
    expect(await validate(folderFiles(place))).toEqual([]);
    const other = folderWith({});
    expect(ours('pull', '--store', other, '-q', name).trim()).toBe(id);
    expect(ours('search', `${registry?.host}/${form}`)).toMatch(new RegExp(`${registry?.host}/team/${form} +tags: 1`));
  });

  it.each(['oci', 'v2s2'])('gives what skopeo has put there as %s', (format) => {
    const { folder, id } = stocked();
    const file = join(work, `put-${format}.tar`);
    ours('save', '--store', folder, '-o', file, NAME);
    const name = `${registry?.host}/put/${format}:1`;
    sure('skopeo', 'copy', '--dest-tls-verify=false', '--format', format, `docker-archive:${file}`, `docker://${name}`);
    const other = folderWith({});
    ours('pull', '--store', other, name);
    const layers = (of: string, which: string) => openStore(of).image(which)?.layers;
    expect(layers(other, name)).toEqual(layers(folder, id));
    // What came from there need not be sent again.
    ours('tag', '--store', other, name, `${registry?.host}/again/${format}:1`);
    const { stderr } = run(process.execPath, cli, 'push', '--store', other, `${registry?.host}/again/${format}:1`);
    expect(stderr.match(/taken over from another repository/g)).toHaveLength(2);
  });
});

describe.skipIf(!has.openssl)('certificates (openssl)', () => {
  it('of nobody known are refused, unless the registry is named', async () => {
    const [key, certificate] = [join(work, 'key.pem'), join(work, 'cert.pem')];
    sure(
      'openssl',
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=localhost',
      '-keyout',
      key,
      '-out',
      certificate,
    );
    let env: Record<string, string> = {};
    const seen: (string | undefined)[] = [];
    const server = createSecureServer(
      { key: readFileSync(key), cert: readFileSync(certificate) },
      (request, response) => {
        seen.push(request.url);
        response.writeHead(404).end();
      },
    );
    await new Promise<void>((done) => server.listen(0, '0.0.0.0', done));
    const address = server.address();
    const host = `0.0.0.0:${typeof address === 'object' && address ? address.port : 0}`;
    const folder = folderWith({});
    const pull = (...args: string[]) =>
      new Promise<string>((done) => {
        const child = spawn(process.execPath, [cli, 'pull', '--store', folder, `${host}/a/b:1`, ...args], {
          env: { ...process.env, ...env },
        });
        let text = '';
        child.stderr.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        child.on('close', () => done(text));
      });
    const refused = `iechorlint: cannot reach ${host}: its certificate is signed by itself; --insecure-registry takes it\n`;
    expect(await pull()).toBe(refused);
    expect(seen).toEqual([]);
    expect(await pull('--insecure-registry', host)).toBe(`iechorlint: cannot pull ${host}/a/b:1: ${NO_IMAGE}\n`);
    expect(seen).toEqual(['/v2/', '/v2/a/b/manifests/1']);
    const tunnels: (string | undefined)[] = [];
    const proxy = createProxy().on('connect', ({ url }, socket) => {
      tunnels.push(url);
      const onward = dial(Number(host.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      socket.on('error', () => onward.destroy());
      onward.on('error', () => socket.destroy());
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
    const place = proxy.address();
    env = { HTTPS_PROXY: `http://127.0.0.1:${typeof place === 'object' && place ? place.port : 0}` };
    expect(await pull('--insecure-registry', host)).toBe(`iechorlint: cannot pull ${host}/a/b:1: ${NO_IMAGE}\n`);
    expect(await pull()).toBe(refused);
    expect(tunnels).toEqual([host, host, host]);
    proxy.close();
    proxy.closeAllConnections();
    server.close();
    server.closeAllConnections();
  });
});

describe('faults', { timeout: 240_000 }, () => {
  const archiveAt = (file: string, size: number): string => {
    const content = Buffer.alloc(size);
    for (let at = 0; at < size; at += 4096) content.write(String(at * 7919), at);
    const layers = [
      archiveOf({ path: 'one', content }),
      archiveOf({ path: 'two', content: content.subarray(0, size / 2) }),
    ];
    const config = JSON.stringify({
      os: 'linux',
      architecture: 'amd64',
      rootfs: { type: 'layers', diff_ids: layers.map((layer) => digestOf(layer)) },
    });
    const manifest = JSON.stringify([{ Config: 'config.json', RepoTags: ['large:1'], Layers: ['1.tar', '2.tar'] }]);
    const entries = [
      ['config.json', config],
      ['1.tar', gzipSync(layers[0] ?? '')],
      ['2.tar', layers[1] ?? ''],
      ['manifest.json', manifest],
    ] as const;
    writeFileSync(file, archiveOf(...entries.map(([path, each]) => ({ path, content: each }))));
    return digestOf(config);
  };

  it('killed at any moment, a load loses nothing and leaves nothing', async () => {
    const { folder, id } = stockedElsewhere();
    const file = join(work, 'large.tar');
    archiveAt(file, 24_000_000);
    for (let time = 0; time < 25; time++) {
      const child = spawn(process.execPath, [cli, 'load', '--store', folder, '-i', file], { stdio: 'ignore' });
      const ended = new Promise((done) => child.on('exit', done));
      await pause(60 + time * 25);
      child.kill('SIGKILL');
      await ended;
      expect(openStore(folder).image(NAME)).toBeDefined();
    }
    expect(ours('store', 'verify', '--store', folder)).toBe('');
    ours('load', '--store', folder, '-i', file);
    expect(
      openStore(folder)
        .names()
        .map(({ name }) => name),
    ).toContain('docker.io/library/large:1');
    expect(openStore(folder).image(id)).toBeDefined();
    expect(readdirSync(join(folder, '1', 'work'))).toEqual([]);
    expect(readdirSync(join(folder, '1', 'names')).filter((name) => !name.endsWith('%3A1'))).toEqual([]);
  });

  it('killed at any moment, a build loses nothing, and the next makes what it would have', async () => {
    const { folder } = stockedElsewhere();
    const context = folderWith({
      Dockerfile:
        'FROM scratch AS one\nCOPY large /a\nWORKDIR /w\nFROM scratch\nCOPY --from=one /a /b\nCOPY small /c/\n',
      large: Buffer.alloc(9_000_000, 'large'),
      small: 'small',
    });
    const build = (store: string) => [cli, 'build', context, '--store', store, '--no-lint', '-q', '-t', 'built'];
    const undisturbed = sure(process.execPath, ...build(folderWith({})));
    for (let time = 0; time < 30; time++) {
      const child = spawn(process.execPath, build(folder), { stdio: 'ignore' });
      const ended = new Promise((done) => child.on('exit', done));
      await pause(50 + time * 12);
      child.kill('SIGKILL');
      await ended;
      expect(openStore(folder).image(NAME)).toBeDefined();
      const half = openStore(folder).image('docker.io/library/built:latest');
      if (half) expect(imageIdOf(half)).toBe(undisturbed.trim());
      if (time % 10 === 9) ours('rmi', '--store', folder, ...(half ? ['built'] : []), ...(half ? [] : [NAME]));
      if (time % 10 === 9) ours('prune', '--store', folder);
      if (time % 10 === 9 && !half) ours('load', '--store', folder, '-i', join(work, 'elsewhere.tar'));
    }
    expect(sure(process.execPath, ...build(folder))).toBe(undisturbed);
    expect(ours('store', 'verify', '--store', folder)).toBe('');
    expect(readdirSync(join(folder, '1', 'work'))).toEqual([]);
    expect(readdirSync(context).toSorted()).toEqual(['Dockerfile', 'large', 'small']);
  });

  it('killed at any moment, a prune leaves each layer whole or not at all', async () => {
    const { folder } = stockedElsewhere();
    const layers = join(folder, '1', 'layers');
    const files = Array.from({ length: 400 }, (_, at) => String(at));
    for (let time = 0; time < 20; time++) {
      for (let layer = 0; layer < 12; layer++) {
        const place = join(layers, String(layer).repeat(64).slice(0, 64));
        mkdirSync(place, { recursive: true });
        for (const file of files) writeFileSync(join(place, file), '');
      }
      const child = spawn(process.execPath, [cli, 'prune', '--store', folder], { stdio: 'ignore' });
      const ended = new Promise((done) => child.on('exit', done));
      await pause(80 + time * 12);
      child.kill('SIGKILL');
      await ended;
      for (const name of readdirSync(layers)) expect(readdirSync(join(layers, name))).toHaveLength(files.length);
      expect(openStore(folder).image(NAME)).toBeDefined();
    }
    ours('prune', '--store', folder);
    expect([readdirSync(layers), readdirSync(join(folder, '1', 'work'))]).toEqual([[], []]);
  });

  it('several at once on one store do each what they would alone', async () => {
    const folder = folderWith({});
    const files = [1, 2, 3].map((number) => join(work, `several-${number}.tar`));
    const ids = files.map((file, at) => archiveAt(file, 3_000_000 + at * 4096));
    const children = [...files, ...files].map(
      (file) =>
        new Promise((done) =>
          spawn(process.execPath, [cli, 'load', '--store', folder, '-q', '-i', file], { stdio: 'inherit' }).on(
            'exit',
            done,
          ),
        ),
    );
    expect(await Promise.all(children)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(ours('store', 'verify', '--store', folder)).toBe('');
    for (const id of ids) expect(openStore(folder).image(id)?.layers).toHaveLength(2);
  });

  it.skipIf(!has.mounts)('a full disk is told, and frees what was begun', () => {
    const file = join(work, 'full.tar');
    archiveAt(file, 8_000_000);
    const place = folderWith({});
    const script = `mount -t tmpfs -o size=6m tmpfs ${place} && ${process.execPath} ${cli} load --store ${place}/s -i ${file}; code=$?; find ${place}/s/1/work -type f | wc -l; exit $code`;
    const { status, stdout, stderr } = run('unshare', '-m', 'sh', '-c', script);
    expect(stderr).toBe(
      `iechorlint: cannot write to ${place}/s: the disk is full; \`iechorlint prune\` deletes what no image needs, --store names another place\n`,
    );
    expect([status, stdout.trim()]).toEqual([3, '0']);
  });

  it.skipIf(process.platform !== 'linux')('memory does not grow with layers', () => {
    const folder = folderWith({});
    const file = join(work, 'huge.tar');
    const script = `set -e; d=$(mktemp -d); truncate -s 400M $d/zeros; tar -C $d -cf $d/l.tar zeros; id=$(sha256sum < $d/l.tar | cut -d' ' -f1)
      printf '{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' $id > $d/c.json
      printf '[{"Config":"c.json","RepoTags":["huge:1"],"Layers":["l.tar"]}]' > $d/manifest.json
      tar -C $d -cf ${file} c.json l.tar manifest.json; rm -r $d`;
    sure('bash', '-c', script);
    // What getrusage tells begins with the size of the process that started this one.
    const watch =
      'data:text/javascript,import{readFileSync}from"node:fs";process.on("exit",()=>console.error(readFileSync("/proc/self/status","utf8")))';
    const peak = (...args: string[]): number => {
      const { status, stderr } = run(process.execPath, '--import', watch, cli, ...args);
      expect(status).toBe(0);
      return Number(/VmHWM:\s+(\d+)/.exec(stderr)?.[1]) / 1024;
    };
    expect(peak('load', '--store', folder, '-i', file)).toBeLessThan(200);
    expect(
      peak('save', '--store', folder, '--compression', 'gzip', '-o', join(work, 'huge-out.tar'), 'huge:1'),
    ).toBeLessThan(200);
    expect(existsSync(join(work, 'huge-out.tar'))).toBe(true);
  });
});
