import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packagesIn } from '../src/build/attest/packages.ts';
import { berkeleyHeaders } from '../src/build/attest/rpm/berkeley.ts';
import type { ReadDatabase } from '../src/build/attest/rpm/database.ts';
import { type Installed, installedIn } from '../src/build/attest/rpm/installed.ts';
import { ndbHeaders } from '../src/build/attest/rpm/ndb.ts';
import { sqliteHeaders } from '../src/build/attest/rpm/sqlite.ts';
import { spdxOf } from '../src/build/attest/spdx.ts';
import { treeOf } from '../src/build/tree.ts';
import { imageIn, type TestEntry, testStore } from './support/images.ts';
import { fixture, headerWith, ndbWith, partsOf, SPEC_PACKAGES } from './support/rpm.ts';

const found = (...entries: TestEntry[]) => {
  const store = testStore();
  return packagesIn(treeOf(store, imageIn(store, entries).layers));
};

/** What a reader finds. It may take the bytes of a file a few times, never without end. */
const readIn = (read: ReadDatabase, bytes: Buffer, log?: Buffer): Installed => {
  const [file, last] = [partsOf(bytes), log && partsOf(log)];
  const installed = installedIn(read(file, last), file.size + (last?.size ?? 0));
  expect(file.taken() + (last?.taken() ?? 0)).toBeLessThan(4 * (file.size + (last?.size ?? 0)) + 65_536);
  return installed;
};

const namesIn = ({ packages }: Installed) => packages.map(({ name }) => name).toSorted();

const ALL = SPEC_PACKAGES.map(({ name }) => name).toSorted();
const NDB = ndbWith(SPEC_PACKAGES.map((each) => headerWith({ ...each, release: '3.el9' })));
const [SQLITE, BERKELEY] = [fixture('rpmdb.sqlite'), fixture('Packages')];

const FORMATS = [
  { path: 'var/lib/rpm/rpmdb.sqlite', bytes: SQLITE, read: sqliteHeaders },
  { path: 'usr/lib/sysimage/rpm/Packages.db', bytes: NDB, read: ndbHeaders },
  { path: 'var/lib/rpm/Packages', bytes: BERKELEY, read: berkeleyHeaders },
] as const;

describe('packages of rpm', () => {
  it.each(FORMATS)('are read from $path', ({ path, bytes }) => {
    const { packages, gaps } = found({ path, content: bytes }, { path: 'etc/os-release', content: 'ID=rhel' });
    expect(gaps).toEqual([]);
    const short = packages.map(({ name, version, license, source }) => ({ name, version, license, source }));
    expect(short.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual(
      SPEC_PACKAGES.map(({ name, version, license }) => ({
        name,
        version: `${version}-3.el9`,
        license,
        source: path,
      })).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    );
  });

  it('have all that a scanner asks for', () => {
    const release = { path: 'usr/lib/os-release', content: 'ID="rhel"\nVERSION_ID="9.4"\n' };
    const all = found({ path: 'var/lib/rpm/rpmdb.sqlite', content: SQLITE }, release);
    const subject = { name: 'a', id: 'sha256:1', urls: [], created: '2026-01-02T03:04:05Z', tool: 'x-1' };
    const document = JSON.parse(JSON.stringify(spdxOf(subject, all)));
    const beta = document.packages.find((each: { name: string }) => each.name === 'beta');
    const upstream = 'upstream=alpha-1.0~rc1-3.el9.src.rpm';
    expect(beta).toMatchObject({
      versionInfo: '1:1.1~rc1-3.el9',
      supplier: 'Organization: Example Project',
      licenseDeclared: 'NOASSERTION',
      licenseComments: 'the package says: GPLv2+',
      sourceInfo: 'told of by /var/lib/rpm/rpmdb.sqlite',
      externalRefs: [
        {
          referenceLocator: `pkg:rpm/redhat/beta@1.1~rc1-3.el9?arch=noarch&distro=rhel-9.4&epoch=1&${upstream}`,
        },
      ],
    });
  });

  it('are those of the database that tells of some, however it is reached', () => {
    const folder = { path: 'usr/lib/sysimage/rpm', type: 'directory' } as const;
    const link = { path: 'var/lib/rpm', type: 'symlink', link: '../../usr/lib/sysimage/rpm' } as const;
    const empty = { path: 'usr/lib/sysimage/rpm/Packages', content: '' };
    const full = { path: 'usr/lib/sysimage/rpm/Packages.db', content: NDB };
    const { packages, gaps } = found(folder, link, empty, full);
    expect(packages).toHaveLength(12);
    expect(packages[0]?.source).toBe('usr/lib/sysimage/rpm/Packages.db');
    expect(gaps).toEqual([]);
    const reason = 'it is no hash of Berkeley DB';
    expect(found(folder, link, empty).gaps).toEqual([
      `the rpm database /usr/lib/sysimage/rpm/Packages is not read, since ${reason}: its packages are missing`,
    ]);
  });

  it('have the names that others give to distributions', () => {
    const content = ndbWith([
      headerWith({ name: 'a', version: '1' }),
      headerWith({ name: 'gpg-pubkey', version: '1' }),
    ]);
    const namespaces = ['opensuse-leap', 'rocky', 'amzn', ''].map((id) => {
      const release = { path: 'etc/os-release', content: `ID=${id}` };
      return found({ path: 'var/lib/rpm/Packages.db', content }, release).packages.map((each) => each.namespace);
    });
    expect(namespaces).toEqual([['opensuse'], ['rocky'], ['amzn'], [undefined]]);
  });
});

describe.each(FORMATS)('a database like $path', ({ bytes, read }) => {
  it('tells all, or why not, wherever it is cut', () => {
    const cut = fc.integer({ min: 0, max: bytes.length - 1 });
    fc.assert(
      fc.property(cut, (end) => {
        const installed = readIn(read, bytes.subarray(0, end));
        if (installed.flaw === undefined) expect(namesIn(installed)).toEqual(ALL);
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it('is read in bounds, whatever bytes in it are others', () => {
    // Most of what has a meaning stands where a page begins.
    const place = fc.oneof(
      fc.nat(bytes.length - 1),
      fc.tuple(fc.nat(Math.floor(bytes.length / 4096) - 1), fc.nat(120)).map(([page, at]) => page * 4096 + at),
    );
    const change = fc.tuple(place, fc.oneof(fc.constantFrom(0, 1, 127, 255), fc.nat(255)));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 30 }), (changes) => {
        const damaged = Buffer.from(bytes);
        for (const [at, value] of changes) damaged[at] = value;
        const { packages, flaw } = readIn(read, damaged);
        expect(packages.length).toBeLessThanOrEqual(bytes.length / 16);
        if (flaw !== undefined) expect(flaw).toMatch(/^[a-z\d][ -~]+[a-zA-Z\d]$/);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

/** The numbers of pages that have this byte at their first place, or at another. */
const pagesWith = (bytes: Buffer, kind: number, at = 0): readonly number[] =>
  Array.from({ length: bytes.length / 4096 }, (_, number) => number).filter(
    (number) => bytes[number * 4096 + at] === kind,
  );

describe('a hostile database', () => {
  const changed = (bytes: Buffer, change: (copy: Buffer) => void) => {
    const copy = Buffer.from(bytes);
    change(copy);
    return copy;
  };

  it('cannot have its pages go round (SQLite)', () => {
    const [interior = 0] = pagesWith(SQLITE, 5);
    const loop = changed(SQLITE, (copy) => copy.writeUInt32BE(interior + 1, interior * 4096 + 8));
    expect(readIn(sqliteHeaders, loop).flaw).toBe(`page ${interior + 1} is out of place`);
    const many = changed(SQLITE, (copy) => {
      copy.writeUInt16BE(2000, interior * 4096 + 3);
      copy.fill(15, interior * 4096 + 12, (interior + 1) * 4096);
    });
    expect(readIn(sqliteHeaders, many).flaw).toBe(`page ${interior + 1} is damaged`);
  });

  it('cannot have a chain of pages go round (Berkeley DB)', () => {
    const chained = pagesWith(BERKELEY, 7, 25);
    const loop = changed(BERKELEY, (copy) => {
      for (const page of chained) copy.writeUInt32LE(chained[0] ?? 0, page * 4096 + 16);
      // What begins a chain: its kind, its first page, and its length.
      for (let at = 0; at + 12 <= copy.length; at += 1)
        if (copy[at] === 3 && chained.includes(copy.readUInt32LE(at + 4))) copy.writeUInt32LE(50_000_000, at + 8);
    });
    expect(readIn(berkeleyHeaders, loop).flaw).toMatch(/^page \d+ is damaged$/);
  });

  it('cannot have one header for many packages (ndb)', () => {
    const long = headerWith({ name: 'a', version: '1', license: 'x'.repeat(900) });
    const one = ndbWith(Array.from({ length: 1000 }, (_, index) => (index === 0 ? long : headerWith({}))));
    const slots = changed(one, (copy) => {
      for (let slot = 3; slot < 1002; slot += 1) copy.copy(copy, slot * 16, 32, 48);
    });
    const { packages, flaw } = readIn(ndbHeaders, slots);
    expect(flaw).toBe('it has more than there can be');
    expect(packages.length).toBeLessThan(100);
  });

  it.each([
    ['of more entries than bytes', [0xffffffff, 0]],
    ['of more data than bytes', [0, 0xffffffff]],
    ['of nothing', [0, 0]],
  ])('may have a header %s, and others', (_name, [count = 0, size = 0]) => {
    const header = Buffer.alloc(8);
    header.writeUInt32BE(count, 0);
    header.writeUInt32BE(size, 4);
    const good = headerWith({ name: 'good', version: '1' });
    expect(readIn(ndbHeaders, ndbWith([header, good]))).toEqual({
      packages: [{ name: 'good', version: '1' }],
      flaw: 'a header in it is damaged',
    });
  });

  it('is told with the place of the damage', () => {
    const content = changed(SQLITE, (copy) => copy.fill(255, 4096 * (pagesWith(SQLITE, 5)[0] ?? 0), SQLITE.length));
    const { gaps } = found({ path: 'var/lib/rpm/rpmdb.sqlite', content });
    expect(gaps).toEqual([
      expect.stringMatching(
        /^the rpm database \/var\/lib\/rpm\/rpmdb\.sqlite is not read, since page \d+ is damaged: its packages are missing$/,
      ),
    ]);
  });
});

describe('a write-ahead log', () => {
  const SIZE = 4096;
  const SALT = Buffer.from('saltsalt');

  type Frame = { readonly page: number; readonly content: Buffer; readonly committed?: number; readonly salt?: Buffer };

  /** As https://www.sqlite.org/fileformat2.html#walformat has it, in the order of bytes of this machine's. */
  const logOf = (...frames: Frame[]): Buffer => {
    let sums = [0, 0];
    const sum = (bytes: Buffer) => {
      for (let at = 0; at < bytes.length; at += 8) {
        const first = (bytes.readUInt32LE(at) + (sums[0] ?? 0) + (sums[1] ?? 0)) >>> 0;
        sums = [first, (bytes.readUInt32LE(at + 4) + first + (sums[1] ?? 0)) >>> 0];
      }
      return numbers(...sums);
    };
    const head = Buffer.concat([numbers(0x377f0682, 3007000, SIZE, 0), SALT]);
    const parts = [head, sum(head)];
    for (const { page, content, committed = 0, salt = SALT } of frames) {
      const start = numbers(page, committed);
      sum(start);
      parts.push(start, salt, sum(content), content);
    }
    return Buffer.concat(parts);
  };

  const numbers = (...all: number[]): Buffer => {
    const bytes = Buffer.alloc(4 * all.length);
    for (const [index, each] of all.entries()) bytes.writeUInt32BE(each, 4 * index);
    return bytes;
  };

  const [interior = 0] = pagesWith(SQLITE, 5);
  const page = interior + 1;
  const good = SQLITE.subarray(interior * SIZE, page * SIZE);
  const bad = Buffer.alloc(SIZE);
  const damaged = Buffer.concat([SQLITE.subarray(0, interior * SIZE), bad, SQLITE.subarray(page * SIZE)]);
  const committed = SQLITE.length / SIZE;
  const flaw = `page ${page} is damaged`;

  it('comes before the database', () => {
    expect(readIn(sqliteHeaders, damaged).flaw).toBe(flaw);
    expect(namesIn(readIn(sqliteHeaders, damaged, logOf({ page, content: good, committed })))).toEqual(ALL);
    const twice = logOf({ page, content: bad, committed }, { page, content: good, committed });
    expect(namesIn(readIn(sqliteHeaders, damaged, twice))).toEqual(ALL);
    const endless = logOf({ page, content: good, committed: 0xffffffff });
    expect(namesIn(readIn(sqliteHeaders, damaged, endless))).toEqual(ALL);
  });

  it.each([
    ['empty', Buffer.alloc(0)],
    ['something else', Buffer.alloc(5000, 1)],
    ['not committed', logOf({ page, content: bad })],
    ['left over', logOf({ page, content: bad, committed, salt: Buffer.from('othersal') })],
    ['cut short', logOf({ page, content: bad, committed }).subarray(0, -1)],
    [
      'written in part',
      Buffer.concat([logOf({ page, content: bad, committed }).subarray(0, -8), Buffer.from('8 others')]),
    ],
  ])('counts for nothing where it is %s', (_name, log) => {
    expect(namesIn(readIn(sqliteHeaders, SQLITE, log))).toEqual(ALL);
  });

  it('is looked for beside the database', () => {
    const path = 'var/lib/rpm/rpmdb.sqlite';
    const log = { path: `${path}-wal`, content: logOf({ page, content: good, committed }) };
    expect(found({ path, content: damaged }, log).packages).toHaveLength(12);
    expect(found({ path, content: damaged }).gaps).toHaveLength(1);
  });
});
