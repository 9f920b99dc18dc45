import { describe, expect, it } from 'vitest';
import { decode, tooLarge } from '../src/source/decode.ts';
import { nearest } from '../src/source/nearest.ts';

const bytes = (...parts: (string | number)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));

const utf16be = (text: string): Uint8Array => Buffer.from(text, 'utf16le').swap16();

describe('decoding', () => {
  it('gives the text of sound bytes, without one byte order mark', () => {
    expect(decode('f', bytes('FROM é 漢 😀\r\n'))).toEqual({
      path: 'f',
      text: 'FROM é 漢 😀\r\n',
      bom: false,
      defect: undefined,
    });
    expect(decode('f', bytes('\uFEFFFROM x'))).toMatchObject({ text: 'FROM x', bom: true, defect: undefined });
    expect(decode('f', bytes('\uFEFF\uFEFFFROM x'))).toMatchObject({ text: '\uFEFFFROM x', bom: true });
    expect(decode('f', bytes('a\uFEFF\uFFFD'))).toMatchObject({ text: 'a\uFEFF\uFFFD', bom: false, defect: undefined });
    for (const empty of ['', '\uFEFF'])
      expect(decode('f', bytes(empty))).toMatchObject({ text: '', defect: undefined });
  });

  it.each([
    ['a lone byte', bytes('ab', 0xe9, 'c'), 'ab\uFFFDc', 2],
    ['the first byte', bytes(0xff, 'x'), '\uFFFDx', 0],
    ['after a real replacement character', bytes('\uFFFD', 0x80), '\uFFFD\uFFFD', 1],
    ['a cut character at the end', bytes('😀', 0xf0, 0x9f, 0x98), '😀\uFFFD', 2],
    ['an overlong form', bytes('a', 0xc0, 0xaf), 'a\uFFFD\uFFFD', 1],
    ['a surrogate', bytes('a', 0xed, 0xa0, 0x80, 'b'), 'a\uFFFD\uFFFD\uFFFDb', 1],
    ['behind a byte order mark', bytes('\uFEFFa', 0xff), 'a\uFFFD', 1],
  ])('finds where bytes are not UTF-8: %s', (_name, input, text, offset) => {
    expect(decode('f', input)).toMatchObject({ text, defect: { kind: 'encoding', offset } });
  });

  it('finds it in a large file', () => {
    const input = bytes('# é\n'.repeat(500_000), 0xff, 'x'.repeat(100));
    expect(decode('f', input).defect?.offset).toBe(2_000_000);
  });

  it('reads UTF-16 by its byte order mark as far as it goes, which is one defect', () => {
    const little = Buffer.from('\uFEFFFROM é\n', 'utf16le');
    expect(decode('f', little)).toMatchObject({ text: 'FROM é\n', defect: { kind: 'encoding', offset: 0 } });
    expect(decode('f', utf16be('\uFEFFFROM é\n')).text).toBe('FROM é\n');
    expect(decode('f', bytes(0xff, 0xfe, 'F', 0, 'x'))).toMatchObject({ text: 'F\uFFFD' });
    expect(decode('f', bytes(0xfe, 0xff)).defect?.message).toMatch(/UTF-16 \(big endian\)/);
  });

  it('reports the first NUL, or the bad bytes before it', () => {
    expect(decode('f', bytes('a', 0, 'b', 0))).toMatchObject({ text: 'a\0b\0', defect: { offset: 1 } });
    expect(decode('f', bytes('a', 0, 0xff)).defect).toMatchObject({ offset: 1, message: expect.stringMatching(/NUL/) });
    expect(decode('f', bytes('a', 0xff, 0)).defect).toMatchObject({
      offset: 1,
      message: expect.stringMatching(/UTF-8/),
    });
    expect(decode('f', Buffer.from('FROM x', 'utf16le')).defect?.help).toMatch(/UTF-16 without a byte order mark/);
  });

  it('names both sizes of a file that is too large', () => {
    const { text, defect } = tooLarge('f', 52_428_800, 5_000_000);
    expect(text).toBe('');
    expect(defect).toMatchObject({
      kind: 'too-large',
      offset: 0,
      message: expect.stringMatching(/52,428,800 bytes.*5,000,000/),
    });
  });
});

describe('the nearest name', () => {
  const names = ['relative-workdir', 'fix', 'format', 'from', 'FROM', 'select'];

  it.each([
    ['relative-workdr', 'relative-workdir'],
    ['relativ-workdirs', 'relative-workdir'],
    ['RELATIVE-WORKDIR', 'relative-workdir'],
    ['relative_work_dir', 'relative-workdir'],
    ['foramt', 'format'],
    ['fomr', 'from'],
    ['slect', 'select'],
    ['frmo', 'from'],
    ['drum', undefined],
    ['fix', 'fix'],
    ['xyz', undefined],
    ['workdir', undefined],
    ['', undefined],
    ['z', undefined],
  ])('of %j is %j', (name, expected) => {
    expect(nearest(name, names)).toBe(expected);
  });

  it('is the first of those that are as near', () => {
    expect(nearest('cat', ['bat', 'hat'])).toBe('bat');
    expect(nearest('cat', ['hat', 'bat'])).toBe('hat');
  });
});
