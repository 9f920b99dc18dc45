import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagesIn } from '../src/build/attest/packages.ts';
import { spdxOf } from '../src/build/attest/spdx.ts';
import { treeOf } from '../src/build/tree.ts';
import { folderFiles } from '../src/oci/archive.ts';
import { digestOf, hexOf } from '../src/oci/image.ts';
import { imageUrl, packageUrl } from '../src/oci/package-url.ts';
import { validate } from '../src/oci/validate.ts';
import { folderWith, runIn } from './support/cli.ts';
import { archiveOf, imageIn, type TestEntry, testStore } from './support/images.ts';
import { fakeRegistry } from './support/registry.ts';
import { siteOf } from './support/web.ts';

const canBuild = process.platform === 'linux';
if (!canBuild) console.warn('builds are left out: they need Linux');

const DPKG = `Package: adduser
Status: install ok installed
Maintainer: Adduser Developers <adduser@example.org>
Architecture: all
Version: 3.134

Package: gone
Status: deinstall ok config-files
Version: 1

Package: libc6
Status: install ok installed
Architecture: amd64
Version: 1:2.36-9+deb12u4
Description: a line
 Version: of another
`;

const FILE = `FROM scratch AS base
ARG NPM_TOKEN
ARG VERSION=1
ARG API_KEY=literalsecret99
COPY status /var/lib/dpkg/status
FROM base
COPY os-release /etc/os-release
LABEL v=$VERSION
`;

const FILES = { iEchorfile: FILE, status: DPKG, 'os-release': 'ID=debian\nVERSION_ID="12"\n' };

/** Whatever its fields are. */
type Json = ReturnType<typeof JSON.parse>;

const read = (folder: string, digest: string): Json =>
  JSON.parse(readFileSync(join(folder, 'blobs/sha256', hexOf(digest)), 'utf8'));

const build = async (context: string, ...args: string[]) => {
  const all = ['--build', '--no-lint', '--store', folderWith({}), ...args, '.'];
  const { code, stderr } = await runIn(context, all);
  expect(stderr).toContain('built');
  expect(code).toBe(0);
  return stderr;
};

/** A layout with its index, and its statements by their types. */
const attested = async (context: string, ...args: string[]) => {
  const layout = join(folderWith({}), 'layout');
  await build(context, '-o', `type=oci,dest=${layout},tar=false`, ...args);
  const [outer] = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests;
  const index = read(layout, outer.digest);
  const [image, attestation] = index.manifests ?? [];
  const manifest = attestation && read(layout, attestation.digest);
  const statements = new Map<string, Json>(
    (manifest?.layers ?? []).map((layer: Json) => [
      layer.annotations['in-toto.io/predicate-type'],
      read(layout, layer.digest),
    ]),
  );
  return { layout, outer, index, image, attestation, manifest, statements };
};

const PROVENANCE = 'https://slsa.dev/provenance/v1';
const SPDX = 'https://spdx.dev/Document';

describe.runIf(canBuild)('attestations', () => {
  it('are laid out as BuildKit lays them out', async () => {
    const found = await attested(folderWith(FILES), '-t', 'example.com/a/b:1', '--provenance=true', '--sbom=true');
    const { outer, index, image, attestation, manifest, statements, layout } = found;
    expect(outer.mediaType).toBe('application/vnd.oci.image.index.v1+json');
    expect(outer.annotations['org.opencontainers.image.ref.name']).toBe('1');
    expect(index.manifests).toHaveLength(2);
    expect(image.platform.os).toBe('linux');
    expect(attestation).toMatchObject({
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      platform: { architecture: 'unknown', os: 'unknown' },
      annotations: {
        'vnd.docker.reference.type': 'attestation-manifest',
        'vnd.docker.reference.digest': image.digest,
      },
    });
    for (const { mediaType } of manifest?.layers ?? []) expect(mediaType).toBe('application/vnd.in-toto+json');
    const config = read(layout, manifest?.config.digest);
    expect(config).toEqual({
      architecture: 'unknown',
      os: 'unknown',
      config: {},
      rootfs: { type: 'layers', diff_ids: manifest?.layers.map(({ digest }: Json) => digest) },
    });
    expect([...statements.keys()].toSorted()).toEqual([PROVENANCE, SPDX]);
    for (const [type, { _type, predicateType, subject }] of statements) {
      expect(_type).toBe('https://in-toto.io/Statement/v1');
      expect(predicateType).toBe(type);
      expect(subject).toEqual([
        {
          name: `pkg:docker/example.com/a/b@1?platform=${encodeURIComponent(`linux/${image.platform.architecture}`)}`,
          digest: { sha256: hexOf(image.digest) },
        },
      ]);
    }
    expect(await validate(folderFiles(layout))).toEqual([]);
  });

  it('are not there unless they are asked for', async () => {
    const context = folderWith(FILES);
    for (const args of [[], ['--provenance=false', '--sbom=false'], ['--attest', 'type=sbom,disabled=true']])
      expect((await attested(context, ...args)).outer.mediaType).toContain('manifest');
    expect([...(await attested(context, '--attest', 'type=sbom')).statements.keys()]).toEqual([SPDX]);
    expect([...(await attested(context, '--attest', 'type=provenance,mode=max')).statements.keys()]).toEqual([
      PROVENANCE,
    ]);
  });

  it('are the same for the same inputs', async () => {
    const wishes = ['-t', 'a:1', '--provenance=mode=max', '--sbom=true'];
    const [one, two] = [await attested(folderWith(FILES), ...wishes), await attested(folderWith(FILES), ...wishes)];
    expect(one.outer.digest).toBe(two.outer.digest);
  });

  it('have no secret in them', async () => {
    const context = folderWith({ ...FILES, token: 'filesecret77\n' });
    const args = [
      ['--build-arg', 'NPM_TOKEN=supersecretvalue', '--build-arg', 'COPIED=the supersecretvalue again'],
      ['--build-arg', 'HTTP_PROXY=http://user:pw12@proxy:1', '--build-arg', 'VERSION=filesecret77'],
      ['--build-arg', `NPM_CONFIG=//host/:_x=npm_${'a1'.repeat(18)}`],
      ['--label', 'password=labelsecret5', '--secret', 'id=token,src=token', '--provenance', 'mode=max'],
    ].flat();
    const { statements } = await attested(context, ...args);
    const text = JSON.stringify(statements.get(PROVENANCE));
    expect(text).toContain('build-arg:NPM_TOKEN');
    expect(text).toContain('"secrets":[{"id":"token"}]');
    expect(text).toContain('http://***@proxy:1');
    for (const secret of ['supersecretvalue', 'literalsecret99', 'filesecret77', 'pw12', 'labelsecret5', 'npm_a1a1'])
      expect(text).not.toContain(secret);
  });

  it('of mode=min tell no arguments and no steps', async () => {
    const context = folderWith({ ...FILES, token: 'x' });
    const args = [
      '--build-arg',
      'VERSION=9',
      '--secret',
      'id=token,src=token',
      '--provenance=true',
      '--target',
      'base',
    ];
    const { predicate } = (await attested(context, ...args)).statements.get(PROVENANCE) ?? {};
    const { externalParameters, internalParameters } = predicate.buildDefinition;
    expect(externalParameters.request.args).toEqual({ platform: expect.any(String), target: 'base' });
    expect(externalParameters.request.secrets).toBeUndefined();
    expect(internalParameters.buildConfig).toBeUndefined();
    expect(externalParameters.configSource).toMatchObject({
      path: 'iEchorfile',
      digest: { sha256: expect.any(String) },
    });
  });

  it('tell the steps of the stages that were built, with mode=max', async () => {
    const { statements } = await attested(
      folderWith(FILES),
      '--provenance=mode=max,builder-id=https://ci.example.com/1',
    );
    const { buildDefinition, runDetails } = statements.get(PROVENANCE)?.predicate ?? {};
    expect(runDetails.builder.id).toBe('https://ci.example.com/1');
    expect(buildDefinition.internalParameters.buildConfig.stages).toMatchObject([
      {
        name: 'base',
        from: 'scratch',
        steps: [{ line: 2 }, {}, {}, { line: 5, instruction: 'COPY status /var/lib/dpkg/status' }],
      },
      { name: 'stage-1', from: 'base' },
    ]);
  });

  it('name the line and the layer of each step that made one, once, with mode=max', async () => {
    const iEchorfile = `FROM scratch AS base
COPY status /base
FROM base AS a
COPY os-release /a
FROM base
COPY --from=a /a /b
ENV A=b
WORKDIR /w
`;
    for (const time of ['0', '86400']) {
      const context = folderWith({ ...FILES, iEchorfile });
      const epoch = ['--build-arg', `SOURCE_DATE_EPOCH=${time}`];
      const { statements, layout, image } = await attested(context, '--provenance=mode=max', ...epoch);
      const { stages } = statements.get(PROVENANCE)?.predicate.buildDefinition.internalParameters.buildConfig ?? {};
      const steps: { line: number; diffId?: string }[] = stages.flatMap((stage: Json) => [stage, ...stage.steps]);
      expect(steps.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      const named = steps.flatMap(({ diffId, line }) => (diffId ? [[line, diffId]] : []));
      const { rootfs } = read(layout, read(layout, image.digest).config.digest);
      expect(named).toEqual([2, 6, 8].map((line, index) => [line, rootfs.diff_ids[index]]));
    }
  });

  it('name a base image of a layout by its manifest, and what else stands for a name', async () => {
    const { layout, image } = await attested(folderWith(FILES), '--provenance=true');
    const { url } = await siteOf({ '/x': 'x' });
    const iEchorfile = 'FROM foo\nCOPY --from=web context /x\nCOPY --from=here status /\nCOPY os-release /\n';
    const given = [`foo=oci-layout://${layout}`, `web=${url}/x`, 'here=.', `unused=${url}/none`];
    const contexts = given.flatMap((each) => ['--build-context', each]);
    const { statements } = await attested(folderWith({ ...FILES, iEchorfile }), '--provenance=true', ...contexts);
    const { resolvedDependencies } = statements.get(PROVENANCE)?.predicate.buildDefinition ?? {};
    const sha256 = hexOf(image.digest);
    expect(resolvedDependencies).toEqual([
      { uri: `${url}/x`, digest: { sha256: hexOf(digestOf('x')) } },
      { uri: expect.stringMatching(`^pkg:oci/foo\\?digest=sha256%3A${sha256}&platform=linux%2F`), digest: { sha256 } },
    ]);
  });

  it('name nothing where nothing stands for an image', async () => {
    const context = folderWith({ ...FILES, iEchorfile: 'FROM none\nCOPY status /\n' });
    const { statements } = await attested(
      context,
      '--provenance=true',
      '--build-context',
      'none=docker-image://scratch',
    );
    expect(statements.get(PROVENANCE)?.predicate.buildDefinition.resolvedDependencies).toEqual([]);
  });

  it('name the address that the context is of, and the file that is from here', async () => {
    const archive = archiveOf({ path: 'iEchorfile', content: 'FROM scratch\nCOPY iEchorfile /\n' });
    const { url } = await siteOf({ '/ctx.tar': archive, '/df?token=abc': 'FROM scratch\nCOPY iEchorfile /\n' });
    const origin = { uri: `${url}/ctx.tar`, digest: { sha256: hexOf(digestOf(archive)) } };
    const definitionOf = async (cwd: string, ...args: string[]) => {
      const file = join(folderWith({}), 'metadata');
      const all = ['build', '--no-lint', '--store', folderWith({}), '--provenance=true', '--metadata-file', file];
      expect((await runIn(cwd, [...all, ...args])).code).toBe(0);
      return JSON.parse(readFileSync(file, 'utf8'))['buildx.build.provenance'].buildDefinition;
    };
    const here = folderWith({ Other: 'FROM scratch\n', iEchorfile: '' });
    const remote = await definitionOf(here, `${url}/ctx.tar`);
    expect(remote.externalParameters.configSource).toEqual({ ...origin, path: 'iEchorfile' });
    expect(remote.externalParameters.request.locals).toBeUndefined();
    expect(remote.resolvedDependencies).toEqual([origin]);
    const mixed = await definitionOf(here, '-f', 'Other', `${url}/ctx.tar`);
    expect(mixed.externalParameters.configSource).toEqual({
      digest: { sha256: hexOf(digestOf('FROM scratch\n')) },
      path: 'Other',
    });
    expect(mixed.externalParameters.request.locals).toEqual([{ name: 'dockerfile' }]);
    const apart = await definitionOf(here, '-f', `${url}/df?token=abc`, '.');
    expect(apart.externalParameters.configSource).toMatchObject({ uri: `${url}/df?token=***`, path: 'df' });
    expect(apart.externalParameters.request.locals).toEqual([{ name: 'context' }]);
  });

  it('name the base images by what was pulled', async () => {
    const registry = await fakeRegistry();
    const base = `${registry.host}/team/base:1`;
    await build(folderWith(FILES), '-t', base, '--push', '--provenance=true');
    const [, pushed] = [...registry.manifests].find(([name]) => name === '1') ?? [];
    expect(pushed?.type).toBe('application/vnd.oci.image.index.v1+json');
    const digest = [...registry.manifests].find(([name, { body }]) => name !== '1' && body === pushed?.body)?.[0];
    const context = folderWith({ ...FILES, iEchorfile: `FROM ${base}\nCOPY status /x\n` });
    const { statements } = await attested(context, '--provenance=true');
    expect(statements.get(PROVENANCE)?.predicate.buildDefinition.resolvedDependencies).toEqual([
      { uri: expect.stringContaining('/team/base@1?platform='), digest: { sha256: hexOf(digest ?? '') } },
    ]);
  });

  it.each(['sha1', 'sha256'])('name the commit by %s that the context and the file are of', async (format) => {
    const repository = folderWith(FILES);
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', repository, '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
        encoding: 'utf8',
      });
    git('init', '--quiet', '--initial-branch=main', `--object-format=${format}`);
    git('add', '.');
    git('commit', '--quiet', '-m', 'one');
    const layout = join(folderWith({}), 'layout.tar');
    const output = ['-o', `type=oci,dest=${layout}`, '--provenance=true', '--metadata-file', `${layout}.json`];
    const store = folderWith({});
    const { code } = await runIn(
      folderWith({}),
      ['build', '--no-lint', '--store', store, ...output, `file://${repository}#main`],
      {
        env: { PATH: process.env.PATH ?? '', HOME: repository },
      },
    );
    expect(code).toBe(0);
    const commit = { uri: `file://${repository}#main`, digest: { [format]: git('rev-parse', 'HEAD').trim() } };
    const { buildDefinition } = JSON.parse(readFileSync(`${layout}.json`, 'utf8'))['buildx.build.provenance'];
    expect(buildDefinition.externalParameters.configSource).toEqual({ ...commit, path: 'iEchorfile' });
    expect(buildDefinition.externalParameters.request.locals).toBeUndefined();
    expect(buildDefinition.resolvedDependencies).toEqual([commit]);
  });

  it('stay with the image in the store until it is built without them', async () => {
    const context = folderWith(FILES);
    const store = folderWith({});
    const call = async (...args: string[]) => expect((await runIn(context, [...args, '--store', store])).code).toBe(0);
    const typeOf = async () => {
      const place = join(folderWith({}), 'saved');
      await call('save', 'x:1', '-o', `${place}.tar`);
      return readFileSync(`${place}.tar`, 'latin1').includes('attestation-manifest');
    };
    await call('build', '--no-lint', '-t', 'x:1', '--sbom=true', '.');
    expect(readdirSync(join(store, '1/attestations'))).toHaveLength(1);
    expect(await typeOf()).toBe(true);
    await call('build', '--no-lint', '-t', 'x:1', '.');
    expect(await typeOf()).toBe(false);
    await call('build', '--no-lint', '-t', 'x:1', '--sbom=true', '.');
    await call('rmi', 'x:1');
    expect(readdirSync(join(store, '1/attestations'))).toHaveLength(0);
  });

  it('are files beside the files, about each of them', async () => {
    const folder = join(folderWith({}), 'files');
    await build(
      folderWith(FILES),
      '--sbom=true',
      '--provenance=true',
      '-o',
      folder,
      '-o',
      `type=tar,dest=${folder}.tar`,
    );
    for (const name of ['sbom.spdx.json', 'provenance.json']) {
      const { _type, subject } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      expect(_type).toBe('https://in-toto.io/Statement/v1');
      expect(subject).toEqual([
        { name: 'etc/os-release', digest: { sha256: hexOf(digestOf(FILES['os-release'])) } },
        { name: 'var/lib/dpkg/status', digest: { sha256: hexOf(digestOf(DPKG)) } },
      ]);
      expect(readFileSync(`${folder}.tar`, 'latin1')).toContain(name);
    }
  });

  it('are left out of what has no place for them', async () => {
    const place = join(folderWith({}), 'docker.tar');
    await build(folderWith(FILES), '--sbom=true', '-o', `type=docker,dest=${place}`);
    expect(readFileSync(place, 'latin1')).not.toContain('attestation');
  });

  it('are refused in words where the option means nothing', async () => {
    const cases = {
      '--provenance=mode=most': 'mode is min or max, not `most`',
      '--provenance=version=v0.2': 'version v1 of SLSA',
      '--sbom=generator=x,a-b=c': '`a-b` is no name of a parameter for a generator',
      '--sbom=maybe': 'is true, false or fields',
      '--attest=type=vex': 'has the types provenance and sbom, not `vex`',
    };
    for (const [option, message] of Object.entries(cases)) {
      const { code, stderr } = await runIn(folderWith(FILES), ['--build', option, '.']);
      expect(stderr).toContain(message);
      expect(code).toBe(2);
    }
  });
});

describe('the packages of an image', () => {
  const found = (...entries: TestEntry[]) => {
    const store = testStore();
    return packagesIn(treeOf(store, imageIn(store, entries).layers));
  };
  const short = (...entries: TestEntry[]) =>
    found(...entries).packages.map(({ type, namespace, name, version }) => [type, namespace, name, version].join(' '));

  it('are those that dpkg has installed', () => {
    const release = { path: 'etc/os-release', content: 'NAME="x"\nID=ubuntu\nVERSION_ID="24.04"\n' };
    expect(short(release, { path: 'var/lib/dpkg/status', content: DPKG })).toEqual([
      'deb ubuntu adduser 3.134',
      'deb ubuntu libc6 1:2.36-9+deb12u4',
    ]);
    const part = { path: 'var/lib/dpkg/status.d/base', content: 'Package: base-files\nVersion: 12\n' };
    expect(short(part, { path: 'var/lib/dpkg/status.d/base.md5sums', content: 'x  y' })).toEqual([
      'deb debian base-files 12',
    ]);
  });

  it('are those of apk', () => {
    const content =
      'C:Q1\nP:musl\nV:1.2.5-r0\nA:x86_64\nL:MIT\nm:A <a@b.c>\nF:lib\nR:x\n\nP:bad\n\nP:zlib\nV:1.3-r2\nL:Zlib\n';
    expect(short({ path: 'lib/apk/db/installed', content })).toEqual([
      'apk alpine musl 1.2.5-r0',
      'apk alpine zlib 1.3-r2',
    ]);
  });

  it('are those of rpm where a plain list has them; a database that cannot be read is told', () => {
    const content = 'bash\t5.2-1\t1\t2\tMicrosoft\t(none)\t1\tx86_64\t0\tbash-5.2-1.src.rpm\n';
    expect(short({ path: 'var/lib/rpmmanifest/container-manifest-2', content })).toEqual(['rpm  bash 5.2-1']);
    const { packages, gaps } = found({ path: 'usr/lib/sysimage/rpm/rpmdb.sqlite', content: 'SQLite' });
    expect(packages).toEqual([]);
    const reason = 'it is no database of SQLite';
    expect(gaps).toEqual([
      `the rpm database /usr/lib/sysimage/rpm/rpmdb.sqlite is not read, since ${reason}: its packages are missing`,
    ]);
  });

  it('are those of languages', () => {
    expect(
      short(
        {
          path: 'usr/lib/python3/dist-packages/Foo_Bar-1.dist-info/METADATA',
          content: 'Name: Foo_Bar\r\nVersion: 1.0\r\n\r\nName: x',
        },
        { path: 'app/node_modules/@a/b/package.json', content: '{"name":"@a/b","version":"1.2.3"}' },
        { path: 'app/node_modules/@a/b/lib/package.json', content: '{"name":"c","version":"1"}' },
        { path: 'app/node_modules/broken/package.json', content: '{"name":' },
        { path: 'gems/specifications/nokogiri-1.15.0-x86_64-linux.gemspec', content: '' },
        { path: 'app/vendor/composer/installed.json', content: '{"packages":[{"name":"a/b","version":"v1"},7]}' },
      ).toSorted(),
    ).toEqual(['composer a b v1', 'gem  nokogiri 1.15.0', 'npm @a b 1.2.3', 'pypi  foo-bar 1.0']);
  });

  it('are none where a database is something else', () => {
    expect(short({ path: 'var/lib/dpkg/status', content: Buffer.from([0, 255, 10, 10, 128]) })).toEqual([]);
    expect(short({ path: 'lib/apk/db/installed', type: 'directory' })).toEqual([]);
    expect(short({ path: 'var/lib/dpkg/status', type: 'symlink', link: '/var/lib/dpkg/status' })).toEqual([]);
  });
});

describe('an SPDX document', () => {
  const subject = {
    name: 'a:1',
    id: 'sha256:1',
    urls: ['pkg:docker/a@1'],
    created: '2026-01-02T03:04:05.678Z',
    tool: 'iechorlint-1',
  };
  const usual = { type: 'npm', name: 'a', version: '1', source: 'x/package.json' } as const;
  const document = (...packages: Parameters<typeof spdxOf>[1]['packages']): Json =>
    spdxOf(subject, { packages, gaps: ['a gap'], distribution: 'debian-12' });

  it('has what the specification wants', () => {
    const { packages, relationships, ...rest } = document(
      { ...usual, license: 'MIT' },
      { ...usual, namespace: '@s', name: 'ä b' },
    );
    expect(rest).toMatchObject({
      spdxVersion: 'SPDX-2.3',
      dataLicense: 'CC0-1.0',
      SPDXID: 'SPDXRef-DOCUMENT',
      creationInfo: { created: '2026-01-02T03:04:05Z', creators: ['Tool: iechorlint-1'], comment: 'a gap' },
    });
    expect(rest.documentNamespace).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    const ids = packages.map(({ SPDXID }: Json) => SPDXID);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^SPDXRef-[a-zA-Z0-9.-]+$/);
    for (const { spdxElementId, relatedSpdxElement } of relationships)
      expect(['SPDXRef-DOCUMENT', ...ids]).toEqual(expect.arrayContaining([spdxElementId, relatedSpdxElement]));
    for (const each of packages)
      expect(each).toMatchObject({
        downloadLocation: 'NOASSERTION',
        filesAnalyzed: false,
        copyrightText: 'NOASSERTION',
      });
  });

  it('has a licence only where it is an expression of SPDX', () => {
    const licenses = (license: string) => document({ ...usual, license }).packages[1];
    expect(licenses('MIT OR Apache-2.0').licenseDeclared).toBe('MIT OR Apache-2.0');
    expect(licenses('BSD')).toMatchObject({ licenseDeclared: 'NOASSERTION', licenseComments: 'the package says: BSD' });
  });

  it('tells a package once, with every place that tells of it', () => {
    const { packages } = document({ ...usual, source: 'b' }, { ...usual, source: 'a' });
    expect(packages).toHaveLength(2);
    expect(packages[1].sourceInfo).toBe('told of by /a, /b');
  });
});

describe('package URLs', () => {
  it('are as the specification has them', () => {
    const qualifiers = { distro: 'debian-12', arch: 'amd64', none: undefined };
    expect(packageUrl({ type: 'deb', namespace: 'debian', name: 'libc6', version: '1:2+b', qualifiers })).toBe(
      'pkg:deb/debian/libc6@1:2%2Bb?arch=amd64&distro=debian-12',
    );
    expect(packageUrl({ type: 'npm', namespace: '@a', name: 'b', version: '1' })).toBe('pkg:npm/%40a/b@1');
  });

  it.each([
    ['docker.io/library/alpine:3', 'pkg:docker/alpine@3?platform=linux%2Farm64'],
    ['ghcr.io/a/b:1', 'pkg:docker/ghcr.io/a/b@1?platform=linux%2Farm64'],
    ['localhost:5000/a:1', 'pkg:docker/localhost:5000/a@1?platform=linux%2Farm64'],
    ['docker.io/a/b@sha256:12', 'pkg:docker/a/b?digest=sha256%3A12&platform=linux%2Farm64'],
  ])('name %s', (name, url) => {
    expect(imageUrl(name, 'linux/arm64')).toBe(url);
  });
});
