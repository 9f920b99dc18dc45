import type { Escape } from './directives.ts';

/** The parts of a word, with offsets into the text that was given. The grammar of `shell/lex.go` in BuildKit. */
export interface LiteralPart {
  readonly kind: 'Literal';
  readonly start: number;
  readonly end: number;
  readonly raw: string;
  readonly value: string;
}
export interface QuotedPart {
  readonly kind: 'Quoted';
  readonly start: number;
  readonly end: number;
  readonly quote: "'" | '"';
  readonly parts: readonly WordPart[];
  readonly closed: boolean;
}
export type Modifier = '-' | ':-' | '+' | ':+' | '?' | ':?' | '#' | '##' | '%' | '%%' | '/' | '//';
export interface VariablePart {
  readonly kind: 'Variable';
  readonly start: number;
  readonly end: number;
  readonly name: string;
  readonly nameRange: { readonly start: number; readonly end: number };
  readonly braces: boolean;
  readonly modifier: Modifier | undefined;
  readonly word: readonly WordPart[] | undefined;
  readonly replacement: readonly WordPart[] | undefined;
  readonly problem: string | undefined;
}
export type WordPart = LiteralPart | QuotedPart | VariablePart;

interface Scan {
  readonly text: string;
  readonly end: number;
  readonly escape: Escape;
  /** False in heredoc bodies, where quotes are plain text. */
  readonly quotes: boolean;
  at: number;
  depth: number;
}

const MAX_DEPTH = 200;
const NAME_START = /[A-Za-z_]/;
const NAME_PART = /\w/;
const DIGIT = /\d/;
const SPECIAL = '@*#?-$!0';

/** Never throws: what cannot be expanded is a Variable with a `problem` or a Quoted that is not closed. */
export const parseWord = (
  text: string,
  start: number,
  end: number,
  escape: Escape,
  quotes = true,
): readonly WordPart[] => {
  const plain = plainWord(text, start, end, escape);
  if (plain) return plain;
  return partsUntil({ text, end, escape, quotes, at: start, depth: 0 }, '');
};

// Most words hold nothing special.
const plainWord = (text: string, start: number, end: number, escape: Escape): readonly WordPart[] | undefined => {
  const special = escape.charCodeAt(0);
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 36 || code === 34 || code === 39 || code === special) return undefined;
  }
  const raw = text.slice(start, end);
  return raw ? [{ kind: 'Literal', start, end, raw, value: raw }] : [];
};

/** Parts up to the stop character, which is left in place, or the end. */
const partsUntil = (scan: Scan, stop: string): readonly WordPart[] => {
  const parts: WordPart[] = [];
  while (scan.at < scan.end) {
    const char = scan.text[scan.at] ?? '';
    if (char === stop) break;
    if (char === '$') parts.push(dollar(scan));
    else if (scan.quotes && char === "'") parts.push(singleQuoted(scan));
    else if (scan.quotes && char === '"') parts.push(doubleQuoted(scan));
    else parts.push(literal(scan, stop));
  }
  return parts;
};

const literal = (scan: Scan, stop: string): LiteralPart => {
  const start = scan.at;
  let value = '';
  while (scan.at < scan.end) {
    const char = scan.text[scan.at] ?? '';
    if (char === stop || char === '$' || (scan.quotes && (char === "'" || char === '"'))) break;
    scan.at++;
    if (char !== scan.escape) value += char;
    else if (scan.at < scan.end) value += scan.text[scan.at++] ?? '';
  }
  return { kind: 'Literal', start, end: scan.at, raw: scan.text.slice(start, scan.at), value };
};

const singleQuoted = (scan: Scan): QuotedPart => {
  const start = scan.at;
  const close = scan.text.indexOf("'", start + 1);
  const closed = close >= 0 && close < scan.end;
  const inner = closed ? close : scan.end;
  const raw = scan.text.slice(start + 1, inner);
  scan.at = closed ? close + 1 : scan.end;
  const parts: WordPart[] = raw ? [{ kind: 'Literal', start: start + 1, end: inner, raw, value: raw }] : [];
  return { kind: 'Quoted', start, end: scan.at, quote: "'", parts, closed };
};

const doubleQuoted = (scan: Scan): QuotedPart => {
  const start = scan.at++;
  const parts: WordPart[] = [];
  while (scan.at < scan.end && scan.text[scan.at] !== '"') {
    parts.push(scan.text[scan.at] === '$' ? dollar(scan) : literalInQuotes(scan));
  }
  const closed = scan.at < scan.end;
  if (closed) scan.at++;
  return { kind: 'Quoted', start, end: scan.at, quote: '"', parts, closed };
};

const literalInQuotes = (scan: Scan): LiteralPart => {
  const start = scan.at;
  let value = '';
  while (scan.at < scan.end) {
    const char = scan.text[scan.at] ?? '';
    if (char === '"' || char === '$') break;
    scan.at++;
    const next = scan.at < scan.end ? (scan.text[scan.at] ?? '') : '';
    if (char !== scan.escape) value += char;
    else if (next === '"' || next === '$' || next === scan.escape) value += scan.text[scan.at++] ?? '';
    else if (next) value += char;
  }
  return { kind: 'Literal', start, end: scan.at, raw: scan.text.slice(start, scan.at), value };
};

const dollar = (scan: Scan): WordPart => {
  const start = scan.at++;
  if (scan.text[scan.at] === '{' && scan.at < scan.end) return braced(scan, start);
  const nameStart = scan.at;
  const name = variableName(scan);
  if (!name) return { kind: 'Literal', start, end: start + 1, raw: '$', value: '$' };
  return variable(scan, start, name, nameStart, false);
};

const variableName = (scan: Scan): string => {
  const start = scan.at;
  const first = codePointAt(scan);
  if (isDigit(first)) {
    while (isDigit(codePointAt(scan))) scan.at += codePointAt(scan).length;
  } else if (first && SPECIAL.includes(first)) {
    scan.at++;
  } else if (isNameStart(first)) {
    for (let char = first; char && isNamePart(char); char = codePointAt(scan)) scan.at += char.length;
  }
  return scan.text.slice(start, scan.at);
};

// Patterns of Unicode take so long to make that none is made for ASCII.
const isDigit = (char: string): boolean => (isAscii(char) ? DIGIT.test(char) : /\p{Nd}/u.test(char));
const isNameStart = (char: string): boolean => (isAscii(char) ? NAME_START.test(char) : /\p{L}/u.test(char));
const isNamePart = (char: string): boolean => (isAscii(char) ? NAME_PART.test(char) : /[\p{L}\p{Nd}]/u.test(char));
const isAscii = (char: string): boolean => char <= '\x7f';

const codePointAt = (scan: Scan): string => {
  if (scan.at >= scan.end) return '';
  return String.fromCodePoint(scan.text.codePointAt(scan.at) ?? 0);
};

const variable = (
  scan: Scan,
  start: number,
  name: string,
  nameStart: number,
  braces: boolean,
  rest: Partial<Pick<VariablePart, 'modifier' | 'word' | 'replacement' | 'problem'>> = {},
): VariablePart => ({
  kind: 'Variable',
  start,
  end: scan.at,
  name,
  nameRange: { start: nameStart, end: nameStart + name.length },
  braces,
  modifier: rest.modifier,
  word: rest.word,
  replacement: rest.replacement,
  problem: rest.problem,
});

const MISSING = "syntax error: missing '}'";

/** `${…}`, the scan standing on the brace. */
const braced = (scan: Scan, start: number): VariablePart => {
  const nameStart = ++scan.at;
  const next = scan.at < scan.end ? (scan.text[scan.at] ?? '') : '';
  if (!next || '{}:'.includes(next)) {
    const problem = next ? 'syntax error: bad substitution' : MISSING;
    return broken(scan, start, '', nameStart, problem);
  }
  const name = variableName(scan);
  const char = scan.at < scan.end ? (scan.text[scan.at] ?? '') : '';
  if (char === '}') {
    scan.at++;
    return variable(scan, start, name, nameStart, true);
  }
  if (scan.depth >= MAX_DEPTH) return broken(scan, start, name, nameStart, 'nested too deeply');
  scan.depth++;
  const part = char === '/' ? replacing(scan, start, name, nameStart) : modified(scan, start, name, nameStart, char);
  scan.depth--;
  return part;
};

const modified = (scan: Scan, start: number, name: string, nameStart: number, char: string): VariablePart => {
  const modifier = modifierAt(scan, char);
  if (!modifier) return broken(scan, start, name, nameStart, unsupported(scan, char));
  scan.at += modifier.length;
  const word = partsUntil(scan, '}');
  if (scan.at >= scan.end) return variable(scan, start, name, nameStart, true, { modifier, word, problem: MISSING });
  scan.at++;
  return variable(scan, start, name, nameStart, true, { modifier, word });
};

const modifierAt = (scan: Scan, char: string): Modifier | undefined => {
  const two = scan.text.slice(scan.at, Math.min(scan.at + 2, scan.end));
  if (two === ':-' || two === ':+' || two === ':?' || two === '##' || two === '%%') return two;
  if (char === '-' || char === '+' || char === '?' || char === '#' || char === '%') return char;
  return undefined;
};

const unsupported = (scan: Scan, char: string): string => {
  if (char !== ':') return `unsupported modifier (${char || '\uFFFD'}) in substitution`;
  const next = scan.at + 1 < scan.end ? scan.text[scan.at + 1] : '';
  return next ? `unsupported modifier (:${next}) in substitution` : MISSING;
};

const replacing = (scan: Scan, start: number, name: string, nameStart: number): VariablePart => {
  const modifier = scan.text[scan.at + 1] === '/' && scan.at + 1 < scan.end ? '//' : '/';
  scan.at += modifier.length;
  const word = partsUntil(scan, '/');
  if (scan.at >= scan.end) {
    return variable(scan, start, name, nameStart, true, { modifier, word, problem: "syntax error: missing '/' in ${" });
  }
  scan.at++;
  const replacement = partsUntil(scan, '}');
  const problem = scan.at >= scan.end ? MISSING : undefined;
  if (!problem) scan.at++;
  return variable(scan, start, name, nameStart, true, { modifier, word, replacement, problem });
};

// What follows a broken `${` is skipped up to the brace that closes it, so that the rest of the word can be read.
const broken = (scan: Scan, start: number, name: string, nameStart: number, problem: string): VariablePart => {
  const close = scan.text.indexOf('}', scan.at);
  scan.at = close >= 0 && close < scan.end ? close + 1 : scan.end;
  return variable(scan, start, name, nameStart, true, { problem });
};

/** Why BuildKit cannot process the word, or undefined. */
export const problemOf = (parts: readonly WordPart[]): string | undefined => {
  for (const part of parts) {
    if (part.kind === 'Quoted' && !part.closed) {
      return `unexpected end of statement while looking for matching ${part.quote === '"' ? 'double' : 'single'}-quote`;
    }
    const problem = innerProblem(part);
    if (problem) return problem;
  }
  return undefined;
};

const innerProblem = (part: WordPart): string | undefined => {
  if (part.kind === 'Quoted') return problemOf(part.parts);
  if (part.kind === 'Literal') return undefined;
  return part.problem ?? problemOf(part.word ?? []) ?? problemOf(part.replacement ?? []);
};
