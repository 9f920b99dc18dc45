import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ENDS, MACHINES, probeOf, runsHere } from '../src/build/sandbox/foreign.ts';
import { BUSYBOX } from '../src/dev/busybox.ts';
import { HOST_PLATFORM } from '../src/oci/platform.ts';
import { canBuild, context, put, store } from './support/build-place.ts';
import { runIn } from './support/cli.ts';

const hasProgram = (name: string): boolean => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
const isRoot = process.geteuid?.() === 0;
const isReady = canBuild && isRoot && BUSYBOX !== undefined;
if (!isReady) console.warn('steps for several platforms are left out: they need Linux, root and a static busybox');

/** What Debian's qemu-user-static calls the processors. */
const EMULATORS: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  '386': 'i386',
  arm64: 'aarch64',
  arm: 'arm',
  riscv64: 'riscv64',
  ppc64le: 'ppc64le',
  s390x: 's390x',
  loong64: 'loongarch64',
};
const work = mkdtempSync(join(tmpdir(), 'iechorlint-platforms-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const foreign = Object.keys(MACHINES)
  .map((processor) => `linux/${processor}`)
  .find((platform) => canBuild && !runsHere(platform, work));
const has = {
  skopeo: hasProgram('skopeo'),
  umoci: hasProgram('umoci') && hasProgram('skopeo'),
  buildah: hasProgram('buildah') && isRoot,
  qemu: hasProgram('qemu-aarch64-static'),
  'platform that cannot be run': foreign !== undefined,
};
for (const [what, isHere] of Object.entries(has))
  if (!isHere) console.warn(`No ${what} here: what several platforms have to do with it is not tried.`);

const build = async (platforms: readonly string[], ...more: string[]) => {
  const usual = ['--build', '--no-lint', '--progress', 'plain', '--network', 'none', '--platform', platforms.join(',')];
  const env = { HOME: '/nowhere', PATH: process.env.PATH ?? '', IECHORLINT_STORE: store };
  return runIn(context, [...usual, ...more, '.'], { env });
};

const built = async (platforms: readonly string[], ...more: string[]) => {
  const result = await build(platforms, ...more);
  expect(`${result.code} ${result.code === 0 ? '' : result.stderr}`).toBe('0 ');
  return result;
};

const putShell = (file: string): void => {
  put('iEchorfile', file);
  copyFileSync(BUSYBOX ?? '', join(context, 'busybox'));
};

const SHELL = 'FROM --platform=$BUILDPLATFORM scratch AS sh\nCOPY --chmod=755 busybox /bin/sh\n';
const RANDOM = 'cat /proc/sys/kernel/random/uuid';
const OTHER = HOST_PLATFORM === 'linux/s390x' ? 'linux/riscv64' : 'linux/s390x';

describe.skipIf(!isReady)('steps of a stage that runs here', { timeout: 60_000 }, () => {
  it('are run once for all platforms, and those that ask for one are run for each', async () => {
    putShell(`${SHELL}FROM sh AS once\nRUN ${RANDOM} > /once
FROM sh AS each\nARG TARGETARCH\nRUN ${RANDOM} > /each; echo $TARGETARCH > /arch
FROM scratch\nCOPY --from=once /once /\nCOPY --from=each /each /arch /\n`);
    for (const more of [[], ['--no-cache']]) {
      await built([HOST_PLATFORM, OTHER], '-o', 'files', ...more);
      const [one, two] = [HOST_PLATFORM, OTHER].map((platform) => {
        const read = (name: string) => readFileSync(join(context, 'files', platform.replace('/', '_'), name), 'utf8');
        return { once: read('once'), each: read('each'), arch: read('arch') };
      });
      expect(one?.once).toBe(two?.once);
      expect(one?.each).not.toBe(two?.each);
      expect([one?.arch, two?.arch].map((text) => `linux/${text?.trim()}`)).toEqual([HOST_PLATFORM, OTHER]);
    }
  });

  it('that fail are told of once, and end the builds of all', async () => {
    putShell(`${SHELL}FROM sh\nRUN echo so; exit 7\n`);
    const { code, stderr } = await build([HOST_PLATFORM, OTHER]);
    expect(code).toBe(3);
    expect(stderr.match(/failed after/g)).toHaveLength(1);
    expect(stderr).toMatch(/iEchorfile:4: the command ended with exit code 7 \(for linux\/\w+\)/);
  });
});

describe.skipIf(!isReady || foreign === undefined)('a RUN that this machine cannot run', { timeout: 60_000 }, () => {
  const FILE = 'FROM scratch\nCOPY --chmod=755 busybox /bin/sh\nRUN echo so > /so\n';

  it('stops the build before anything is run', async () => {
    putShell(`${SHELL}RUN echo long\n${FILE}`);
    for (const platforms of [[HOST_PLATFORM, foreign ?? ''], [foreign ?? '']]) {
      const { code, stderr } = await build(platforms);
      expect(code).toBe(3);
      expect(stderr).toContain(
        `iEchorfile:6: this RUN is for ${foreign}, and this machine runs ${HOST_PLATFORM} alone: `,
      );
      expect(stderr).toContain('let the stage run here by FROM --platform=$BUILDPLATFORM');
      expect(stderr).not.toContain('COPY');
      const plan = await build(platforms, '--plan');
      expect([plan.code, plan.stderr]).toEqual([3, stderr]);
      expect(plan.stdout).toContain(`for ${foreign}`);
    }
  });

  it('is told with the line that decides what its stage is for', async () => {
    putShell(`FROM scratch AS sh\nCOPY --chmod=755 busybox /bin/sh\nFROM --platform=$BUILDPLATFORM sh\nRUN echo so\n`);
    const { code, stderr } = await build([foreign ?? '']);
    expect(code).toBe(3);
    expect(stderr).toContain('iEchorfile:4: this RUN is for');
    expect(stderr).toContain('by FROM --platform=$BUILDPLATFORM in line 1\n');
  });

  it('is no matter where it is not needed, or was run already', async () => {
    putShell(`FROM scratch AS unneeded\nRUN no\n${FILE}`);
    await built([HOST_PLATFORM], '--cache-to', 'type=local,dest=cache');
    // The same files and the same words: what they made is in the cache.
    await built([foreign ?? '']);
    const elsewhere = ['--store', join(context, 'elsewhere')];
    expect((await build([foreign ?? ''], ...elsewhere)).code).toBe(3);
    await built([foreign ?? ''], ...elsewhere, '--cache-from', 'type=local,src=cache');
  });

  it('is no image to run either', async () => {
    putShell('FROM scratch\nCOPY --chmod=755 busybox /bin/sh\nCMD ["sh", "-c", "true"]\n');
    await built([foreign ?? '', HOST_PLATFORM], '-t', 'app');
    const env = { HOME: '/nowhere', PATH: process.env.PATH ?? '', IECHORLINT_STORE: store };
    const { code, stderr } = await runIn(context, ['run', '--platform', foreign ?? '', 'app'], { env });
    expect(code).toBe(125);
    expect(stderr).toContain(`app is for ${foreign}, and this machine runs ${HOST_PLATFORM} alone: `);
    expect((await runIn(context, ['run', 'app'], { env })).code).toBe(0);
  });

  it('is one of its FROM, whatever the build is for', async () => {
    putShell(FILE.replace('FROM', `FROM --platform=${foreign}`));
    const { code, stderr } = await build([HOST_PLATFORM]);
    expect(code).toBe(3);
    expect(stderr).toContain(`this RUN is for ${foreign}`);
  });
});

describe.skipIf(!has.qemu)('the program that is tried', () => {
  it.each(Object.keys(MACHINES))('is one of %s', (processor) => {
    const machine = MACHINES[processor];
    const file = join(work, processor);
    if (machine) writeFileSync(file, probeOf(machine), { mode: 0o755 });
    expect(spawnSync(`qemu-${EMULATORS[processor]}-static`, [file]).status).toBe(ENDS);
  });
});

describe.skipIf(!canBuild)('other programs', { timeout: 60_000 }, () => {
  const sure = (program: string, ...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', cwd: context });
    expect(`${program} ${args.join(' ')}: ${status} ${status === 0 ? '' : stderr}`).toBe(
      `${program} ${args.join(' ')}: 0 `,
    );
    return stdout;
  };
  const make = async () => {
    put('iEchorfile', 'FROM scratch\nARG TARGETARCH\nCOPY for-$TARGETARCH /own\n');
    for (const platform of [HOST_PLATFORM, OTHER]) put(`for-${platform.split('/')[1]}`, platform);
    await built([HOST_PLATFORM, OTHER], '-t', 'app:1', '--provenance', 'true', '-o', 'type=oci,dest=out.tar');
  };

  it.skipIf(!has.skopeo)('read the index (skopeo)', async () => {
    await make();
    const { mediaType, manifests } = JSON.parse(sure('skopeo', 'inspect', '--raw', 'oci-archive:out.tar'));
    expect(mediaType).toBe('application/vnd.oci.image.index.v1+json');
    const platforms = manifests.map(({ platform: { os, architecture } }: { platform: Record<string, string> }) =>
      [os, architecture].join('/'),
    );
    expect(platforms).toEqual([HOST_PLATFORM, OTHER, 'unknown/unknown', 'unknown/unknown']);
    for (const platform of [HOST_PLATFORM, OTHER]) {
      const arch = platform.split('/')[1] ?? '';
      const found = JSON.parse(sure('skopeo', '--override-arch', arch, 'inspect', '--config', 'oci-archive:out.tar'));
      expect(found.architecture).toBe(arch);
    }
  });

  it.skipIf(!has.umoci)('unpack the files of each (skopeo, umoci)', async () => {
    await make();
    for (const platform of [HOST_PLATFORM, OTHER]) {
      const arch = platform.split('/')[1] ?? '';
      sure('skopeo', '--override-arch', arch, 'copy', 'oci-archive:out.tar', `oci:of-${arch}:1`);
      sure('umoci', 'unpack', '--rootless', '--image', `of-${arch}:1`, `unpacked-${arch}`);
      expect(readFileSync(join(context, `unpacked-${arch}/rootfs/own`), 'utf8')).toBe(platform);
    }
  });

  it.skipIf(!has.buildah)('take the image of this machine (buildah)', async () => {
    await make();
    const own = ['--root', join(context, 'storage'), '--runroot', join(context, 'run'), '--storage-driver', 'vfs'];
    const id = sure('buildah', ...own, 'pull', '-q', 'oci-archive:out.tar').trim();
    const found = JSON.parse(sure('buildah', ...own, 'inspect', '--type', 'image', id));
    expect(found.OCIv1.architecture).toBe(HOST_PLATFORM.split('/')[1]);
  });
});
