import type { Range } from '../source/range.ts';
import { decode } from './decode.ts';
import type { Script, ShellRedirection, ShellWord } from './nodes.ts';
import { parseLocated, parseShell } from './parse.ts';

/** A script inside a word or a heredoc of another one. */
export interface NestedScript {
  readonly script: Script;
  /** The word or the heredoc's body. */
  readonly word: ShellWord;
  /** Whether the outer shell expands it first, so that its variables are those of the outer script. */
  readonly expanded: boolean;
}

/** The text of a script and whether its characters stand in the file one by one. */
export interface Text {
  readonly text: string;
  readonly start: number;
  readonly exact: boolean;
}

/** What `sh -c` is given, as a script; undefined where the word is not one plain or quoted text. */
export const scriptInWord = (word: ShellWord, outer: Text | undefined): NestedScript | undefined => {
  const literal = word.text !== undefined;
  const content = contentOf(word);
  if (content === undefined) return undefined;
  if (outer?.exact !== true)
    return literal ? { word, script: approximate(word.text, content), expanded: false } : undefined;
  if (word.raw.startsWith("'"))
    return { word, script: parseShell(slice(outer, content), content.start), expanded: false };
  return { word, script: parseDecoded(outer, content, '$`"\\'), expanded: !literal };
};

/** What a shell reads from a heredoc, as a script. */
export const scriptInHeredoc = (redirection: ShellRedirection, outer: Text | undefined): NestedScript | undefined => {
  const { body } = redirection;
  if (body === undefined || outer?.exact !== true) return undefined;
  if (body.quoted) return { word: body, script: parseShell(slice(outer, body), body.start), expanded: false };
  return { word: body, script: parseDecoded(outer, body, '$`\\'), expanded: body.text === undefined };
};

/** Where the text inside the word's one pair of quotes stands; the word itself where there are none. */
const contentOf = (word: ShellWord): Range | undefined => {
  const [first, ...others] = word.parts;
  if (first === undefined) return undefined;
  if (others.length === 0 && first.kind === 'Literal') {
    if (word.raw.startsWith('$')) return undefined;
    if (!first.quoted) return word;
    return first.start === word.start ? { start: word.start + 1, end: word.end - 1 } : first;
  }
  let end = word.start + 1;
  for (const part of word.parts) {
    if (part.start !== end || !('quoted' in part && part.quoted)) return undefined;
    end = part.end;
  }
  return end === word.end - 1 ? { start: word.start + 1, end } : undefined;
};

const slice = (outer: Text, range: Range): string =>
  outer.text.slice(range.start - outer.start, range.end - outer.start);

const parseDecoded = (outer: Text, range: Range, escapable: string): Script => {
  const { text, positions } = decode(outer.text, range.start - outer.start, range.end - outer.start, escapable);
  return parseLocated(text, (position) => {
    const at = positions[position];
    return at === undefined ? range.end : at + outer.start;
  });
};

/** Exact where the text stands in the file as it is. */
const approximate = (text: string, content: Range): Script =>
  parseLocated(text, (position) => Math.min(content.start + position, content.end));
