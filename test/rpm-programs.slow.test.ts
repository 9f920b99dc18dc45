import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { berkeleyHeaders } from '../src/build/attest/rpm/berkeley.ts';
import { installedIn } from '../src/build/attest/rpm/installed.ts';
import { sqliteHeaders } from '../src/build/attest/rpm/sqlite.ts';
import { folderWith, runIn } from './support/cli.ts';
import { fixture, partsOf, SPEC } from './support/rpm.ts';

const PROGRAMS = ['rpm', 'rpmbuild', 'db_load'];
const hasProgram = (name: string): boolean => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
const isReady = process.platform === 'linux' && PROGRAMS.every(hasProgram);
if (!isReady) console.warn(`databases that rpm makes are left out: they need Linux and ${PROGRAMS.join(', ')}`);

const folder = isReady ? mkdtempSync(join(tmpdir(), 'iechorlint-rpm-')) : '';
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const call = (program: string, args: readonly string[], input?: string): string => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28, input });
  expect(status, stderr).toBe(0);
  return stdout;
};

const FIELDS = ['NAME', 'EPOCH', 'VERSION', 'RELEASE', 'ARCH', 'LICENSE', 'VENDOR', 'SOURCERPM'];

/** What rpm itself reads in a folder. */
const told = (place: string, backend: 'sqlite' | 'bdb_ro'): readonly string[] => {
  const format = `${FIELDS.map((each) => `%{${each}}`).join('|')}\n`;
  const database = ['--define', `_db_backend ${backend}`, '--dbpath', place];
  return call('rpm', [...database, '-qa', '--queryformat', format])
    .trim()
    .split('\n')
    .toSorted();
};

/** The same of what is read here. */
const read = (path: string, headers: typeof sqliteHeaders): readonly string[] => {
  const file = partsOf(readFileSync(path));
  const { packages, flaw } = installedIn(headers(file), file.size);
  expect(flaw).toBeUndefined();
  return packages
    .map(({ name, epoch, version, release, architecture, license, vendor, upstream }) =>
      [name, epoch, version, release, architecture, license, vendor, upstream]
        .map((each) => each ?? '(none)')
        .join('|'),
    )
    .toSorted();
};

/** Text that `db_load` makes a hash of: keys and values by turns, in the order of bytes of a machine. */
const dumpOf = (headers: readonly Buffer[], order: '1234' | '4321'): string => {
  const number = (value: number) => {
    const bytes = Buffer.alloc(4);
    if (order === '1234') bytes.writeUInt32LE(value);
    else bytes.writeUInt32BE(value);
    return bytes;
  };
  const pairs = [number(0), number(headers.length + 1), ...headers.flatMap((each, index) => [number(index + 1), each])];
  const head = `VERSION=3\nformat=bytevalue\ntype=hash\ndb_lorder=${order}\ndb_pagesize=4096\nHEADER=END\n`;
  return `${head}${pairs.map((each) => ` ${each.toString('hex')}\n`).join('')}DATA=END\n`;
};

describe.skipIf(!isReady)('databases that rpm makes', { timeout: 60_000 }, () => {
  const sqlite = join(folder, 'sqlite');

  beforeAll(() => {
    writeFileSync(join(folder, 'all.spec'), SPEC);
    const build = ['-bb', '--quiet', '--define', `_topdir ${folder}/top`, '--define', '_buildhost example.org'];
    call('rpmbuild', [...build, join(folder, 'all.spec')]);
    const files = join(folder, 'top/RPMS/noarch');
    const names = readdirSync(files).map((name) => join(files, name));
    const place = ['--define', '_db_backend sqlite', '--dbpath', sqlite];
    call('rpm', [...place, '-i', '--justdb', '--nodeps', ...names]);
  }, 60_000);

  it('are read as rpm reads them (sqlite)', () => {
    expect(told(sqlite, 'sqlite')).toHaveLength(12);
    expect(read(join(sqlite, 'rpmdb.sqlite'), sqliteHeaders)).toEqual(told(sqlite, 'sqlite'));
    call('rpm', ['--define', '_db_backend sqlite', '--dbpath', sqlite, '-e', '--justdb', 'beta', 'epsilon']);
    expect(told(sqlite, 'sqlite')).toHaveLength(10);
    expect(read(join(sqlite, 'rpmdb.sqlite'), sqliteHeaders)).toEqual(told(sqlite, 'sqlite'));
  });

  it.each(['1234', '4321'] as const)('are read as rpm reads them (Berkeley DB, order of bytes %s)', (order) => {
    const file = partsOf(fixture('rpmdb.sqlite'));
    const headers = [...sqliteHeaders(file)].flatMap((each) => ('header' in each ? [each.header] : []));
    const place = join(folder, `berkeley-${order}`);
    mkdirSync(place);
    call('db_load', [join(place, 'Packages')], dumpOf(headers, order));
    expect(told(place, 'bdb_ro')).toHaveLength(12);
    expect(read(join(place, 'Packages'), berkeleyHeaders)).toEqual(told(place, 'bdb_ro'));
  });

  it('are in an SBOM', async () => {
    const context = folderWith({
      iEchorfile: 'FROM scratch\nCOPY db /usr/lib/sysimage/rpm/\nCOPY os-release /etc/os-release\n',
      'os-release': 'ID=fedora\nVERSION_ID=41\n',
    });
    cpSync(sqlite, join(context, 'db'), { recursive: true });
    const out = join(folderWith({}), 'out');
    const { code, stderr } = await runIn(context, ['build', '--no-lint', '--sbom=true', '-o', out, '.']);
    expect(stderr).not.toContain('gap');
    expect(code).toBe(0);
    const { packages } = JSON.parse(readFileSync(join(out, 'sbom.spdx.json'), 'utf8')).predicate;
    const urls = packages.flatMap((each: { externalRefs?: { referenceLocator: string }[] }) =>
      (each.externalRefs ?? []).map(({ referenceLocator }) => referenceLocator),
    );
    const upstream = 'upstream=alpha-1.0~rc1-3.el9.src.rpm';
    expect(urls).toContain(`pkg:rpm/fedora/delta@1.3~rc1-3.el9?arch=noarch&distro=fedora-41&${upstream}`);
    expect(urls).toHaveLength(told(sqlite, 'sqlite').length);
  });
});
