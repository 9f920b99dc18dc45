import type { Defect, Document } from './document.ts';

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

const CONVERT =
  'Save it as UTF-8 in the editor, or convert it: `iconv -f FROM -t UTF-8 FILE > NEW`, with FROM the encoding it has.';

/**
 * The text of a file's bytes. One UTF-8 byte order mark is taken off. UTF-16 with a byte order mark, bytes that are not
 * UTF-8 and NUL characters are decoded as far as they go, and are the document's one defect.
 */
export const decode = (path: string, bytes: Uint8Array): Document => {
  const utf16 = utf16Of(bytes);
  if (utf16) return { path, text: read(utf16, bytes.subarray(2)), bom: true, defect: utf16Defect(utf16) };
  const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const body = bom ? bytes.subarray(3) : bytes;
  const sound = readSound(body);
  const text = sound ?? read('utf-8', body);
  const bad = sound === undefined ? soundLength(body) : -1;
  const nul = text.indexOf('\0');
  if (bad >= 0 && (nul < 0 || bad < nul)) return { path, text, bom, defect: invalidDefect(bad) };
  return { path, text, bom, defect: nul < 0 ? undefined : nulDefect(nul) };
};

/** The document of a file that is not read because it is larger than the limit; both in bytes. */
export const tooLarge = (path: string, size: number | undefined, limit: number): Document => ({
  path,
  text: '',
  bom: false,
  defect: {
    kind: 'too-large',
    message: `The file ${size === undefined ? 'is larger' : `has ${grouped(size)} bytes, more`} than the limit of ${grouped(limit)}; it was not read`,
    help: 'No build needs a file of this size: look whether data got into it. If it is meant, raise --max-file-size.',
    offset: 0,
  },
});

const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

const utf16Of = (bytes: Uint8Array): Encoding | undefined => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
};

const read = (encoding: Encoding, bytes: Uint8Array): string =>
  new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);

const readSound = (bytes: Uint8Array, stream = false): string | undefined => {
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(bytes, { stream });
  } catch {
    return undefined;
  }
};

/** How many UTF-16 units stand before the first bytes that are not UTF-8. */
const soundLength = (bytes: Uint8Array): number => {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    // A stream may end inside a character, so every prefix of a sound text is sound.
    if (readSound(bytes.subarray(0, middle), true) === undefined) high = middle - 1;
    else low = middle;
  }
  return readSound(bytes.subarray(0, low), true)?.length ?? 0;
};

const utf16Defect = (encoding: Encoding): Defect => ({
  kind: 'encoding',
  message: `The file is UTF-16 (${encoding === 'utf-16le' ? 'little' : 'big'} endian), which no builder reads`,
  help: `Builders read UTF-8 and take these bytes for one unknown instruction. Convert the file: \`iconv -f UTF-16 -t UTF-8 FILE > NEW\`, or in PowerShell write it with \`-Encoding utf8\`.`,
  offset: 0,
});

const invalidDefect = (offset: number): Defect => ({
  kind: 'encoding',
  message: 'The bytes here are not UTF-8',
  help: `They reach the image as they are, and what they mean depends on who reads them. ${CONVERT}`,
  offset,
});

const nulDefect = (offset: number): Defect => ({
  kind: 'encoding',
  message: 'There is a NUL character here',
  help:
    offset < 2
      ? 'This looks like UTF-16 without a byte order mark, which no builder reads. Convert the file: `iconv -f UTF-16LE -t UTF-8 FILE > NEW` (or UTF-16BE).'
      : 'No path, variable or command can hold a NUL, so a step with one fails when it runs. Delete it; if there are many, this is not a text file.',
  offset,
});
