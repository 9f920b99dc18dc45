/** Control, format (bidi, zero-width, byte order mark), line separator and lone surrogate characters. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const HIDDEN_IN_TEXT = /\r(?!\n)|[^\P{Cc}\t\n\r]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
// CI systems look for commands such as `##[group]` and `##vso[…]` anywhere in a line of the log.
const HIDDEN_IN_JSON = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]|#(?=#\w*\[)/gu;

const PRINTABLE_ASCII = /^[ -~]*$/;

/** Nothing but ASCII with a column for each unit: most lines of most files. */
export const isPlain = (text: string): boolean => PRINTABLE_ASCII.test(text);

/** Makes characters that hide, reorder or command visible, such as `\u{202e}`; tabs and line ends too. */
export const escapeLine = (text: string): string => (isPlain(text) ? text : text.replace(HIDDEN, visible));

/** As `escapeLine`, for text of several lines: tabs, `\n` and `\r\n` stay. */
export const escapeText = (text: string): string => text.replace(HIDDEN_IN_TEXT, visible);

/** The same value as JSON text in which no such character stands raw, and no command to a CI system. */
export const escapeJson = (json: string): string => json.replace(HIDDEN_IN_JSON, escapeUnits);

const visible = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

const escapeUnits = (character: string): string => {
  let escaped = '';
  for (let at = 0; at < character.length; at++) {
    escaped += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }
  return escaped;
};
