export type * from './cst.d.ts';
export type { Escape } from './directives.ts';
export { parseTokens } from './iechorfile.ts';
export { type JsonReading, readJsonArray } from './json.ts';
export { isBlank, isSpace, skipBlanks, skipSpaces, trimmedEnd } from './space.ts';
export { type HeredocText, type LogicalLine, MAX_LINE_BYTES, type Spliced, sourceOffset, splice } from './splice.ts';
export { tokenize } from './tokens.ts';
export { parseWord, problemOf, type WordPart } from './word.ts';
