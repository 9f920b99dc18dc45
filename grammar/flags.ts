import type { Escape } from './directives.ts';
import { isSpace, skipSpaces } from './space.ts';

export interface FlagScan {
  readonly end: number;
  /** The flag with quotes and escapes taken out; `--` alone ends the flags. */
  readonly text: string;
}

// BuildKit reads flags byte by byte: only the spaces below U+0100 end one, and only ASCII ones may stand before one.
const isFlagSpace = (code: number): boolean => code <= 0xff && isSpace(code);

/** Whether nothing but ASCII spaces stands between the two offsets. */
export const isFlagGap = (text: string, start: number, end: number): boolean => {
  for (let at = start; at < end; at++) if (text.charCodeAt(at) > 32) return false;
  return true;
};

/** Reads one `--flag` at the offset: it ends at a space outside quotes; the escape works everywhere, also in single quotes. */
export const scanFlag = (text: string, start: number, end: number, escape: Escape): FlagScan | undefined => {
  if (text[start] !== '-' || text[start + 1] !== '-') return undefined;
  let value = '';
  let quote = '';
  let at = start;
  for (; at < end; at++) {
    const char = text[at] ?? '';
    if (!quote && isFlagSpace(text.charCodeAt(at))) break;
    if (char === quote) quote = '';
    else if (!quote && (char === '"' || char === "'")) quote = char;
    else if (char === escape) value += text[++at] ?? '';
    else value += char;
  }
  return { end: Math.min(at, end), text: value };
};

/** Where the arguments begin: after spaces, flags and a `--`. */
export const skipFlags = (text: string, start: number, end: number, escape: Escape): number => {
  let at = skipSpaces(text, start, end);
  if (!isFlagGap(text, start, at)) return at;
  for (let flag = scanFlag(text, at, end, escape); flag; flag = scanFlag(text, at, end, escape)) {
    at = skipSpaces(text, flag.end, end);
    if (!isFlagGap(text, flag.end, at)) break;
    if (flag.text === '--') break;
  }
  return at;
};
