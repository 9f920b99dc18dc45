import { type IgnorePattern, readPattern } from '../facts/ignore-pattern.ts';
import { cleanPath } from '../model/index.ts';

/** Which paths a list of patterns means: the last that decides wins, and what a folder matches all in it matches. */
export interface PathFilter {
  /** `above` is what was found for the folder that the path is in. */
  match(path: string, above: Matched | undefined): Matched;
  /** Whether something in a folder that is not meant may be meant, or the other way round. */
  mayDiffer(folder: string, found: Matched): boolean;
}

export interface Matched {
  readonly isMatched: boolean;
  readonly patterns: readonly boolean[];
}

/** A filter of patterns that were read. */
export const pathFilter = (patterns: readonly IgnorePattern[]): PathFilter => {
  const startsOf = (areExceptions: boolean) =>
    patterns.filter(({ isException }) => isException === areExceptions).map(({ text }) => plainStart(text));
  const [starts, exceptions] = [startsOf(false), startsOf(true)];
  return {
    match(path, above) {
      const found: boolean[] = [];
      let isMatched = false;
      for (const [index, { expression, isException }] of patterns.entries()) {
        const isHit = above?.patterns[index] || (isException === isMatched && expression.test(path)) || false;
        found.push(isHit);
        if (isHit) isMatched = !isException;
      }
      return { isMatched, patterns: found };
    },
    mayDiffer: (folder, { isMatched }) => (isMatched ? exceptions : starts).some((start) => isOnTheWay(folder, start)),
  };
};

/** The folders at the start of a pattern that have no wildcard. */
const plainStart = (text: string): string => {
  const parts = text.split('/');
  const wild = parts.findIndex((part) => /[*?[\\]/.test(part));
  return (wild < 0 ? parts : parts.slice(0, wild)).join('/');
};

const isOnTheWay = (folder: string, start: string): boolean =>
  start === '' || `${start}/`.startsWith(`${folder}/`) || `${folder}/`.startsWith(`${start}/`);

/** A filter of patterns as they are written, `!` before an exception; a text says which is none. */
export const filterOf = (texts: readonly string[]): PathFilter | string | undefined => {
  if (texts.length === 0) return undefined;
  const patterns: IgnorePattern[] = [];
  for (const [index, text] of texts.entries()) {
    const isException = text.startsWith('!');
    const plain = cleanPath(isException ? text.slice(1) : text).replace(/^\/(?=.)/, '');
    const pattern = readPattern(plain, isException, index + 1);
    if (typeof pattern === 'string') return pattern;
    patterns.push(pattern);
  }
  return pathFilter(patterns);
};
