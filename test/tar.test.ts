import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImageError } from '../src/oci/error.ts';
import type { TarType } from '../src/oci/tar.ts';
import { tarHeader } from '../src/oci/tar.ts';
import { folderWith } from './support/cli.ts';
import { archiveOf, entriesOf, entryOf, type TestEntry } from './support/images.ts';

const gnu = (args: readonly string[], input?: Uint8Array) =>
  spawnSync('tar', args, { ...(input ? { input } : {}), maxBuffer: 1 << 26, env: { ...process.env, TZ: 'UTC' } });
const hasTar = /GNU tar/.test(gnu(['--version']).stdout?.toString() ?? '');
if (!hasTar) console.warn('No GNU `tar` here: archives are not compared with its own.');

const name = fc
  .string({ unit: fc.constantFrom(...'abcXYZ09._-+ é漢😀'), minLength: 1, maxLength: 40 })
  .filter((text) => text !== '.' && text !== '..');
const path = fc.array(name, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('/'));
const id = fc.oneof(fc.nat(70_000), fc.constantFrom(8 ** 7 - 1, 8 ** 7, 2 ** 31));
const type = fc.constantFrom<TarType>('file', 'file', 'directory', 'symlink', 'hardlink', 'fifo', 'character', 'block');
const entry: fc.Arbitrary<TestEntry> = fc
  .record({
    path,
    type,
    mode: fc.nat(0o7777),
    uid: id,
    gid: id,
    mtime: fc.oneof(fc.nat(2 ** 31), fc.constantFrom(-1, 8 ** 11, 8 ** 11 - 1)),
    content: fc.uint8Array({ maxLength: 1500 }),
    link: path,
    device: fc.record({ major: fc.nat(4000), minor: fc.nat(2 ** 20) }),
    xattrs: fc.dictionary(
      fc.constantFrom('user.a', 'security.capability'),
      fc.uint8Array({ minLength: 1, maxLength: 30 }),
    ),
  })
  .map(({ link, device, content, xattrs, ...rest }) => ({
    ...rest,
    ...(rest.type === 'file' ? { content } : {}),
    ...(rest.type === 'symlink' || rest.type === 'hardlink' ? { link } : {}),
    ...(rest.type === 'character' || rest.type === 'block' ? { device } : {}),
    ...(Object.keys(xattrs).length > 0 ? { xattrs: new Map(Object.entries(xattrs)) } : {}),
  }));

describe('writing and reading', () => {
  it('gives back every entry', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 6 }), (entries) => {
        const archive = archiveOf(...entries);
        const found = entriesOf(archive);
        const plain = found.map(({ at: _at, xattrs, ...rest }) => ({ ...rest, xattrs: plainAttributes(xattrs) }));
        expect(plain).toEqual(entries.map((each) => ({ ...entryOf(each), xattrs: plainAttributes(each.xattrs) })));
        for (const [index, { at, size }] of found.entries())
          expect(archive.subarray(at, at + size).equals(Buffer.from(entries[index]?.content ?? ''))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same bytes for the same entry, in whole blocks', () => {
    fc.assert(
      fc.property(entry, (each) => {
        const header = tarHeader(entryOf(each));
        expect(Buffer.from(tarHeader(entryOf(each))).equals(header)).toBe(true);
        expect(header.length % 512).toBe(0);
      }),
    );
  });

  it.each([
    ['./a/b', 'a/b'],
    ['a//b/./c', 'a/b/c'],
    ['./', ''],
    ['.', ''],
    ['/etc/passwd', 'etc/passwd'],
    ['../x', '../x'],
    ['a/..b/.c', 'a/..b/.c'],
  ])('reads the path %s as %s', (written, read) => {
    expect(entriesOf(archiveOf({ path: written, type: 'symlink', link: 'x' }))[0]?.path).toBe(read);
  });
});

const plainAttributes = (xattrs: ReadonlyMap<string, Uint8Array> | undefined) =>
  [...(xattrs ?? [])].map(([key, value]) => [key, Buffer.from(value).toString('hex')]).toSorted();

describe.skipIf(!hasTar)('the same as GNU tar (skipped where there is none)', () => {
  const tree = (): string => {
    const folder = folderWith({
      'plain.txt': 'plain',
      empty: '',
      [`${'long/'.repeat(30)}end`]: 'deep',
      [`${'n'.repeat(200)}`]: 'long name',
      'häßlich/漢字 😀': 'names',
      'large.bin': Buffer.alloc(300_000, 7),
    });
    symlinkSync('plain.txt', join(folder, 'short-link'));
    symlinkSync('x'.repeat(180), join(folder, 'long-link'));
    mkdirSync(join(folder, 'empty-folder'), { mode: 0o750 });
    return folder;
  };

  it.each(['gnu', 'pax', 'ustar'])('reads what it writes as %s', (format) => {
    const folder = tree();
    const { stdout } = gnu(['--sort=name', `--format=${format}`, '--hard-dereference', '-C', folder, '-cf', '-', '.']);
    const listed = gnu(['-tf', '-', '--quoting-style=literal'], stdout).stdout.toString();
    const found = entriesOf(stdout);
    const names = found.map(({ path: each, type: kind }) =>
      each === '' ? './' : `./${each}${kind === 'directory' ? '/' : ''}`,
    );
    expect(names).toEqual(listed.trimEnd().split('\n'));
    const file = found.find((each) => each.path === 'häßlich/漢字 😀');
    expect(stdout.subarray(file?.at, (file?.at ?? 0) + (file?.size ?? 0)).toString()).toBe('names');
    expect(found.find((each) => each.path === 'empty-folder')?.mode).toBe(0o750);
    if (format !== 'ustar') expect(found.find((each) => each.path === 'long-link')?.link).toBe('x'.repeat(180));
  });

  it('is read by it', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          name.filter((text) => !/[ ]$/.test(text)),
          { maxLength: 8 },
        ),
        fc.uint8Array(),
        (names, content) => {
          const folder = folderWith({});
          const files = names.map((each) => ({
            path: `${'d'.repeat(90)}/${each}`,
            content,
            mode: 0o640,
            mtime: 1_000_000_000,
          }));
          const { status, stderr } = gnu(['-xf', '-', '-C', folder], archiveOf(...files));
          expect(stderr.toString()).toBe('');
          expect(status).toBe(0);
          const made = names.length > 0 ? readdirSync(join(folder, 'd'.repeat(90))) : [];
          expect(made.toSorted()).toEqual(names.toSorted());
          for (const each of made) expect(readFileSync(join(folder, 'd'.repeat(90), each)).equals(content)).toBe(true);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('refuses sparse files by name', () => {
    const folder = folderWith({ hole: '' });
    writeFileSync(join(folder, 'hole'), 'x');
    spawnSync('truncate', ['-s', '10M', join(folder, 'hole')]);
    for (const format of ['gnu', 'pax']) {
      const { stdout } = gnu([`--format=${format}`, '--sparse', '-C', folder, '-cf', '-', 'hole']);
      expect(() => entriesOf(stdout)).toThrow(/`.*hole` is a sparse file, .* --sparse/);
    }
  });
});

describe('hostile archives', () => {
  const pax = (record: string): Buffer => {
    const length = record.length + 3 + 1;
    const content = `${length} ${record}\n`;
    const header = Buffer.from(tarHeader(entryOf({ path: 'pax', content })));
    header.write('x', 156, 'latin1');
    return Buffer.concat([
      checked(header),
      Buffer.from(content.padEnd(512, '\0')),
      archiveOf({ path: 'a', content: 'a' }),
    ]);
  };

  it.each(['size=-512', 'size=1e3', 'size=99999999999999999999', 'uid=x', 'gid=-1', 'mtime=soon'])(
    'with %s',
    (record) => {
      expect(() => entriesOf(pax(record))).toThrow(ImageError);
    },
  );

  it('cut short anywhere give an error, or fewer whole entries', () => {
    const archive = archiveOf({ path: 'a', content: 'x'.repeat(700) }, { path: 'b'.repeat(300), content: 'y' });
    const whole = entriesOf(archive).length;
    for (let length = 0; length < archive.length; length += 13) {
      const part = archive.subarray(0, length);
      try {
        for (const { at, size } of entriesOf(part)) expect(at + size).toBeLessThanOrEqual(length);
        expect(entriesOf(part).length).toBeLessThanOrEqual(whole);
      } catch (error) {
        expect(error).toBeInstanceOf(ImageError);
      }
    }
  });

  it('of any bytes give entries or an ImageError', () => {
    const sound = archiveOf({ path: 'a'.repeat(150), content: 'x'.repeat(600) }, { path: 'd', type: 'directory' });
    const spoilt = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(spoilt, fc.boolean(), (changes, isMended) => {
        const archive = Buffer.from(sound);
        for (const [at, byte] of changes) archive[at] = byte;
        if (isMended) checked(archive);
        try {
          entriesOf(archive);
        } catch (error) {
          expect(error).toBeInstanceOf(ImageError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('with a header for the next that is longer than memory', () => {
    const header = Buffer.from(tarHeader(entryOf({ path: 'long' })));
    header.write('L', 156, 'latin1');
    header.write('77777777777', 124, 'latin1');
    expect(() => entriesOf(Buffer.concat([checked(header), Buffer.alloc(512)]))).toThrow(/too long/);
  });

  it('a link has no content, whatever size it tells', () => {
    const header = Buffer.from(tarHeader(entryOf({ path: 'link', type: 'hardlink', link: 'a' })));
    header.write('00000001000', 124, 'latin1');
    const archive = Buffer.concat([checked(header), archiveOf({ path: 'next', content: 'n' })]);
    expect(entriesOf(archive).map((each) => each.path)).toEqual(['link', 'next']);
  });
});

/** With the checksum that its first block must have. */
const checked = (header: Buffer): Buffer => {
  header.write('        ', 148, 'latin1');
  let sum = 0;
  for (const byte of header.subarray(0, 512)) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
};
