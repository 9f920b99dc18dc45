import type { Range } from '../source/range.ts';
import type { LineIndex } from '../source/text.ts';
import { type Cell, cellsOf, withoutTabs } from './cells.ts';
import { isPlain } from './escape.ts';

export interface FrameStyle {
  /** Columns for the whole frame. */
  readonly width: number;
  /** Lines shown above and below the range. */
  readonly context: number;
  /** What the range is underlined with. */
  readonly mark: string;
  readonly paintMark: (marks: string) => string;
  readonly paintGutter: (gutter: string) => string;
}

interface Source {
  readonly text: string;
  readonly lines: LineIndex;
}

/** The lines of a range with their numbers, the range underlined; of many lines only the first and the last. */
export const frameOf = (source: Source, range: Range, style: FrameStyle): readonly string[] => {
  const { first, last } = linesOf(source, range);
  const bottom = Math.min(source.lines.starts.length, last + style.context);
  const digits = String(bottom).length;
  const room = Math.max(10, style.width - digits - 3);
  const gutter = (label: string, bar: string) => style.paintGutter(`${label.padStart(digits)} ${bar}`);
  const rows: string[] = [];
  for (let line = Math.max(1, first - style.context); line <= bottom; line++) {
    const isInside = first <= line && line <= last;
    if (isInside && last - first > 2 && line === first + 1) rows.push(gutter('', '⋮'));
    if (isInside && last - first > 2 && line > first && line < last) continue;
    const { code, before, width } = rowOf(source, line, isInside ? range : undefined, room);
    if (!isInside && code.trim() === '') continue;
    rows.push(`${gutter(String(line), '│')} ${code}`.trimEnd());
    if (isInside) rows.push(`${gutter('', '│')} ${' '.repeat(before)}${style.paintMark(style.mark.repeat(width))}`);
  }
  return rows;
};

/** First and last line of a range; a line end at its end belongs to the line before. */
export const linesOf = ({ lines }: Source, range: Range): { readonly first: number; readonly last: number } => ({
  first: lines.lineAt(range.start),
  last: lines.lineAt(Math.max(range.start, range.end - 1)),
});

/** A line as shown, and the columns before and under the mark. */
interface Row {
  readonly code: string;
  readonly before: number;
  readonly width: number;
}

const rowOf = (source: Source, line: number, range: Range | undefined, room: number): Row => {
  const { start, end } = source.lines.rangeOf(line);
  const text = source.text.slice(start, Math.min(end, start + 4 * room));
  const indent = range !== undefined && range.start < start ? text.length - text.trimStart().length : 0;
  const from = Math.max(start + indent, Math.min(range?.start ?? start, end));
  const to = Math.max(from, Math.min(range?.end ?? start, end));
  const code = withoutTabs(text);
  if (end - start <= room && code.length <= room && isPlain(code)) {
    const before = withoutTabs(text.slice(0, from - start)).length;
    return { code, before, width: Math.max(1, withoutTabs(text.slice(0, to - start)).length - before) };
  }
  // A line may be millions of characters long: only what can come near the window is measured.
  const near = { start: Math.max(start, from - 4 * room), end: Math.min(end, from + 4 * room) };
  const focus = { start: from - near.start, end: to - near.start };
  const cells = cellsOf(source.text.slice(near.start, near.end), focus.start, room);
  const isCut = { left: near.start > start, right: near.start + (cells.at(-1)?.end ?? 0) < end };
  return windowOf(cells, focus, isCut, room);
};

const windowOf = (
  cells: readonly Cell[],
  focus: Range,
  isCut: { readonly left: boolean; readonly right: boolean },
  room: number,
): Row => {
  const firstFocused = cells.findIndex((cell) => cell.end > focus.start);
  const left = firstFocused < 0 ? cells.length : firstFocused;
  const from = isCut.left || columnsOf(cells) > room ? windowStart(cells, left, focus, room) : 0;
  const leading = from > 0 || isCut.left ? '…' : '';
  let code = leading;
  let column = leading.length;
  let before: number | undefined;
  let width = 0;
  for (const cell of cells.slice(from)) {
    const isLast = cell === cells.at(-1) && !isCut.right;
    if (column + cell.width > room - (isLast ? 0 : 1)) {
      code += '…';
      break;
    }
    if (cell.end > focus.start && before === undefined) before = column;
    if (cell.end > focus.start && cell.start < focus.end) width += cell.width;
    code += cell.text;
    column += cell.width;
  }
  return { code, before: before ?? column, width: Math.max(1, width) };
};

/** The first cell to show of a line that is too long: its first, or one some way before the focus. */
const windowStart = (cells: readonly Cell[], left: number, focus: Range, room: number): number => {
  const focused = cells.slice(left).filter((cell) => cell.start < focus.end);
  if (columnsOf(cells.slice(0, left)) + Math.min(columnsOf(focused), room >> 1) < room) return 0;
  const right = columnsOf(cells.slice(left));
  let from = left;
  for (let columns = 0; from > 0; from--) {
    columns += cells[from - 1]?.width ?? 0;
    // A quarter of the room, or more where the line ends before the room does.
    if (columns > room >> 2 && columns + right > room - 1) break;
  }
  return from;
};

const columnsOf = (cells: readonly Cell[]): number => {
  let columns = 0;
  for (const cell of cells) columns += cell.width;
  return columns;
};
