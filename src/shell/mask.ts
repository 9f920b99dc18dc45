import type { Range } from '../source/range.ts';

/** Stands for one character that vanishes where BuildKit glues a word over an odd number of characters. */
export const FILLER = '\uFFFF';

/** What the shell reads for `\` and a line end: nothing. */
export const JOINT = '\\\n';

/**
 * The shell text at the range, of exactly its length: what belongs to the iEchorfile alone (dropped lines, white space
 * after the escape, carriage returns, a backtick escape) becomes blanks, or line joints that vanish in the shell.
 * `dropped` are the comment and empty lines inside the continuation, line ends included, in order.
 */
export const maskShell = (
  text: string,
  range: Range,
  dropped: readonly Range[],
  escapeCharacter: '\\' | '`',
): string => {
  let masked = '';
  let at = range.start;
  for (const gap of gapsOf(text, range, dropped, escapeCharacter)) {
    masked += text.slice(at, gap.start) + fillingOf(text, gap, range);
    at = gap.end;
  }
  return openComment(blankReturns(masked + text.slice(at, range.end)));
};

/** A heredoc body that a shell reads, of the same length: only carriage returns at line ends are taken out. */
export const maskBody = (text: string, range: Range): string => blankReturns(text.slice(range.start, range.end));

/** What BuildKit takes out to join lines: each from the escape character to the next line that it keeps. */
const gapsOf = (text: string, range: Range, dropped: readonly Range[], escapeCharacter: string): readonly Range[] => {
  const gaps: Range[] = [];
  let next = 0;
  for (let end = range.start; end < range.end; ) {
    const newline = endOfLine(text, end, range);
    const start = escapeBefore(text, newline, range.start, escapeCharacter);
    end = Math.min(newline + 1, range.end);
    if (start === undefined) continue;
    for (let line = dropped[next]; line !== undefined && line.start <= end; line = dropped[++next]) {
      end = Math.min(Math.max(end, line.end), range.end);
    }
    const previous = gaps.at(-1);
    if (previous?.end === start) gaps[gaps.length - 1] = { start: previous.start, end };
    else gaps.push({ start, end });
  }
  return gaps;
};

const endOfLine = (text: string, from: number, range: Range): number => {
  const newline = text.indexOf('\n', from);
  return newline < 0 || newline >= range.end ? range.end : newline;
};

/** Where the escape stands that continues the line ending at `newline`; a doubled escape continues nothing. */
const escapeBefore = (text: string, newline: number, from: number, escapeCharacter: string): number | undefined => {
  let at = newline - 1;
  while (at >= from && text[at] === '\r') at--;
  while (at >= from && (text[at] === ' ' || text[at] === '\t')) at--;
  if (at < from || text[at] !== escapeCharacter || text[at - 1] === escapeCharacter) return undefined;
  return at;
};

/** Joints vanish in the shell, but come in twos: a lone character becomes a blank where that changes nothing. */
const fillingOf = (text: string, gap: Range, range: Range): string => {
  const length = gap.end - gap.start;
  const before = gap.start > range.start ? text[gap.start - 1] : undefined;
  const after = gap.end < range.end ? text[gap.end] : undefined;
  // A joint would be escaped itself, and one at the end would continue into nothing.
  if (before === '\\' || after === undefined) return ' '.repeat(length);
  const joints = JOINT.repeat(length >> 1);
  if (length % 2 === 0) return joints;
  return (isBreak(before) || isBreak(after) ? ' ' : FILLER) + joints;
};

const isBreak = (character: string | undefined): boolean => character === undefined || /[\s;&|()]/.test(character);

/** A return before a line end becomes another line end: a heredoc's terminator must stand alone on its line. */
const blankReturns = (masked: string): string =>
  masked.includes('\r')
    ? masked
        .replace(/(?<!\\)\\(\r+)\n/g, (_, returns: string) => ' '.repeat(returns.length) + JOINT)
        .replace(/(?<!\r)\r+(?=\n)/g, (returns) => '\n'.repeat(returns.length))
        .replace(/(?<!\r)\r+$/, (returns) => ' '.repeat(returns.length))
    : masked;

/** On BuildKit's one joined line a comment reaches to the end; the shell would end it at the first joint. */
const openComment = (masked: string): string => {
  if (!masked.includes(JOINT) || !/(?:^|[\s;&|()])#/.test(masked)) return masked;
  const start = commentStart(masked);
  if (start === undefined) return masked;
  const end = start + (/[^\\]\n/.exec(masked.slice(start))?.index ?? masked.length) + 1;
  return masked.slice(0, start) + masked.slice(start, end).replaceAll(JOINT, '  ') + masked.slice(end);
};

/** The first `#` that begins a word outside quotes. */
const commentStart = (masked: string): number | undefined => {
  for (const match of masked.matchAll(/'[^']*'|"[^"\\]*(?:\\.[^"\\]*)*"|\\.|(?<=^|[\s;&|()])#/gs)) {
    if (match[0] === '#') return match.index;
  }
  return undefined;
};
