import { expect } from 'vitest';
import { type LogicalLine, type Spliced, splice, tokenize } from '../../grammar/index.ts';

interface Span {
  readonly start: number;
  readonly end: number;
}

const SPACE = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/;

/**
 * No character of a text is lost, doubled or moved: directives, the pieces of logical lines, comments, dropped lines and
 * heredocs stand where they say, and what is left between them is white space and the escapes that join lines; tokens
 * hold all of a logical line but the white space between them.
 */
export const expectLossless = (source: string): void => {
  const spliced = splice(source);
  for (const line of spliced.lines) expectPieces(line, spliced);
  expectGaps(spliced);
  expectTokens(spliced);
};

const expectPieces = (line: LogicalLine, { source, text }: Spliced): void => {
  let rebuilt = '';
  for (const { start, end } of piecesOf(line)) rebuilt += source.slice(start, end);
  expect(rebuilt).toBe(text.slice(line.start, line.end));
};

const piecesOf = ({ pieces, end }: LogicalLine): readonly Span[] =>
  pieces.map(([spliced, source], index) => {
    const until = Math.min(pieces[index + 1]?.[0] ?? end, end);
    return { start: source, end: source + Math.max(0, until - spliced) };
  });

const spansOf = (line: LogicalLine): readonly Span[] => [
  ...piecesOf(line),
  ...line.dropped,
  ...line.heredocs.flatMap(({ body, terminator }) => (terminator ? [body, terminator] : [body])),
  // Nothing of a line that is too long is read.
  ...(line.problem?.kind === 'too-long' && line.start === line.end ? [line.source] : []),
];

const expectGaps = ({ source, head, lines, comments }: Spliced): void => {
  const outside = comments.filter(({ inside }) => !inside);
  const spans = [...lines.flatMap(spansOf), ...outside].toSorted((a, b) => a.start - b.start || a.end - b.end);
  let at = head.end;
  for (const { start, end } of [...spans, { start: source.length, end: source.length }]) {
    expect(start, `a span begins at ${start}, before another ends`).toBeGreaterThanOrEqual(at);
    expect(source.slice(at, start).replace(head.escape, '')).toMatch(SPACE);
    at = end;
  }
  expect(at).toBe(source.length);
};

const expectTokens = ({ text, head, lines }: Spliced): void => {
  let at = 0;
  let ends = 0;
  for (const { startOffset, image } of tokenize(text, head.escape)) {
    expect(startOffset).toBeGreaterThanOrEqual(at);
    expect(text.slice(at, startOffset)).toMatch(SPACE);
    expect(text.slice(startOffset, startOffset + image.length)).toBe(image);
    at = startOffset + image.length;
    if (image === '\n') ends++;
  }
  expect(text.slice(at)).toMatch(SPACE);
  expect(ends, 'each logical line ends once').toBe(lines.length);
};
