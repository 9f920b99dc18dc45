import type { Range } from '../source/range.ts';

/** The character that continues lines, as the file's directive has it. */
export const escapeOf = (text: string): string => (text.includes('`') && DIRECTIVE.test(text) ? '`' : '\\');

/** Among the comments that the file begins with. */
const DIRECTIVE = /^(?:[ \t]*#.*\n)*?[ \t]*#[ \t]*escape[ \t]*=[ \t]*`/i;

export const endOfLine = (text: string, offset: number): number => {
  const newline = text.indexOf('\n', offset);
  return newline < 0 ? text.length : newline;
};

/** The end of the instruction's last line: one that ends in the escape goes on, over comments and blank lines. */
export const endOfInstruction = (text: string, start: number, escapeCharacter: string): number => {
  let end = endOfLine(text, start);
  let continued = text.slice(start, end).trimEnd().endsWith(escapeCharacter);
  while (continued && end < text.length) {
    const next = endOfLine(text, end + 1);
    const line = text.slice(end + 1, next).trim();
    if (line !== '' && !line.startsWith('#')) continued = line.endsWith(escapeCharacter);
    end = next;
  }
  return end;
};

/** The blank-separated words of an instruction's text, and those of comments in it that hold a `name=value`. */
export function* wordsOf(text: string, block: Range, escapeCharacter: string): Generator<Range> {
  for (let at = block.start; ; ) {
    const start = skipGap(text, at, block.end, escapeCharacter);
    if (start >= block.end) return;
    at = wordEnd(text, start, block.end, escapeCharacter);
    yield { start, end: at };
  }
}

const skipGap = (text: string, start: number, end: number, escapeCharacter: string): number => {
  let at = start;
  let isLineStart = false;
  while (at < end) {
    const character = text[at] ?? '';
    const next = afterContinuation(text, at, escapeCharacter);
    if (next !== undefined) at = next;
    else if (character === '#' && isLineStart) {
      const comment = text.slice(at, endOfLine(text, at));
      at += comment.includes('=') ? 1 : comment.length;
    } else if (isBlank(character)) at++;
    else return at;
    isLineStart = next !== undefined || character === '\n' || (isLineStart && isBlank(character));
  }
  return end;
};

const wordEnd = (text: string, start: number, end: number, escapeCharacter: string): number => {
  let quote = '';
  for (let at = start; at < end; ) {
    const character = text[at] ?? '';
    const next = afterContinuation(text, at, escapeCharacter);
    if (character === '\n' || (quote === '' && isBlank(character))) return at;
    if (character === quote) quote = '';
    else if (quote === '' && (character === '"' || character === "'")) quote = character;
    at = next ?? (character === escapeCharacter && quote !== "'" ? at + 2 : at + 1);
  }
  return end;
};

const isBlank = (character: string): boolean =>
  character === ' ' || character === '\t' || character === '\n' || character === '\r';

/** Past the line end that the escape at the offset takes away, if it does. */
const afterContinuation = (text: string, offset: number, escapeCharacter: string): number | undefined => {
  if (text[offset] !== escapeCharacter) return undefined;
  let at = offset + 1;
  while (text[at] === ' ' || text[at] === '\t') at++;
  if (text[at] === '\r') at++;
  return text[at] === '\n' ? at + 1 : undefined;
};
