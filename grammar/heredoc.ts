import type { Escape } from './directives.ts';
import { skipFlags } from './flags.ts';
import { readJsonArray } from './json.ts';
import { isSpace, skipBlanks } from './space.ts';
import { parseWord, problemOf, type WordPart } from './word.ts';

/** `<<NAME` on an instruction's line; the offsets are of the whole word in that line. */
export interface Opener {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly stripTabs: boolean;
  readonly expand: boolean;
}

const OPENER = /^\d*<<(-?)[\t\n\f\r ]*([^<]*)$/;
const KEYWORD = /^(?:add|copy|run)$/i;

/** The heredocs that a logical line opens, in order; the bodies follow it. */
export const openersOf = (line: string, escape: Escape): readonly Opener[] => {
  if (!line.includes('<<') || !mayCarry(line, escape)) return [];
  const openers: Opener[] = [];
  for (const word of splitWords(line)) {
    const opener = openerOf(word);
    if (opener) openers.push(opener);
  }
  return openers;
};

/** RUN, COPY or ADD, or ONBUILD with one of them, and not in JSON form. */
const mayCarry = (line: string, escape: Escape): boolean => {
  let { keyword, rest } = cut(line, 0);
  if (/^onbuild$/i.test(keyword)) ({ keyword, rest } = cut(line, skipFlags(line, rest, line.length, escape)));
  if (!KEYWORD.test(keyword)) return false;
  return readJsonArray(line.slice(skipFlags(line, rest, line.length, escape))).kind === 'none';
};

const cut = (line: string, start: number): { keyword: string; rest: number } => {
  let from = start;
  while (from < line.length && isSpace(line.charCodeAt(from))) from++;
  let at = from;
  while (at < line.length && !/[\t\v\f\r ]/.test(line[at] ?? '')) at++;
  return { keyword: line.slice(from, at), rest: skipBlanks(line, at, line.length) };
};

interface RawWord {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** BuildKit's word splitter with quotes and escapes kept; a word it cannot read means no words at all. */
const splitWords = (line: string): readonly RawWord[] => {
  const parts = parseWord(line, 0, line.length, '\\');
  if (problemOf(parts)) return [];
  const words: RawWord[] = [];
  let start = -1;
  const flush = (end: number) => {
    if (start >= 0) words.push({ start, end, text: line.slice(start, end) });
    start = -1;
  };
  for (const part of parts) {
    // A `${…}` with a modifier throws away what the word had before it.
    if (part.kind === 'Variable' && part.modifier) start = -1;
    if (part.kind === 'Quoted') {
      if (start < 0) start = part.start;
      continue;
    }
    for (let at = part.start; at < part.end; at++) {
      if (part.kind === 'Literal' && line[at] === '\\') {
        if (start < 0) start = at;
        at++;
      } else if (part.kind === 'Literal' && line.startsWith('<<', at)) {
        if (start < 0) start = at;
        // Blanks after `<<` belong to the word.
        at++;
        while (at + 1 < part.end && '\t\r '.includes(line[at + 1] ?? 'x')) at++;
      } else if (isSpace(line.charCodeAt(at))) flush(at);
      else if (start < 0) start = at;
    }
  }
  flush(line.length);
  return words;
};

const openerOf = (word: RawWord): Opener | undefined => {
  const [, dash = '', rest = ''] = OPENER.exec(word.text) ?? [];
  if (!rest) return undefined;
  const parts = parseWord(rest, 0, rest.length, '\\');
  const [name, another] = problemOf(parts) ? [] : cleanWords(parts, rest);
  if (name === undefined || another !== undefined) return undefined;
  return { name, start: word.start, end: word.end, stripTabs: dash === '-', expand: quotesIn(rest) === quotesIn(name) };
};

/** The words with quotes and escapes taken out; variables stay as they are written. */
const cleanWords = (parts: readonly WordPart[], text: string): readonly string[] => {
  const words: string[] = [];
  let word = '';
  const addSplit = (value: string) => {
    for (const char of value) {
      if (!isSpace(char.codePointAt(0) ?? 0)) word += char;
      else if (word) {
        words.push(word);
        word = '';
      }
    }
  };
  for (const part of parts) {
    if (part.kind === 'Quoted') word += plainText(part.parts, text);
    else if (part.kind === 'Variable') addSplit(text.slice(part.start, part.end));
    else if (part.raw === part.value) addSplit(part.value);
    else word += part.value;
  }
  if (word) words.push(word);
  return words;
};

const plainText = (parts: readonly WordPart[], text: string): string => {
  let value = '';
  for (const part of parts) value += part.kind === 'Literal' ? part.value : text.slice(part.start, part.end);
  return value;
};

const quotesIn = (text: string): number => text.split(/['"]/).length;
