import { escapeLine } from './escape.ts';

/** One character as a terminal shows it, and the offsets in the line that it stands for. */
export interface Cell {
  readonly text: string;
  readonly width: number;
  readonly start: number;
  readonly end: number;
}

const TAB = 4;

/** Letters, punctuation and lines of one column each, none of which joins the one before it. */
const SINGLES = String.raw`\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u203b\u203d-\u2048\u204a-\u205e\u2190-\u2193\u22ee\u2500-\u257f`;
const SINGLE = new RegExp(`^[${SINGLES}]*$`);

/** Control characters and what stands for bytes that are no text: of no column of their own, but nothing that joins. */
const APART = String.raw`${SINGLES}\u0000-\u001f\u007f-\u009f\ufffd`;

/** Runs of characters apart, and the others with the one before, which they may join. Only these need the segmenter, which is slow. */
const PIECES = new RegExp(`([${APART}]+)(?![^${APART}])|[${APART}]?[^${APART}]+`, 'g');

let segmenter: Intl.Segmenter | undefined;

/**
 * A line of a file cut into what the terminal shows: tabs expanded, control characters made visible. It ends where from
 * an offset on it is wider than told: the rest of a long line need not be looked at.
 */
export const cellsOf = (line: string, from = 0, width = Number.POSITIVE_INFINITY): readonly Cell[] => {
  const cells: Cell[] = [];
  let column = 0;
  let end = width;
  for (const [start, character] of charactersOf(line)) {
    if (start <= from) end = column + width;
    if (column > end) break;
    const text = character === '\t' ? ' '.repeat(TAB - (column % TAB)) : escapeLine(character);
    const columns = text === character ? characterWidth(text) : widthOf(text);
    cells.push({ text, width: columns, start, end: start + character.length });
    column += columns;
  }
  return cells;
};

/** Plain text as `cellsOf` would show it: tabs as blanks up to the next stop. */
export const withoutTabs = (line: string): string => {
  if (!line.includes('\t')) return line;
  const [first = '', ...others] = line.split('\t');
  let shown = first;
  for (const piece of others) shown += ' '.repeat(TAB - (shown.length % TAB)) + piece;
  return shown;
};

/** Terminal columns of text that holds no control characters. */
export const widthOf = (text: string): number => {
  if (SINGLE.test(text)) return text.length;
  let width = 0;
  for (const [, character] of charactersOf(text)) width += characterWidth(character);
  return width;
};

/** A line as a terminal shows it, cut off with `…` where it is wider than told. */
export const truncate = (line: string, width: number): string => {
  const start = withoutTabs(line.slice(0, width + 1));
  if (SINGLE.test(start)) return line.length <= width && start.length <= width ? start : `${start.slice(0, width)}…`;
  let shown = '';
  let column = 0;
  // No column takes many units, save in a line made to: what lies far beyond is not looked at.
  for (const cell of cellsOf(line.slice(0, 8 * width), 0, width)) {
    if (column + cell.width > width) return `${shown}…`;
    shown += cell.text;
    column += cell.width;
  }
  return shown;
};

function* charactersOf(text: string): Generator<readonly [number, string]> {
  for (const { 0: piece, 1: singles, index } of text.matchAll(PIECES)) {
    if (singles === undefined) yield* graphemesOf(piece, index);
    else for (let at = 0; at < piece.length; at++) yield [index + at, piece[at] ?? ''];
  }
}

function* graphemesOf(text: string, offset: number): Generator<readonly [number, string]> {
  segmenter ??= new Intl.Segmenter();
  for (const { index, segment } of segmenter.segment(text)) yield [offset + index, segment];
}

const characterWidth = (character: string): number => {
  if (SINGLE.test(character)) return 1;
  // Patterns of Unicode take long to make, and few files need them.
  marks ??= /^\p{M}+$/u;
  wide ??=
    /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f)/u;
  if (marks.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
};

let marks: RegExp | undefined;
let wide: RegExp | undefined;
