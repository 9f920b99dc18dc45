import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../src/build/store.ts';
import { checkedPlatform } from '../src/cli/platform-options.ts';
import { archiveFiles, folderFiles } from '../src/oci/archive.ts';
import { digestOf, type Index, type Manifest, type Platform } from '../src/oci/image.ts';
import { HOST_PLATFORM, nearest, platformOf, platformText } from '../src/oci/platform.ts';
import { validate } from '../src/oci/validate.ts';
import { canBuild, context, put, store } from './support/build-place.ts';
import { runIn } from './support/cli.ts';
import { entriesOf } from './support/images.ts';
import { fakeRegistry } from './support/registry.ts';

/** Neither of them may be this machine's. */
const OTHERS = ['linux/s390x', 'linux/riscv64'];
const BOTH = [HOST_PLATFORM, ...OTHERS.slice(0, 1)];

const FILE = `FROM --platform=$BUILDPLATFORM scratch AS build
COPY common.txt /common
FROM scratch
ARG TARGETPLATFORM
LABEL platform=$TARGETPLATFORM
COPY --from=build /common /common
COPY for/$TARGETPLATFORM /own
`;

const putFiles = (file = FILE): void => {
  put('iEchorfile', file);
  put('common.txt', 'all');
  for (const each of [HOST_PLATFORM, ...OTHERS]) put(`for/${each}`, each);
};

const run = (...args: string[]) => runIn(context, args, { env: { HOME: '/nowhere', IECHORLINT_STORE: store } });

const build = async (platforms: readonly string[], ...more: string[]) => {
  const usual = ['--build', '--no-lint', '--progress', 'plain', '--platform', platforms.join(',')];
  return run(...usual, ...more, '.');
};

const built = async (platforms: readonly string[], ...more: string[]) => {
  const result = await build(platforms, ...more);
  expect(`${result.code} ${result.code === 0 ? '' : result.stderr}`).toBe('0 ');
  return result;
};

const jsonIn = <T>(...parts: string[]): T => JSON.parse(readFileSync(join(...parts), 'utf8'));
const blobIn = <T>(layout: string, digest: string): T => jsonIn(layout, 'blobs/sha256', digest.slice(7));

/** The index that a layout has for its first name. */
const indexIn = (layout: string): Index => {
  const [first] = jsonIn<Index>(layout, 'index.json').manifests;
  return blobIn(layout, first?.digest ?? '');
};

const textOf = ({ os = '', architecture = '' } = {}) => `${os}/${architecture}`;

describe('of several platforms', () => {
  it.each([
    ['linux/arm/v7', 'linux/arm/v5 linux/arm/v6 linux/arm/v7 linux/arm/v8', 'linux/arm/v7'],
    ['linux/arm/v7', 'linux/arm64 linux/arm/v5 linux/arm/v6', 'linux/arm/v6'],
    ['linux/arm/v7', 'linux/arm/v6 linux/arm', 'linux/arm'],
    ['linux/arm/v6', 'linux/arm/v7 linux/arm', 'linux/arm'],
    ['linux/arm/v6', 'linux/arm/v7', undefined],
    ['linux/amd64', 'linux/amd64/v3 linux/amd64', 'linux/amd64'],
    ['linux/amd64', 'linux/amd64/v3 linux/amd64/v1', 'linux/amd64/v1'],
    ['linux/amd64', 'linux/amd64/v3', undefined],
    ['linux/amd64/v3', 'linux/amd64 linux/amd64/v2 linux/amd64/v4', 'linux/amd64/v2'],
    ['linux/arm64', 'linux/arm64/v9 linux/arm64/v8', 'linux/arm64/v8'],
    ['linux/arm64/v8.2', 'linux/arm64 linux/arm64/v8.1 linux/arm64/v8.3', 'linux/arm64/v8.1'],
    ['linux/riscv64', 'linux/riscv64/rva20u64', 'linux/riscv64/rva20u64'],
  ])('%s takes of %s that which it runs best: %s', (wanted, several, best) => {
    const found = nearest(several.split(' ').map(platformOf), (each) => each, wanted);
    expect(found && platformText(found)).toBe(best);
  });
});

describe.skipIf(!canBuild)('the platform of an image', { timeout: 60_000 }, () => {
  const image = () => openStore(store).image('docker.io/library/app:latest')?.json;

  it('has the variant that is usual, as containerd has it', async () => {
    put('iEchorfile', 'FROM named\nARG TARGETPLATFORM TARGETVARIANT\nLABEL of="$TARGETPLATFORM $TARGETVARIANT"\n');
    put('named/file', '');
    await built(['linux/arm'], '--build-context', 'named::arm=named', '-t', 'app', '-o', 'type=oci,tar=false,dest=out');
    const arm = { os: 'linux', architecture: 'arm', variant: 'v7' };
    expect(image()).toMatchObject({ ...arm, config: { Labels: { of: 'linux/arm/v7 v7' } } });
    expect(jsonIn<Index>(context, 'out/index.json').manifests).toMatchObject([{ platform: arm }]);
  });

  it('is that which is asked for, or that of its base', async () => {
    put('Dockerfile', 'FROM scratch\nCOPY Dockerfile /\n');
    const base = `${(await fakeRegistry()).host}/base`;
    await built(['linux/arm/v6'], '--push', '-t', base);
    put('Dockerfile', `FROM ${base} AS a\nFROM a\nENV a=1\n`);
    const told = async (...asked: string[]) => {
      const args = ['build', '--no-lint', ...asked, '-t', 'app', '-o', 'type=oci,tar=false,dest=out', '.'];
      expect(await run(...args)).toMatchObject({ code: 0 });
      const { manifests } = jsonIn<Index>(context, 'out/index.json');
      return [image(), manifests[0]?.platform].map((each) => each && platformText(each));
    };
    for (const [asked, platform] of [
      ['linux/arm64', 'linux/arm64'],
      ['linux/arm', 'linux/arm/v7'],
      ['linux/arm/v6', 'linux/arm/v6'],
    ] as const)
      expect(await told('--platform', asked)).toEqual([platform, platform]);
    expect(await told()).toEqual(['linux/arm/v6', 'linux/arm/v6']);
  });
});

describe.skipIf(!canBuild)('images for several platforms', { timeout: 60_000 }, () => {
  it('are one index, in the order that is asked for', async () => {
    putFiles();
    const wanted = [...OTHERS, HOST_PLATFORM];
    await built(wanted, '-t', 'app', '-o', 'type=oci,tar=false,dest=out', '-o', 'type=oci,dest=out.tar');
    const layout = join(context, 'out');
    const { manifests } = indexIn(layout);
    expect(manifests.map(({ platform }) => textOf(platform))).toEqual(wanted);
    const labels = manifests.map(({ digest }) => {
      const { config } = blobIn<Manifest>(layout, digest);
      return blobIn<{ config: { Labels: object } }>(layout, config.digest).config.Labels;
    });
    expect(labels).toEqual(wanted.map((platform) => ({ platform })));
    expect(await validate(folderFiles(layout))).toEqual([]);
    const archive = archiveFiles(join(context, 'out.tar'));
    expect(await validate(archive)).toEqual([]);
    archive.close();
  });

  it.each([
    ['linux/AMD64', 'linux/amd64'],
    ['x86_64', 'linux/amd64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['aarch64', 'linux/arm64'],
    ['linux/arm/7', 'linux/arm/v7'],
    ['armel', 'linux/arm/v6'],
    ['arm', 'linux/arm/v7'],
    ['linux/arm', 'linux/arm/v7'],
    ['linux/arm/5', 'linux/arm/v5'],
    ['LOCAL/riscv64', 'local/riscv64'],
    ['local', HOST_PLATFORM],
    ['windows(10.0.17763)/amd64', 'windows(10.0.17763)/amd64'],
  ])('may be named %s, as containerd reads it', (text, platform) => {
    expect(checkedPlatform(text)).toBe(platform);
  });

  it('may be asked for one by one, and a platform that is named twice is one', async () => {
    putFiles();
    const [other = ''] = OTHERS;
    await built([HOST_PLATFORM], '--platform', other, '--platform', HOST_PLATFORM, '-o', 'type=oci,tar=false,dest=out');
    expect(indexIn(join(context, 'out')).manifests.map(({ platform }) => textOf(platform))).toEqual(BOTH);
    const again = await built([HOST_PLATFORM, HOST_PLATFORM], '-o', 'type=oci,tar=false,dest=one');
    expect(again.stderr).not.toContain(`[${HOST_PLATFORM}`);
    expect(jsonIn<Index>(context, 'one/index.json').manifests[0]?.mediaType).toContain('manifest');
  });

  it('say which one a step is of, and make a step once that they have in common', async () => {
    putFiles();
    const { stderr } = await built(BOTH, '--no-cache', '-t', 'app');
    const [other = ''] = OTHERS;
    expect(stderr).toContain(`[${HOST_PLATFORM} build 1/1] done`);
    expect(stderr).toContain(`[${HOST_PLATFORM}->${other.replace('linux/', '')} build 1/1] cached`);
    expect(stderr).toMatch(new RegExp(`\\[${other} stage-1 4/4\\] done`));
    expect(stderr).toMatch(new RegExp(`built sha256:[0-9a-f]{12} for ${BOTH.join(', ')} as app:latest`));
  });

  it('of nothing are an index too', async () => {
    put('iEchorfile', 'FROM scratch\nENV a=1\n');
    await built(BOTH, '-o', 'type=oci,tar=false,dest=out');
    expect(indexIn(join(context, 'out')).manifests).toHaveLength(2);
    expect(await validate(folderFiles(join(context, 'out')))).toEqual([]);
  });

  it('have no place in what docker load took', async () => {
    putFiles();
    const { code, stderr } = await build(BOTH, '-o', 'type=docker,dest=out.tar');
    expect(code).toBe(2);
    expect(stderr).toContain('--output type=docker holds one platform, and 2 are asked for: type=oci has room for all');
    expect(existsSync(join(context, 'out.tar'))).toBe(false);
  });

  it('are refused where a platform is none', async () => {
    putFiles();
    const { code, stderr } = await build([HOST_PLATFORM, 'linux']);
    expect(code).toBe(2);
    expect(stderr).toContain('--platform takes OS[(VERSION)]/ARCHITECTURE[/VARIANT], such as linux/arm64, not `linux`');
    const named = await build([HOST_PLATFORM], '--build-context', 'base::linux=.');
    expect(named).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--build-context base::PLATFORM takes OS'),
    });
  });

  it('are refused where the file is none for one of them', async () => {
    put('iEchorfile', 'FROM scratch AS v7\nENV a=1\nFROM $TARGETVARIANT\n');
    expect((await build(['linux/arm/v7', 'linux/arm/v7'])).code).toBe(0);
    const { code, stderr } = await build([HOST_PLATFORM, 'linux/arm/v7']);
    expect(code).toBe(1);
    expect(stderr).toContain('iEchorfile:3: base name ($TARGETVARIANT) should not be blank');
  });
});

interface Statement {
  readonly predicate: {
    readonly buildDefinition: {
      readonly externalParameters: { readonly request: { readonly args: { readonly platform: string } } };
    };
  };
}

const folders = BOTH.map((platform) => platform.replaceAll('/', '_'));

describe.skipIf(!canBuild)('files for several platforms', { timeout: 60_000 }, () => {
  it('are in a folder for each', async () => {
    putFiles();
    await built(BOTH, '-o', 'files', '-o', 'type=tar,dest=files.tar');
    expect(readdirSync(join(context, 'files')).toSorted()).toEqual(folders.toSorted());
    for (const [at, folder] of folders.entries()) {
      expect(readFileSync(join(context, 'files', folder, 'own'), 'utf8')).toBe(BOTH[at]);
      expect(readFileSync(join(context, 'files', folder, 'common'), 'utf8')).toBe('all');
    }
    expect(entriesOf(readFileSync(join(context, 'files.tar'))).map(({ path }) => path)).toEqual(
      folders.flatMap((folder) => [folder, `${folder}/common`, `${folder}/own`]),
    );
  });

  it('are by the stage that a platform chooses', async () => {
    put('a', 'a');
    put('iEchorfile', 'FROM scratch AS stage-linux\nCOPY a /linux\nFROM stage-$TARGETOS\n');
    await built([HOST_PLATFORM], '-o', 'type=tar,dest=one.tar');
    expect(entriesOf(readFileSync(join(context, 'one.tar'))).map(({ path }) => path)).toEqual(['linux']);
    await built(BOTH, '-o', 'type=tar,dest=both.tar');
    expect(entriesOf(readFileSync(join(context, 'both.tar'))).map(({ path }) => path)).toEqual(
      folders.flatMap((folder) => [folder, `${folder}/linux`]),
    );
  });

  it('of one have a folder, and of several none, where that is asked for', async () => {
    putFiles('FROM scratch\nARG TARGETARCH\nCOPY common.txt /bin/app-$TARGETARCH\n');
    await built([HOST_PLATFORM], '-o', 'type=local,dest=one,platform-split=true');
    expect(readdirSync(join(context, 'one'))).toEqual(folders.slice(0, 1));
    const apart = [
      '-o',
      'type=local,dest=all,platform-split=false',
      '-o',
      'type=tar,dest=all.tar,platform-split=false',
    ];
    await built(BOTH, ...apart);
    const names = BOTH.map((platform) => `app-${platform.split('/')[1]}`);
    expect(readdirSync(join(context, 'all/bin')).toSorted()).toEqual(names.toSorted());
    expect(entriesOf(readFileSync(join(context, 'all.tar'))).map(({ path }) => path)).toEqual([
      'bin',
      ...names.map((name) => `bin/${name}`),
    ]);
  });

  it('that would be lost in one folder are refused', async () => {
    putFiles();
    const { code, stderr } = await build(BOTH, '-o', 'type=local,dest=all,platform-split=false');
    expect(code).toBe(3);
    expect(stderr).toContain(`${BOTH.join(' and ')} both have common, and platform-split=false has room for one`);
    expect(existsSync(join(context, 'all'))).toBe(false);
  });
});

describe.skipIf(!canBuild)('what is told of several platforms', { timeout: 60_000 }, () => {
  it('is the digest of their index', async () => {
    putFiles();
    const results = ['--metadata-file', 'meta.json', '--iidfile', 'id'];
    await built(BOTH, '-t', 'app', '-o', 'type=oci,tar=false,dest=out', ...results);
    const [descriptor] = jsonIn<Index>(context, 'out/index.json').manifests;
    const told = jsonIn<Record<string, unknown>>(context, 'meta.json');
    expect(told['containerimage.digest']).toBe(descriptor?.digest);
    expect(told['containerimage.descriptor']).toMatchObject({ digest: descriptor?.digest });
    expect(told['image.name']).toBe('docker.io/library/app:latest');
    // By which the store knows it: that of the layers as they are there.
    const id = readFileSync(join(context, 'id'), 'utf8');
    await run('save', '-o', 'saved.tar', 'app');
    const saved = archiveFiles(join(context, 'saved.tar'));
    expect(saved.size(`blobs/sha256/${id.slice(7)}`)).toBeGreaterThan(0);
    saved.close();
    expect((await run('inspect', id)).stdout).toContain('"platform"');
  });

  it('is attested of each, with what it is of', async () => {
    putFiles();
    const attested = ['--provenance', 'mode=max', '--sbom', 'true', '--metadata-file', 'meta.json'];
    await built(BOTH, '-t', 'app', '-o', 'type=oci,tar=false,dest=out', ...attested);
    const layout = join(context, 'out');
    const { manifests } = indexIn(layout);
    expect(manifests.map(({ platform }) => textOf(platform))).toEqual([...BOTH, 'unknown/unknown', 'unknown/unknown']);
    for (const [at, platform] of BOTH.entries()) {
      const { annotations, digest } = manifests[at + BOTH.length] ?? {};
      const own = manifests[at]?.digest ?? '';
      expect(annotations).toEqual({
        'vnd.docker.reference.type': 'attestation-manifest',
        'vnd.docker.reference.digest': own,
      });
      const { layers } = blobIn<Manifest>(layout, digest ?? '');
      const types = layers.map((each) => each.annotations?.['in-toto.io/predicate-type']);
      expect(types).toEqual(['https://spdx.dev/Document', 'https://slsa.dev/provenance/v1']);
      const statement = readFileSync(join(layout, 'blobs/sha256', layers[1]?.digest.slice(7) ?? ''), 'utf8');
      const { subject, predicate } = JSON.parse(statement);
      expect(subject[0].digest.sha256).toBe(own.slice(7));
      expect(subject[0].name).toContain(encodeURIComponent(platform));
      expect(predicate.buildDefinition.externalParameters.request.args.platform).toBe(platform);
      expect(predicate.buildDefinition.internalParameters.builderPlatform).toBe(HOST_PLATFORM);
      expect(jsonIn(context, 'meta.json')).toHaveProperty([`buildx.build.provenance/${platform}`], predicate);
    }
    expect(await validate(folderFiles(layout))).toEqual([]);
  });

  it('is told in each image, and attested of it, where all stand on one base', async () => {
    putFiles('FROM scratch AS base\nCOPY common.txt /\n');
    await built([HOST_PLATFORM], '-t', 'base');
    put('iEchorfile', 'FROM --platform=$BUILDPLATFORM base\n');
    await built(BOTH, '-t', 'app', '--provenance', 'true', '-o', 'files');
    const layout = join(context, 'out');
    await run('save', '-o', 'app.tar', 'app');
    mkdirSync(layout);
    execFileSync('tar', ['-xf', join(context, 'app.tar'), '-C', layout]);
    const { manifests } = indexIn(layout);
    expect(manifests.slice(0, 2).map(({ platform }) => textOf(platform))).toEqual(BOTH);
    const own = manifests.slice(0, 2).map(({ digest }) => blobIn<Manifest>(layout, digest));
    expect(own.map(({ config }) => textOf(blobIn<Platform>(layout, config.digest)))).toEqual(BOTH);
    expect(own[0]?.layers).toEqual(own[1]?.layers);
    const platforms = manifests.slice(2).map(({ digest }) => {
      const [statement] = blobIn<Manifest>(layout, digest).layers;
      return blobIn<Statement>(layout, statement?.digest ?? '');
    });
    const files = folders.map((folder) => jsonIn<Statement>(context, 'files', folder, 'provenance.json'));
    for (const statements of [platforms, files])
      expect(
        statements.map(({ predicate }) => predicate.buildDefinition.externalParameters.request.args.platform),
      ).toEqual(BOTH);
  });

  it('is attested in files beside theirs, which have the platform in their names where they are in one folder', async () => {
    putFiles('FROM scratch\nARG TARGETARCH\nCOPY common.txt /app-$TARGETARCH\n');
    const outputs = ['-o', 'apart', '-o', 'type=local,dest=all,platform-split=false'];
    await built(BOTH, '--provenance', 'true', '--sbom', 'true', ...outputs);
    for (const folder of folders)
      expect(readdirSync(join(context, 'apart', folder))).toEqual(
        expect.arrayContaining(['provenance.json', 'sbom.spdx.json']),
      );
    expect(readdirSync(join(context, 'all'))).toEqual(
      expect.arrayContaining(folders.flatMap((name) => [`provenance.${name}.json`, `sbom.spdx.${name}.json`])),
    );
  });

  it('is a plan for each', async () => {
    putFiles();
    await built([HOST_PLATFORM]);
    const { code, stdout } = await build(BOTH, '--plan');
    expect(code).toBe(0);
    for (const platform of BOTH) expect(stdout).toContain(`iEchorfile: 2 stages, for ${platform}\n`);
    expect(stdout).toContain('5 steps cached');
    const plans = JSON.parse((await build(BOTH, '--plan', '--format', 'json')).stdout);
    expect(plans.map(({ platform }: { platform: string }) => platform)).toEqual(BOTH);
  });

  it('is a line for each step as JSON, with its platform', async () => {
    putFiles();
    const { stderr } = await built(BOTH, '--progress', 'json', '-t', 'app');
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(new Set(lines.filter(({ stage }) => stage === 'stage-1').map(({ platform }) => platform))).toEqual(
      new Set(BOTH),
    );
    expect(lines.at(-1)).toMatchObject({ state: 'built', platforms: BOTH });
  });
});

describe.skipIf(!canBuild)('the store', { timeout: 60_000 }, () => {
  const [other = ''] = OTHERS;
  const platformOf = async (...args: string[]) =>
    JSON.parse((await run('inspect', ...args)).stdout).config.Labels.platform;

  it('shows the image of this machine, and others where they are asked for', async () => {
    putFiles();
    await built([other, HOST_PLATFORM], '-t', 'app');
    expect(await platformOf('app')).toBe(HOST_PLATFORM);
    expect(await platformOf('--platform', other, 'app')).toBe(other);
    const { code, stderr } = await run('inspect', '--platform', 'linux/mips64le', 'app');
    expect(code).toBe(2);
    expect(stderr).toContain(`the image \`app\` is for ${other}, ${HOST_PLATFORM}, and not for linux/mips64le`);
    const [row] = JSON.parse((await run('images', '--format', 'json')).stdout);
    expect(row).toMatchObject({ repository: 'app', platforms: [other, HOST_PLATFORM] });
    const historyOf = async (...args: string[]) => (await run('history', ...args)).stdout;
    expect(await historyOf('app')).toContain(`LABEL platform=${HOST_PLATFORM}`);
    expect(await historyOf('--platform', other, 'app')).toContain(`LABEL platform=${other}`);
    for (const command of ['inspect', 'history'])
      expect(await run(command, '--platform', 'linux', 'app')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('`linux`'),
      });
  });

  it('hands out all, or one that is asked for', async () => {
    putFiles();
    await built(BOTH, '-t', 'app');
    expect((await run('save', '-o', 'all.tar', 'app')).code).toBe(0);
    const all = archiveFiles(join(context, 'all.tar'));
    expect(await validate(all)).toEqual([]);
    const [named] = JSON.parse(Buffer.from(all.bytes('index.json')).toString()).manifests;
    expect(named.mediaType).toContain('index');
    all.close();
    expect((await run('save', '--platform', other, '-o', 'one.tar', 'app')).code).toBe(0);
    const one = archiveFiles(join(context, 'one.tar'));
    const [manifest] = JSON.parse(Buffer.from(one.bytes('index.json')).toString()).manifests;
    expect(textOf(manifest.platform)).toBe(other);
    one.close();
  });

  it('takes all back that it has written, or one that is asked for', async () => {
    putFiles();
    await built(BOTH, '-t', 'app');
    await run('save', '-o', 'all.tar', 'app');
    const before = JSON.parse((await run('images', '--format', 'json')).stdout);
    for (const [more, platforms] of [
      [[], BOTH],
      [['--platform', other], undefined],
    ] as const) {
      const copy = ['--store', join(context, `copy-${more.length}`)];
      const { code, stdout } = await run('load', ...copy, ...more, '-i', 'all.tar');
      expect([code, stdout]).toEqual([0, 'app:latest\n']);
      const [row] = JSON.parse((await run('images', ...copy, '--format', 'json')).stdout);
      expect(row.platforms).toEqual(platforms);
      if (platforms) expect(row).toEqual(before[0]);
      else expect(await platformOf(...copy, 'app')).toBe(other);
    }
  });

  it('takes an image of a layout that tells no platform, and leaves out what is not there', async () => {
    putFiles();
    await built(BOTH, '-t', 'app', '-o', 'type=oci,tar=false,dest=out');
    const layout = join(context, 'out');
    const { manifests } = indexIn(layout);
    const [own, missing] = manifests;
    rmSync(join(layout, 'blobs/sha256', missing?.digest.slice(7) ?? ''));
    const copy = ['--store', join(context, 'copy')];
    expect((await run('load', ...copy, 'out')).stdout).toBe('app:latest\n');
    expect(JSON.parse((await run('images', ...copy, '--format', 'json')).stdout)[0].platforms).toBe(undefined);
    const { platform: _platform, ...plain } = { ...own, annotations: { 'io.containerd.image.name': 'plain:1' } };
    writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [plain] }));
    expect((await run('load', ...copy, 'out')).stdout).toBe('plain:1\n');
    expect(await platformOf(...copy, 'plain:1')).toBe(HOST_PLATFORM);
  });

  it('loses no platform when the image has another name, and none when it is swept', async () => {
    putFiles();
    await built(BOTH, '-t', 'app');
    await run('tag', 'app', 'other:1');
    await run('rmi', 'app');
    expect((await run('prune')).stdout).toContain('freed');
    expect((await run('store', 'verify')).code).toBe(0);
    const part = openStore(store).platforms('docker.io/library/other:1')[1]?.id ?? '';
    const refused = await run('rmi', part);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      `iechorlint: \`${part}\` is other:1 for ${other}: remove that by its name\n`,
    ]);
    expect(await platformOf('other:1')).toBe(HOST_PLATFORM);
    expect(await platformOf('--platform', other, 'other:1')).toBe(other);
    expect((await run('rmi', 'other:1')).stdout).toContain('deleted sha256:');
    expect(readdirSync(openStore(store).path('images'))).toEqual([]);
    expect(readdirSync(openStore(store).path('indexes'))).toEqual([]);
  });

  it('tells where one of the platforms has lost a layer', async () => {
    putFiles();
    await built(BOTH, '-t', 'app');
    const layer = openStore(store).image('docker.io/library/app:latest', other)?.layers.at(-1);
    writeFileSync(openStore(store).blobPath(layer?.diffId ?? ''), 'damaged');
    const { code, stdout } = await run('store', 'verify');
    expect(code).toBe(1);
    expect(stdout).toContain('the image docker.io/library/app:latest has lost a layer');
  });
});

describe.skipIf(!canBuild)('a damaged configuration', { timeout: 60_000 }, () => {
  it.each([[BOTH], [[HOST_PLATFORM]]])('is deleted, with the name that needs it, of %s', async (platforms) => {
    putFiles();
    await built(platforms, '-t', 'app');
    const kept = openStore(store);
    const name = 'docker.io/library/app:latest';
    const id = kept.platforms(name).at(-1)?.id ?? kept.id(name) ?? '';
    writeFileSync(kept.path('images', id.slice(7)), '{}');
    const { code, stdout } = await run('store', 'verify');
    expect(code).toBe(1);
    expect(stdout).toContain(`the configuration of the image ${id} had another content: deleted`);
    expect(stdout).toContain(`the image ${name} has lost`);
    expect(existsSync(kept.path('images', id.slice(7)))).toBe(false);
    expect((await run('store', 'verify')).code).toBe(0);
  });
});

/** The manifests of what a registry has under a tag. */
const sentTo = (registry: Awaited<ReturnType<typeof fakeRegistry>>, tag: string): Index =>
  JSON.parse(registry.manifests.get(tag)?.body.toString() ?? '{}');

describe.skipIf(!canBuild)('registries', { timeout: 60_000 }, () => {
  const [other = ''] = OTHERS;

  it('are sent an index, by a build and by push', async () => {
    putFiles();
    const registry = await fakeRegistry();
    const name = `${registry.host}/team/app:1`;
    await built(BOTH, '-t', name, '--push', '--metadata-file', 'meta.json');
    const body = registry.manifests.get('1')?.body ?? '';
    const { manifests } = sentTo(registry, '1');
    expect(manifests.map(({ platform }) => textOf(platform))).toEqual(BOTH);
    for (const { digest } of manifests) expect(registry.manifests.has(digest)).toBe(true);
    expect(jsonIn<Record<string, unknown>>(context, 'meta.json')['containerimage.digest']).toBe(digestOf(body));
    // The layer that both have goes there once.
    const sent = registry.seen.filter(({ method, url }) => method === 'PUT' && url.includes('/uploads/'));
    expect(sent).toHaveLength(5);
    registry.manifests.clear();
    expect((await run('push', '-q', name)).stdout.trim()).toBe(digestOf(body));
    expect(sentTo(registry, '1').manifests).toEqual(manifests);
    await run('push', '--platform', other, name);
    expect(JSON.parse(registry.manifests.get('1')?.body.toString() ?? '')).toHaveProperty('config');
  });

  it('give each platform its base, and are not asked again', async () => {
    putFiles();
    const registry = await fakeRegistry();
    await built(BOTH, '-t', `${registry.host}/team/base:1`, '--push');
    await run('rmi', `${registry.host}/team/base:1`);
    const base = `${registry.host}/team/base:1`;
    put(
      'iEchorfile',
      `FROM --platform=$BUILDPLATFORM ${base} AS build\nFROM ${base}\nCOPY --from=build /own /builder\n`,
    );
    await built(BOTH, '-o', 'files', '--provenance', 'true');
    for (const [at, folder] of folders.entries()) {
      expect(readFileSync(join(context, 'files', folder, 'own'), 'utf8')).toBe(BOTH[at]);
      expect(readFileSync(join(context, 'files', folder, 'builder'), 'utf8')).toBe(HOST_PLATFORM);
    }
    const { resolvedDependencies } = jsonIn<{
      predicate: { buildDefinition: { resolvedDependencies: readonly { uri: string }[] } };
    }>(context, 'files', folders[1] ?? '', 'provenance.json').predicate.buildDefinition;
    expect(resolvedDependencies.map(({ uri }) => /platform=([^&]*)/.exec(uri)?.[1])).toEqual(
      BOTH.map(encodeURIComponent).toSorted(),
    );
    registry.seen.length = 0;
    await built(BOTH);
    expect(registry.seen).toEqual([]);
  });

  it("give one platform after the other under one name, which was another image's", async () => {
    putFiles();
    const registry = await fakeRegistry();
    const name = `${registry.host}/team/app:1`;
    await built(BOTH, '-t', name, '--push');
    put('common.txt', 'made here');
    await built([other], '-t', name);
    const platforms = async () => JSON.parse((await run('images', '--format', 'json')).stdout)[0].platforms;
    expect((await run('pull', name)).code).toBe(0);
    expect(await platforms()).toBe(undefined);
    expect((await run('pull', '--platform', other, name)).code).toBe(0);
    expect(await platforms()).toEqual(BOTH);
  });

  it('say where a base is for another platform than the one that it is taken for', async () => {
    const [other = ''] = OTHERS;
    putFiles();
    const registry = await fakeRegistry();
    const base = `${registry.host}/team/base:1`;
    await built([HOST_PLATFORM], '-t', base, '--push');
    put('iEchorfile', `FROM ${base}\n`);
    const { stderr } = await built([other], '--pull');
    expect(stderr).toContain(`iechorlint: ${base} is for ${HOST_PLATFORM}, not for ${other}\n`);
    expect((await built([HOST_PLATFORM], '--pull')).stderr).not.toContain(' is for ');
    expect((await built([other], '--pull', '-q')).stderr).toBe('');
  });

  it('take no name from an image that was made here', async () => {
    putFiles();
    const registry = await fakeRegistry();
    const base = `${registry.host}/team/base:1`;
    await built(BOTH, '-t', base, '--push');
    put('common.txt', 'made here');
    await built([HOST_PLATFORM], '-t', base);
    put('iEchorfile', `FROM ${base}\n`);
    await built(BOTH, '-o', 'files');
    const found = folders.map((folder) => readFileSync(join(context, 'files', folder, 'common'), 'utf8'));
    expect(found).toEqual(['made here', 'all']);
    const [row] = JSON.parse((await run('images', '--format', 'json')).stdout);
    expect(row.platforms).toBe(undefined);
    await run('run', '--platform', OTHERS[0] ?? '', base);
    await built([HOST_PLATFORM], '-o', 'own');
    expect(readFileSync(join(context, 'own/common'), 'utf8')).toBe('made here');
  });

  it('and folders keep a cache for all, from which another machine starts warm', async () => {
    putFiles();
    const registry = await fakeRegistry();
    const places = [
      ['type=local,dest=cache,mode=max', 'type=local,src=cache'],
      [`type=registry,ref=${registry.host}/team/cache:1,mode=max`, `type=registry,ref=${registry.host}/team/cache:1`],
    ] as const;
    for (const [at, [to, from]] of places.entries()) {
      const [first, second] = [join(context, `first-${at}`), join(context, `second-${at}`)];
      const made = await built(BOTH, '--store', first, '--cache-to', to, '-q');
      const { stdout, stderr } = await built(BOTH, '--store', second, '--cache-from', from);
      expect(stderr).not.toContain('] done in');
      expect(stderr.match(/\] cached/g)).toHaveLength(6);
      expect(stderr).toContain(made.stdout.slice(0, 19));
      expect(stdout).toBe('');
    }
  });
});

describe.skipIf(!canBuild)('contexts by name', { timeout: 60_000 }, () => {
  it('are the image of each platform in a layout', async () => {
    putFiles();
    await built(BOTH, '-t', 'base', '-o', 'type=oci,tar=false,dest=layout');
    const file = 'FROM --platform=$BUILDPLATFORM base AS build\nFROM base\nCOPY --from=build /own /builder\n';
    put('second/iEchorfile', file);
    for (const at of ['oci-layout://layout', 'docker-image://base']) {
      await built(BOTH, '-f', 'second/iEchorfile', '--build-context', `base=${at}`, '-o', 'files');
      for (const [place, folder] of folders.entries()) {
        expect(readFileSync(join(context, 'files', folder, 'own'), 'utf8')).toBe(BOTH[place]);
        expect(readFileSync(join(context, 'files', folder, 'builder'), 'utf8')).toBe(HOST_PLATFORM);
      }
    }
  });

  it('may be for one platform alone', async () => {
    putFiles();
    mkdirSync(join(context, 'own'));
    put('own/which', 'own');
    put('usual/which', 'usual');
    put('iEchorfile', 'FROM base\nCOPY --from=files which /copied\n');
    const [, other = ''] = BOTH;
    const names = ['base', 'files'].flatMap((name) => [`${name}=usual`, `${name}::${other}=own`]);
    await built(BOTH, ...names.flatMap((name) => ['--build-context', name]), '-o', 'files');
    const found = folders.map((folder) =>
      ['which', 'copied'].map((name) => readFileSync(join(context, 'files', folder, name), 'utf8')),
    );
    expect(found).toEqual([
      ['usual', 'usual'],
      ['own', 'own'],
    ]);
  });

  it('stand for an image however it is named, by its digest too', async () => {
    put('given/which', 'given');
    const digest = `sha256:${'a'.repeat(64)}`;
    for (const [name, used] of [
      ['alpine', 'docker.io/library/alpine:latest'],
      ['docker.io/library/alpine', 'alpine'],
      [`alpine@${digest}`, `alpine@${digest}`],
      [`docker.io/library/alpine@${digest}`, `alpine@${digest}`],
      ['localhost:5000/team/app:1', 'localhost:5000/team/app:1'],
    ] as const) {
      put('iEchorfile', `FROM ${used}\n`);
      await built([HOST_PLATFORM], '--build-context', `${name}=given`, '-o', 'files');
      expect(readFileSync(join(context, 'files/which'), 'utf8')).toBe('given');
    }
  });
});
