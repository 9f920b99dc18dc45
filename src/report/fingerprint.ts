import type { Diagnostic } from '../lint/diagnostic.ts';
import type { View } from './view.ts';

/** Names a finding of one file in 16 hexadecimal digits that stay when lines above it come and go. */
export type Fingerprint = (diagnostic: Diagnostic) => string;

/** From the rule, its line without regard to blanks, and how often that pair came before; call it in order. */
export const fingerprinter = (view: View): Fingerprint => {
  const seen = new Map<string, number>();
  return ({ rule, range }) => {
    const { start, end } = view.lines.rangeOf(view.lines.lineAt(range.start));
    // The masked text: a hash of the secret would let it be guessed.
    const line = view.text.slice(start, end).trim().replace(/\s+/g, ' ');
    const key = `${rule}\n${line}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return hashOf(`${key}\n${count}`);
  };
};

/** 16 hexadecimal digits: FNV-1a over UTF-16 units, twice from different starts. */
export const hashOf = (text: string): string => fnv(text, 0x811c9dc5) + fnv(text, 0x2f0b4a7d);

const fnv = (text: string, seed: number): string => {
  let value = seed;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
};
