import type { Range } from '../source/range.ts';

/** Plain text; `value` has the escapes taken out, `raw` still holds them. */
export interface Literal extends Range {
  readonly kind: 'Literal';
  readonly raw: string;
  readonly value: string;
}

/** `'…'` or `"…"`; inside single quotes there is at most one Literal. `closed` is false where the quote never ends. */
export interface Quoted extends Range {
  readonly kind: 'Quoted';
  readonly quote: "'" | '"';
  readonly parts: readonly WordPart[];
  readonly closed: boolean;
}

export type Modifier = '-' | ':-' | '+' | ':+' | '?' | ':?' | '#' | '##' | '%' | '%%' | '/' | '//';

/** `$name`, `${name}` or `${name<modifier>word}`; with `/` and `//` the word is the pattern. */
export interface Variable extends Range {
  readonly kind: 'Variable';
  readonly name: string;
  readonly nameRange: Range;
  readonly braces: boolean;
  readonly modifier: Modifier | undefined;
  readonly word: readonly WordPart[] | undefined;
  readonly replacement: readonly WordPart[] | undefined;
  /** Why BuildKit cannot expand it, such as an unknown modifier. */
  readonly problem: string | undefined;
}

export type WordPart = Literal | Quoted | Variable;

/** One word as written. `text` is its value when no variable is in it, else undefined; `raw` is what BuildKit's parser keeps. */
export interface Word extends Range {
  readonly kind: 'Word';
  readonly parts: readonly WordPart[];
  readonly raw: string;
  readonly text: string | undefined;
}
