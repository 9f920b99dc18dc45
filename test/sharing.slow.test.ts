import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleCli } from './support/bundle.ts';
import { archiveOf } from './support/images.ts';
import { freePort } from './support/ports.ts';

const hasProgram = (name: string): boolean => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
const canRun =
  process.platform === 'linux' &&
  process.geteuid?.() === 0 &&
  existsSync('/bin/busybox') &&
  hasProgram('docker-registry');
if (!canRun) console.warn('caches with steps are left out: they need Linux, root, busybox and docker-registry');
const hasSkopeo = hasProgram('skopeo');
const hasBuildah = hasProgram('buildah');

let work = '';
let cli = '';
let remove = () => {};
let host = '';
let registry: ChildProcess | undefined;
beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'iechorlint-sharing-'));
  const bundle = await bundleCli();
  cli = bundle.file;
  remove = bundle.remove;
  if (canRun) await startRegistry();
}, 120_000);
afterAll(() => {
  remove();
  registry?.kill();
  rmSync(work, { recursive: true, force: true });
});

const startRegistry = async () => {
  host = `127.0.0.1:${await freePort()}`;
  const storage = `storage:\n  filesystem:\n    rootdirectory: ${work}/registry\n`;
  writeFileSync(join(work, 'registry.yml'), `version: 0.1\n${storage}http:\n  addr: ${host}\n`);
  registry = spawn('docker-registry', ['serve', join(work, 'registry.yml')], { stdio: 'ignore' });
  for (let tries = 0; tries < 100; tries++) {
    await pause(100);
    if (
      await fetch(`http://${host}/v2/`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
  }
  throw new Error('docker-registry does not start');
};

const FILE = `FROM scratch AS tools
ADD tools.tar /
FROM tools AS maker
COPY src /src
RUN --mount=type=secret,id=token --mount=type=cache,target=/cache cat /run/secrets/token > /dev/null; \\
    echo cache-content > /cache/kept; cat /src/a > /out; head -c 1000000 /dev/urandom > /large
FROM tools
COPY --from=maker /out /out
RUN --mount=from=maker,target=/maker ls /maker > /list
RUN rm /list && mkdir /made && echo made > /made/file
`;

const contextOf = (): string => {
  const context = mkdtempSync(join(work, 'context-'));
  const busybox = readFileSync('/bin/busybox');
  const links = ['sh', 'cat', 'ls', 'head', 'echo', 'rm', 'mkdir'].map((name) => ({
    path: `bin/${name}`,
    type: 'symlink' as const,
    link: 'busybox',
  }));
  writeFileSync(
    join(context, 'tools.tar'),
    archiveOf({ path: 'bin/busybox', content: busybox, mode: 0o755 }, ...links),
  );
  mkdirSync(join(context, 'src'));
  writeFileSync(join(context, 'src/a'), 'a');
  writeFileSync(join(context, 'token'), 'very-secret-token');
  writeFileSync(join(context, '.dockerignore'), 'token\n');
  writeFileSync(join(context, 'iEchorfile'), FILE);
  return context;
};

const ours = (cwd: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, [cli, ...args], { cwd, encoding: 'utf8' });

const built = (context: string, args: readonly string[], store = mkdtempSync(join(work, 'store-'))) => {
  const all = ['--build', '--no-lint', '--secret', 'id=token,src=token', '--store', store, ...args, '.'];
  const { status, stderr } = ours(context, ...all);
  expect(stderr).toContain('built');
  expect(status).toBe(0);
  const made = stderr.split('\n').filter((line) => /\] done/.test(line));
  return { store, stderr, made, id: /built (sha256:[0-9a-f]+)/.exec(stderr)?.[1] };
};

/** Every blob below a folder, as it is once it is decompressed. */
const contentsBelow = (folder: string): readonly Buffer[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => readFileSync(join(each.parentPath, each.name)))
    .map((bytes) => (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes));

describe.runIf(canRun)('a cache of steps', () => {
  const places = (): readonly (readonly [string, string])[] => [
    ['type=local,src=', `${mkdtempSync(join(work, 'cache-'))}`],
    ['type=registry,ref=', `${host}/team/app:cache`],
  ];

  it.each(['min', 'max'])('of mode %s, in a folder or a registry, lets an empty store run nothing', (mode) => {
    const context = contextOf();
    for (const [from, place] of places()) {
      const to = from.replace('src=', 'dest=');
      const first = built(context, ['--cache-to', `${to}${place},mode=${mode}`]);
      const second = built(context, ['--cache-from', `${from}${place}`]);
      expect(second.made).toEqual([]);
      expect(second.id).toBe(first.id);
      writeFileSync(join(context, 'iEchorfile'), `${FILE}RUN echo more > /more\n`);
      const third = built(context, ['--cache-from', `${from}${place}`]);
      expect(third.made.map((line) => line.replace(/ done.*/, ''))).toEqual(['[stage-2 4/4]']);
      writeFileSync(join(context, 'iEchorfile'), FILE);
    }
  });

  it('takes the layers of another stage when a step looks into it', () => {
    const context = contextOf();
    const cache = mkdtempSync(join(work, 'cache-'));
    built(context, ['--cache-to', `type=local,dest=${cache},mode=max`]);
    writeFileSync(join(context, 'iEchorfile'), FILE.replace('ls /maker', 'ls -l /maker'));
    const { made } = built(context, ['--cache-from', `type=local,src=${cache}`]);
    expect(made.map((line) => line.replace(/ done.*/, ''))).toEqual(['[stage-2 2/3]', '[stage-2 3/3]']);
  });

  it('that turns out to be damaged when steps have run already is done without', () => {
    const context = contextOf();
    const file = (more: string, place: string) =>
      `${FILE.slice(0, FILE.lastIndexOf('FROM'))}FROM tools AS other\nRUN echo ${more} > /more\n` +
      `FROM tools\nCOPY --from=other /more /more\nCOPY --from=maker /out /${place}\nRUN echo last > /last\n`;
    writeFileSync(join(context, 'iEchorfile'), file('a', 'one'));
    const cache = mkdtempSync(join(work, 'cache-'));
    built(context, ['--cache-to', `type=local,dest=${cache},mode=max`]);
    const blobs = join(cache, 'blobs/sha256');
    for (const name of readdirSync(blobs)) {
      const bytes = readFileSync(join(blobs, name));
      // That of the stage with a file of a million bytes.
      const size = bytes[0] === 0x1f ? gunzipSync(bytes).length : 0;
      if (size > 1_000_000 && size < 1_100_000) writeFileSync(join(blobs, name), bytes.fill(7, 99));
    }
    writeFileSync(join(context, 'iEchorfile'), file('b', 'two'));
    const { stderr, id, store } = built(context, ['--cache-from', `type=local,src=${cache}`]);
    expect(stderr).toMatch(/other 1\/1\] done.*is not used any more/s);
    expect(built(context, [], store).id).toBe(id);
  });

  it('holds neither secrets nor cache mounts', () => {
    const context = contextOf();
    const cache = mkdtempSync(join(work, 'cache-'));
    const { store } = built(context, ['--cache-to', `type=local,dest=${cache},mode=max`, '--build-arg', 'X=arg-value']);
    expect(contentsBelow(join(store, 'mounts')).some((each) => each.includes('cache-content'))).toBe(true);
    const contents = contentsBelow(cache);
    expect(contents.length).toBeGreaterThan(5);
    for (const text of ['very-secret-token', 'cache-content\n', 'arg-value'])
      expect(contents.filter((each) => each.includes(text))).toEqual([]);
  });

  it('of another commit makes the same image at the time of that commit', () => {
    const context = contextOf();
    const cache = mkdtempSync(join(work, 'cache-'));
    const at = (time: string) => ['--build-arg', `SOURCE_DATE_EPOCH=${time}`];
    built(context, [...at('1000000000'), '--cache-to', `type=local,dest=${cache}`]);
    const warm = built(context, [...at('1100000000'), '--cache-from', `type=local,src=${cache}`]);
    const again = built(context, [...at('1100000000')], warm.store);
    expect(warm.made).toEqual([]);
    expect(again.id).toBe(warm.id);
  });
});

const sure = (program: string, ...args: string[]): string => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26, cwd: work });
  expect(`${program}: ${status} ${status === 0 ? '' : stderr}`).toBe(`${program}: 0 `);
  return stdout;
};

describe.runIf(canRun)('an image with attestations', () => {
  it.runIf(hasSkopeo)('is taken by skopeo, from a layout, an archive and a registry', () => {
    const context = contextOf();
    const name = `${host}/team/attested:1`;
    const out = join(work, 'attested');
    const { stderr } = built(context, [
      ...['-t', name, '--provenance=mode=max', '--sbom=true', '--push'],
      ...['-o', `type=oci,dest=${out}.tar`, '-o', `type=oci,dest=${out},tar=false`],
    ]);
    const pushed = /@(sha256:[0-9a-f]{64})/.exec(stderr)?.[1] ?? '';
    const raw = JSON.parse(sure('skopeo', 'inspect', '--raw', '--tls-verify=false', `docker://${name}`));
    expect(raw.manifests).toHaveLength(2);
    expect(raw.manifests[1].annotations['vnd.docker.reference.digest']).toBe(raw.manifests[0].digest);
    // The same index, wherever it goes.
    expect(JSON.parse(readFileSync(join(out, 'index.json'), 'utf8')).manifests[0].digest).toBe(pushed);
    for (const place of [`docker://${name}`, `oci:${out}:1`, `oci-archive:${out}.tar:1`]) {
      const inspected = JSON.parse(sure('skopeo', 'inspect', '--tls-verify=false', place));
      expect(inspected.Layers).toHaveLength(4);
      rmSync(join(work, 'copied'), { recursive: true, force: true });
      sure('skopeo', 'copy', '--all', '--src-tls-verify=false', place, `oci:${join(work, 'copied')}:all`);
      expect(readdirSync(join(work, 'copied/blobs/sha256'))).toHaveLength(1 + 2 + 4 + 1 + 2 + 1);
    }
    sure('skopeo', 'copy', `docker-archive:${out}.tar`, `dir:${join(work, 'dir')}`);
  });

  it.runIf(hasBuildah)('is taken by buildah, and again by us', () => {
    const context = contextOf();
    const name = `${host}/team/attested:2`;
    const { id } = built(context, ['-t', name, '--provenance=true', '--push']);
    const folders = [
      '--root',
      join(work, 'buildah'),
      '--runroot',
      join(work, 'buildah-run'),
      '--storage-driver',
      'vfs',
    ];
    const pulled = sure('buildah', ...folders, 'pull', '-q', '--tls-verify=false', name);
    expect(`sha256:${pulled.trim()}`).toContain(id);
    const store = mkdtempSync(join(work, 'store-'));
    const { status, stdout } = ours(work, 'pull', '--quiet', '--store', store, name);
    expect(stdout).toContain(id);
    expect(status).toBe(0);
  });
});
