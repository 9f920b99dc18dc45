import { type Escape, type Head, readHead } from './directives.ts';
import { type Opener, openersOf } from './heredoc.ts';
import { skipSpaces, trimmedEnd } from './space.ts';

/**
 * The translation phase: continuations are joined, comments and heredoc bodies put aside, so that the lexer sees one
 * line for each instruction. `text` is those logical lines, each ended by `\n`.
 */
export interface Spliced {
  readonly source: string;
  readonly text: string;
  readonly head: Head;
  readonly lines: readonly LogicalLine[];
  readonly comments: readonly CommentLine[];
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface CommentLine extends Span {
  readonly inside: boolean;
}

export interface LogicalLine {
  /** Where it stands in the spliced text, without its `\n`. */
  readonly start: number;
  readonly end: number;
  /** Where it stands in the source, heredoc bodies included, the last line end not. */
  readonly source: Span;
  readonly firstLine: number;
  readonly lastLine: number;
  /** Pieces of source text of which it is made: offset in the spliced text, offset in the source. */
  readonly pieces: readonly (readonly [spliced: number, source: number])[];
  /** Physical lines inside the continuation that are no part of it, line end included. */
  readonly dropped: readonly Span[];
  readonly emptyLines: readonly Span[];
  /** Comment lines since the line before. */
  readonly comments: readonly CommentLine[];
  readonly heredocs: readonly HeredocText[];
  readonly problem: { readonly kind: 'unterminated-heredoc' | 'too-long'; readonly at: Span } | undefined;
}

export interface HeredocText {
  readonly opener: Opener;
  readonly body: Span;
  readonly terminator: Span | undefined;
}

/** BuildKit's limit for one physical line in bytes, the line end not counted. */
export const MAX_LINE_BYTES = 65_535;

interface Reader {
  readonly source: string;
  readonly escape: Escape;
  at: number;
  line: number;
}

interface PhysicalLine extends Span {
  /** Without carriage returns at its end. */
  readonly contentEnd: number;
  readonly tooLong: boolean;
}

export const splice = (source: string): Spliced => {
  const head = readHead(source);
  const reader: Reader = { source, escape: head.escape, at: head.end, line: 0 };
  for (let at = source.indexOf('\n'); at >= 0 && at < head.end; at = source.indexOf('\n', at + 1)) reader.line++;
  if (head.end === source.length && head.end > 0 && !source.endsWith('\n')) reader.line++;
  const lines: LogicalLine[] = [];
  const comments: CommentLine[] = [];
  const texts: string[] = [];
  let length = 0;
  for (let own: CommentLine[] = []; reader.at < source.length; ) {
    const physical = nextLine(reader);
    const start = skipSpaces(source, physical.start, physical.contentEnd);
    if (physical.tooLong) {
      lines.push(tooLongLine(reader, physical, length, own));
      texts.push('');
      length += 1;
      own = [];
    } else if (start >= physical.contentEnd) {
    } else if (source[start] === '#') {
      const comment = { start, end: physical.contentEnd, inside: false };
      own.push(comment);
      comments.push(comment);
    } else {
      const { line, text } = logicalLine(reader, physical, start, length, own, comments);
      lines.push(line);
      texts.push(text);
      length += text.length + 1;
      own = [];
    }
  }
  return { source, text: texts.length ? `${texts.join('\n')}\n` : '', head, lines, comments };
};

const nextLine = (reader: Reader): PhysicalLine => {
  const { source, at: start } = reader;
  const newline = source.indexOf('\n', start);
  const end = newline < 0 ? source.length : newline;
  let contentEnd = end;
  while (contentEnd > start && source.charCodeAt(contentEnd - 1) === 13) contentEnd--;
  reader.at = newline < 0 ? source.length : newline + 1;
  reader.line++;
  return { start, end, contentEnd, tooLong: isTooLong(source, start, end) };
};

const isTooLong = (source: string, start: number, end: number): boolean => {
  if ((end - start) * 3 <= MAX_LINE_BYTES) return false;
  if (end - start > MAX_LINE_BYTES) return true;
  return new TextEncoder().encode(source.slice(start, end)).length > MAX_LINE_BYTES;
};

const tooLongLine = (
  reader: Reader,
  { start, end }: PhysicalLine,
  at: number,
  comments: readonly CommentLine[],
): LogicalLine => ({
  start: at,
  end: at,
  source: { start, end },
  firstLine: reader.line,
  lastLine: reader.line,
  pieces: [[at, start]],
  dropped: [],
  emptyLines: [],
  comments,
  heredocs: [],
  problem: { kind: 'too-long', at: { start, end } },
});

const logicalLine = (
  reader: Reader,
  first: PhysicalLine,
  start: number,
  at: number,
  own: readonly CommentLine[],
  comments: CommentLine[],
): { line: LogicalLine; text: string } => {
  const { source, escape } = reader;
  const firstLine = reader.line;
  const pieces: [number, number][] = [[at, start]];
  const dropped: Span[] = [];
  const emptyLines: Span[] = [];
  let problem: LogicalLine['problem'];
  let end = continuedEnd(source, start, first.contentEnd, escape);
  let text = source.slice(start, end ?? first.contentEnd);
  let sourceEnd = first.contentEnd;
  while (end !== undefined && reader.at < source.length) {
    const lineStart = reader.at;
    const physical = nextLine(reader);
    sourceEnd = physical.contentEnd;
    const from = skipSpaces(source, physical.start, physical.contentEnd);
    const isEmpty = from >= physical.contentEnd || source[from] === '#';
    if (physical.tooLong) {
      problem = { kind: 'too-long', at: { start: physical.start, end: physical.end } };
      dropped.push({ start: lineStart, end: reader.at });
      if (!isEmpty) end = continuedEnd(source, physical.start, physical.contentEnd, escape);
      continue;
    }
    if (isEmpty) {
      dropped.push({ start: lineStart, end: reader.at });
      if (source[from] === '#' && from < physical.contentEnd)
        comments.push({ start: from, end: physical.contentEnd, inside: true });
      else emptyLines.push({ start: lineStart, end: reader.at });
      continue;
    }
    pieces.push([at + text.length, physical.start]);
    end = continuedEnd(source, physical.start, physical.contentEnd, escape);
    text += source.slice(physical.start, end ?? physical.contentEnd);
  }
  text = text.slice(0, trimmedEnd(text, 0, text.length));
  const bodies = heredocBodies(reader, openersOf(text, escape));
  const lastBody = bodies.heredocs.at(-1);
  if (lastBody) sourceEnd = lastBody.terminator?.end ?? source.length;
  const line: LogicalLine = {
    start: at,
    end: at + text.length,
    source: { start, end: sourceEnd },
    firstLine,
    lastLine: reader.line,
    pieces,
    dropped,
    emptyLines,
    comments: own,
    heredocs: bodies.heredocs,
    problem: bodies.problem ?? problem,
  };
  return { line, text };
};

/** Where the text of a line that goes on ends, before its escape; undefined when the line does not go on. */
const continuedEnd = (source: string, start: number, end: number, escape: Escape): number | undefined => {
  let at = end;
  while (at > start && (source[at - 1] === ' ' || source[at - 1] === '\t')) at--;
  if (at <= start || source[at - 1] !== escape) return undefined;
  return at - 1 > start && source[at - 2] === escape ? undefined : at - 1;
};

const heredocBodies = (
  reader: Reader,
  openers: readonly Opener[],
): { heredocs: readonly HeredocText[]; problem: LogicalLine['problem'] } => {
  const heredocs: HeredocText[] = [];
  let problem: LogicalLine['problem'];
  for (const opener of openers) {
    const { body, terminator, tooLong } = heredocBody(reader, opener, reader.at);
    heredocs.push({ opener, body, terminator });
    if (tooLong) problem ??= { kind: 'too-long', at: tooLong };
    if (!terminator) return { heredocs, problem: problem ?? { kind: 'unterminated-heredoc', at: body } };
  }
  return { heredocs, problem };
};

const heredocBody = (
  reader: Reader,
  opener: Opener,
  start: number,
): { body: Span; terminator: Span | undefined; tooLong: Span | undefined } => {
  let tooLong: Span | undefined;
  while (reader.at < reader.source.length) {
    const physical = nextLine(reader);
    if (physical.tooLong) tooLong ??= { start: physical.start, end: physical.end };
    let from = physical.start;
    if (opener.stripTabs) while (reader.source[from] === '\t') from++;
    if (physical.contentEnd - from === opener.name.length && reader.source.startsWith(opener.name, from)) {
      return { body: { start, end: physical.start }, terminator: { start: from, end: physical.contentEnd }, tooLong };
    }
  }
  return { body: { start, end: reader.source.length }, terminator: undefined, tooLong };
};

/** Offset in the source of an offset in the spliced text of this line. */
export const sourceOffset = (line: LogicalLine, offset: number): number => {
  const { pieces } = line;
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pieces[middle]?.[0] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const [spliced, source] = pieces[low] ?? [0, 0];
  return source + offset - spliced;
};
