/**
 * Names of files and targets of links as strings that lose no byte. Nearly all are UTF-8; in others each byte that is not
 * stands as a lone surrogate, U+DC80 to U+DCFF, which no UTF-8 gives.
 */
export const nameOfBytes = (bytes: Uint8Array): string => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString('utf8');
  if (!text.includes(REPLACEMENT) || Buffer.from(text).equals(buffer)) return text;
  let name = '';
  for (let at = 0; at < buffer.length; ) {
    const length = lengthAt(buffer, at);
    name += length > 0 ? buffer.toString('utf8', at, at + length) : String.fromCharCode(0xdc00 + (buffer[at] ?? 0));
    at += Math.max(length, 1);
  }
  return name;
};

/** What UTF-8 makes of bytes that are none. */
export const REPLACEMENT = '\ufffd';

/** How many bytes the character has that begins there; 0 where none does. */
const lengthAt = (bytes: Buffer, at: number): number => {
  const first = bytes[at] ?? 0;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const part = bytes.subarray(at, at + length);
  return Buffer.from(part.toString('utf8')).equals(part) ? length : 0;
};

/** The bytes of such a string, and of any text with such names in it. */
export const bytesOfName = (name: string): Buffer =>
  name.isWellFormed()
    ? Buffer.from(name)
    : Buffer.concat(
        Array.from(name, (character) =>
          /^[\udc80-\udcff]$/.test(character) ? Buffer.of(character.charCodeAt(0) - 0xdc00) : Buffer.from(character),
        ),
      );

/** A path as the file system takes it: text, but where that would lose bytes. */
export const onDisk = (path: string): string | Buffer => (path.isWellFormed() ? path : bytesOfName(path));
