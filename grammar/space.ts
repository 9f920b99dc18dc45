/**
 * The format's two sets of white space. Blanks separate keywords and plain words; spaces (Go's Unicode white space)
 * are trimmed and separate flags and quoted words. Neither is JavaScript's `\s`: that one has U+FEFF and lacks U+0085.
 */
export const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13 && code !== 10);

export const isSpace = (code: number): boolean => {
  if (code <= 32) return code === 32 || (code >= 9 && code <= 13);
  if (code < 0x85) return false;
  if (code === 0x85 || code === 0xa0 || code === 0x1680) return true;
  if (code < 0x2000) return false;
  return code <= 0x200a || code === 0x2028 || code === 0x2029 || code === 0x202f || code === 0x205f || code === 0x3000;
};

/** First offset from `start` that is no space. */
export const skipSpaces = (text: string, start: number, end: number): number => {
  let at = start;
  while (at < end && isSpace(text.charCodeAt(at))) at++;
  return at;
};

export const skipBlanks = (text: string, start: number, end: number): number => {
  let at = start;
  while (at < end && isBlank(text.charCodeAt(at))) at++;
  return at;
};

/** The end of the text between `start` and `end` when spaces at its end are left out. */
export const trimmedEnd = (text: string, start: number, end: number): number => {
  let at = end;
  while (at > start && isSpace(text.charCodeAt(at - 1))) at--;
  return at;
};
