/** A file of which parts are read. */
export interface Parts {
  readonly size: number;
  /** Undefined where not all of it is inside the file. */
  readonly part: (offset: number, length: number) => Buffer | undefined;
}

/** What a reader comes upon: the header of a package, or what is wrong with the database, in words, and then no more. */
export type Reading = { readonly header: Buffer } | { readonly flaw: string };

/** Reads a database of one format; `log` has what was written last, where its format has one. */
export type ReadDatabase = (file: Parts, log?: Parts) => Generator<Reading>;

/** Headers are some ten to hundred kilobytes long; what is longer than this is none. */
export const LONGEST_HEADER = 64 * 1024 * 1024;

export const CUT_SHORT = 'it is cut short';
