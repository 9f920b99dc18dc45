import type { Modifier, Variable, WordPart } from '../ast/words.ts';
import { type Glob, matchAt, readGlob, reversed } from './glob.ts';

/** What a name stands for: its value, nothing, or something that cannot be known from the file. */
export type Lookup =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'unset' }
  | { readonly kind: 'unknown' };

export type Environment = (name: string) => Lookup;

export interface Expansion {
  /** Undefined when it depends on something unknown, or cannot be expanded. */
  readonly value: string | undefined;
  /** Why BuildKit refuses it. */
  readonly error: string | undefined;
  /** Variables that are used though nothing sets them. */
  readonly unset: readonly Variable[];
}

interface Work {
  readonly environment: Environment;
  readonly unset: Variable[];
  error: string | undefined;
  unknown: boolean;
}

/** The value of a word as BuildKit expands it: quotes and escapes taken out, variables put in. */
export const expand = (parts: readonly WordPart[], environment: Environment): Expansion => {
  const unset: Variable[] = [];
  const work: Work = { environment, unset, error: undefined, unknown: false };
  const value = text(parts, work, false);
  return { value: work.error || work.unknown ? undefined : value, error: work.error, unset };
};

/** As `expand`, split into words at blanks outside quotes; what a `${name<modifier>…}` follows directly is lost, as in BuildKit. */
export const expandWords = (
  parts: readonly WordPart[],
  environment: Environment,
): Expansion & { readonly words: readonly string[] } => {
  const work: Work = { environment, unset: [], error: undefined, unknown: false };
  const words: string[] = [];
  let word = '';
  for (const part of parts) {
    const value = text([part], work, false);
    if (part.kind === 'Variable' && part.modifier) word = '';
    if (part.kind === 'Quoted' || (part.kind === 'Literal' && part.raw !== part.value)) {
      word += value;
      continue;
    }
    const pieces = value.split(/[\s\u0085]+/);
    for (const [index, piece] of pieces.entries()) {
      if (index > 0 && word) {
        words.push(word);
        word = '';
      }
      word += piece;
    }
  }
  if (word) words.push(word);
  const value = work.error || work.unknown ? undefined : words.join(' ');
  return { value, error: work.error, unset: work.unset, words: value === undefined ? [] : words };
};

const text = (parts: readonly WordPart[], work: Work, keepEscapes: boolean): string => {
  let value = '';
  for (const part of parts) {
    if (part.kind === 'Literal') value += keepEscapes ? part.raw : part.value;
    else if (part.kind === 'Variable') value += variable(part, work);
    else {
      if (!part.closed)
        fail(
          work,
          `unexpected end of statement while looking for matching ${part.quote === '"' ? 'double' : 'single'}-quote`,
        );
      value += text(part.parts, work, keepEscapes);
    }
  }
  return value;
};

const fail = (work: Work, message: string): string => {
  work.error ??= message;
  return '';
};

const variable = (part: Variable, work: Work): string => {
  if (part.problem) return fail(work, part.problem);
  const found = work.environment(part.name);
  if (found.kind === 'unset') work.unset.push(part);
  if (!part.modifier) return settle(found, work);
  const pattern = '#%/'.includes(part.modifier[0] ?? '');
  const word = text(part.word ?? [], work, pattern);
  const replacement = text(part.replacement ?? [], work, true);
  if (found.kind === 'unknown') {
    work.unknown = true;
    return '';
  }
  return modified(part.modifier, part.name, found.kind === 'value' ? found.value : undefined, word, replacement, work);
};

const settle = (found: Lookup, work: Work): string => {
  if (found.kind === 'unknown') work.unknown = true;
  return found.kind === 'value' ? found.value : '';
};

const modified = (
  modifier: Modifier,
  name: string,
  value: string | undefined,
  word: string,
  replacement: string,
  work: Work,
): string => {
  const missing = modifier.startsWith(':') ? !value : value === undefined;
  switch (modifier) {
    case '-':
    case ':-':
      return missing ? word : (value ?? '');
    case '+':
    case ':+':
      return missing ? '' : word;
    case '?':
    case ':?':
      if (!missing) return value ?? '';
      return fail(
        work,
        `${name}: ${word || (modifier === '?' ? 'is not allowed to be unset' : 'is not allowed to be empty')}`,
      );
    default:
      return cut(modifier, value ?? '', word, replacement, work);
  }
};

const cut = (modifier: Modifier, value: string, word: string, replacement: string, work: Work): string => {
  const glob = readGlob(word);
  if (!glob) return fail(work, `invalid pattern (${word}) in substitution`);
  const chars = Array.from(value);
  if (chars.length * chars.length * glob.length > MAX_STEPS) {
    work.unknown = true;
    return '';
  }
  if (modifier === '#' || modifier === '##') return withoutPrefix(glob, chars, modifier === '##');
  if (modifier === '%' || modifier === '%%') {
    const rest = withoutPrefix(reversed(glob), chars.toReversed(), modifier === '%%');
    return Array.from(rest).toReversed().join('');
  }
  return replaced(glob, chars, replacement, modifier === '//');
};

// Nobody writes such a pattern for such a value but to keep us busy.
const MAX_STEPS = 2e8;

const withoutPrefix = (glob: Glob, chars: readonly string[], greedy: boolean): string => {
  const match = matchAt(glob, chars, 0);
  if (!match) return chars.join('');
  return chars.slice(greedy ? match.longest : match.shortest).join('');
};

const replaced = (glob: Glob, chars: readonly string[], replacement: string, all: boolean): string => {
  let result = '';
  let lastEnd = -1;
  for (let at = 0; at <= chars.length; ) {
    const match = matchAt(glob, chars, at);
    if (!match) {
      result += chars[at++] ?? '';
      continue;
    }
    if (!all) return result + replacement + chars.slice(match.longest).join('');
    // As in Go, an empty match directly behind another one does not count.
    if (match.longest > lastEnd) result += fromTemplate(replacement, chars.slice(at, match.longest).join(''));
    lastEnd = match.longest;
    if (match.longest === at) result += chars[at] ?? '';
    at = Math.max(match.longest, at + 1);
  }
  return result;
};

/** With `//` the replacement is a template of Go's regexp: `$0` is the match, other names are nothing. */
const fromTemplate = (template: string, match: string): string =>
  template.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, bare: string | undefined, braced: string | undefined) => {
    if (whole === '$$') return '$';
    return (bare ?? braced) === '0' ? match : '';
  });
