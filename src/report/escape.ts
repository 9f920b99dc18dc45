const PRINTABLE_ASCII = /^[ -~]*$/;
const PRINTABLE_LINES = /^[\t\n -~]*$/;

/** Nothing but ASCII with a column for each unit: most lines of most files. */
export const isPlain = (text: string): boolean => PRINTABLE_ASCII.test(text);

// Each pattern stands where it is used: one of Unicode takes so long to make that none is made for ASCII.

/**
 * Makes characters that hide, reorder or command visible, such as `\u{202e}`; tabs and line ends too. They are control,
 * format (bidi, zero-width, byte order mark), line separator and lone surrogate characters.
 */
export const escapeLine = (text: string): string =>
  isPlain(text) ? text : text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, visible);

/** As `escapeLine`, for text of several lines: tabs, `\n` and `\r\n` stay. */
export const escapeText = (text: string): string =>
  PRINTABLE_LINES.test(text) ? text : text.replace(/\r(?!\n)|[^\P{Cc}\t\n\r]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, visible);

/** As `escapeLine`, with no `##[…]` either, which CI systems take for a command wherever it stands. */
export const escapeMessage = (text: string): string => escapeLine(text).replace(/#(?=#\w*\[)/g, '\\u{23}');

/**
 * The same value as JSON text in which no such character stands raw, and no command to a CI system: those look for
 * `##[group]`, `##vso[…]` and the like anywhere in a line of the log.
 */
export const escapeJson = (json: string): string =>
  json.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]|#(?=#\w*\[)/gu, escapeUnits);

const visible = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

const escapeUnits = (character: string): string => {
  let escaped = '';
  for (let at = 0; at < character.length; at++) {
    escaped += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }
  return escaped;
};
