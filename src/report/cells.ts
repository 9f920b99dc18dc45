import { escapeLine, isPlain } from './escape.ts';

/** One character as a terminal shows it, and the offsets in the line that it stands for. */
export interface Cell {
  readonly text: string;
  readonly width: number;
  readonly start: number;
  readonly end: number;
}

const TAB = 4;
const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f)/u;
const MARKS = /^\p{M}+$/u;

/** Letters, punctuation and lines of one column each, none of which joins another: no segmenter is needed, which is slow to make. */
const SINGLE =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u203b\u203d-\u2048\u204a-\u205e\u2190-\u2193\u2500-\u257f]*$/;

let segmenter: Intl.Segmenter | undefined;

/** A line of a file cut into what the terminal shows: tabs expanded, control characters made visible. */
export const cellsOf = (line: string): readonly Cell[] => {
  const cells: Cell[] = [];
  let column = 0;
  for (const [start, character] of charactersOf(line)) {
    const text = character === '\t' ? ' '.repeat(TAB - (column % TAB)) : escapeLine(character);
    const width = text === character ? characterWidth(text) : widthOf(text);
    cells.push({ text, width, start, end: start + character.length });
    column += width;
  }
  return cells;
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
  if (line.length <= width && isPlain(line)) return line;
  let shown = '';
  let column = 0;
  // No column takes many units, save in a line made to: what lies far beyond is not looked at.
  for (const cell of cellsOf(line.slice(0, 8 * width))) {
    if (column + cell.width > width) return `${shown}…`;
    shown += cell.text;
    column += cell.width;
  }
  return shown;
};

function* charactersOf(text: string): Generator<readonly [number, string]> {
  if (SINGLE.test(text)) {
    for (let at = 0; at < text.length; at++) yield [at, text[at] ?? ''];
    return;
  }
  segmenter ??= new Intl.Segmenter();
  for (const { index, segment } of segmenter.segment(text)) yield [index, segment];
}

const characterWidth = (character: string): number => {
  if (SINGLE.test(character)) return 1;
  if (MARKS.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
};
