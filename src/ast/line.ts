import type { IToken } from 'chevrotain';
import {
  type Escape,
  type LogicalLine,
  parseWord,
  type WordPart as SplicedPart,
  sourceOffset,
} from '../../grammar/index.ts';
import type { Range } from '../source/range.ts';
import type { Flag, JsonString, SyntaxProblem, Token } from './nodes.ts';
import type { Word, WordPart } from './words.ts';

/** One logical line while its instruction is made: spliced text with the way back to the file. */
export interface Line {
  readonly line: LogicalLine;
  /** The spliced text of the whole file. */
  readonly text: string;
  readonly escape: Escape;
  /** Whether it is the trigger of an ONBUILD. */
  readonly trigger: boolean;
  readonly problems: SyntaxProblem[];
}

/** A piece of spliced text. */
export interface Piece {
  readonly start: number;
  readonly end: number;
}

export const pieceOf = (token: IToken): Piece => ({
  start: token.startOffset,
  end: token.startOffset + token.image.length,
});

/** Chevrotain knows no order across token types; the file does. */
export const fileRange = (line: Line, { start, end }: Piece): Range => {
  const from = sourceOffset(line.line, start);
  return { start: from, end: end > start ? sourceOffset(line.line, end - 1) + 1 : from };
};

export const tokenAt = (line: Line, piece: Piece): Token => {
  const { start, end } = fileRange(line, piece);
  return { start, end, text: line.text.slice(piece.start, piece.end) };
};

export const wordAt = (line: Line, piece: Piece): Word => {
  const parts = parseWord(line.text, piece.start, piece.end, line.escape);
  const toFile = (inner: Piece) => fileRange(line, inner);
  return wordOf(fileRange(line, piece), line.text.slice(piece.start, piece.end), placed(parts, toFile));
};

const wordOf = (range: Range, raw: string, parts: readonly WordPart[]): Word => ({
  kind: 'Word',
  start: range.start,
  end: range.end,
  parts,
  raw,
  text: literalText(parts),
});

const placed = (parts: readonly SplicedPart[], toFile: (piece: Piece) => Range): readonly WordPart[] =>
  parts.map((part) => place(part, toFile));

const place = (part: SplicedPart, toFile: (piece: Piece) => Range): WordPart => {
  const { start, end } = toFile(part);
  if (part.kind === 'Literal') return { kind: 'Literal', start, end, raw: part.raw, value: part.value };
  if (part.kind === 'Quoted') {
    const { quote, closed } = part;
    return { kind: 'Quoted', start, end, quote, parts: placed(part.parts, toFile), closed };
  }
  const { name, braces, modifier, problem } = part;
  const nameRange = toFile(part.nameRange);
  const word = part.word && placed(part.word, toFile);
  const replacement = part.replacement && placed(part.replacement, toFile);
  return { kind: 'Variable', start, end, name, nameRange, braces, modifier, word, replacement, problem };
};

/** The value of parts that hold no variable and end properly, else undefined. */
const literalText = (parts: readonly WordPart[]): string | undefined => {
  let text = '';
  for (const part of parts) {
    if (part.kind === 'Variable' || (part.kind === 'Quoted' && !part.closed)) return undefined;
    const value = part.kind === 'Literal' ? part.value : literalText(part.parts);
    if (value === undefined) return undefined;
    text += value;
  }
  return text;
};

/** A JSON string as a word: BuildKit expands its decoded value. */
export const wordOfJson = (element: JsonString, escape: Escape): Word => {
  // Without JSON escapes the inner text stands in the file as it is.
  const exact = element.end - element.start === element.value.length + 2;
  const parts = parseWord(element.value, 0, element.value.length, escape);
  const toFile = ({ start, end }: Piece): Range =>
    exact
      ? { start: element.start + 1 + start, end: element.start + 1 + end }
      : { start: element.start, end: element.end };
  return wordOf(element, element.value, placed(parts, toFile));
};

/** The parts of a text that stands nowhere in the file as it is; their ranges count in the text. */
export const parseWordText = (text: string, escape: Escape): readonly WordPart[] =>
  placed(parseWord(text, 0, text.length, escape), ({ start, end }) => ({ start, end }));

export const flagAt = (line: Line, piece: Piece, text: string): Flag => {
  const raw = line.text.slice(piece.start, piece.end);
  const equals = raw.indexOf('=');
  const nameEnd = equals < 0 ? piece.end : piece.start + equals;
  const [name = ''] = text.slice(2).split('=', 1);
  const { start, end } = fileRange(line, piece);
  const place = fileRange(line, { start: Math.min(piece.start + 2, nameEnd), end: nameEnd });
  return {
    kind: 'Flag',
    start,
    end,
    name: { start: place.start, end: place.end, text: name },
    value: equals < 0 ? undefined : wordAt(line, { start: nameEnd + 1, end: piece.end }),
    text,
  };
};

interface ProblemParts {
  readonly phase?: SyntaxProblem['phase'];
  readonly help?: string;
  readonly suggestion?: SyntaxProblem['suggestion'];
}

/** Notes what BuildKit would refuse; `parse` problems have no line of their own there. */
export const addProblem = (line: Line, at: Range, message: string, parts: ProblemParts = {}): void => {
  const phase = parts.phase ?? (line.trigger ? 'trigger' : 'semantic');
  line.problems.push({
    start: at.start,
    end: at.end,
    phase,
    message,
    help: parts.help,
    suggestion: parts.suggestion,
    line: phase === 'semantic' ? line.line.firstLine : undefined,
  });
};
