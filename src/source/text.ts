/** A place as people and reports count it: both from 1, columns in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Offset ⇄ line and column for one text. Lines end at `\n` alone, as in BuildKit. */
export interface LineIndex {
  /** Offset at which each line starts; the first is 0. */
  readonly starts: readonly number[];
  /** The line, from 1, that holds the offset. */
  lineAt(offset: number): number;
  positionAt(offset: number): Position;
  /** The line's range without its line end (`\n`, `\r\n`); lines from 1. */
  rangeOf(line: number): { readonly start: number; readonly end: number };
}

export const lineIndexOf = (text: string): LineIndex => {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const lineAt = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
  return {
    starts,
    lineAt,
    positionAt(offset) {
      const line = lineAt(offset);
      return { line, column: offset - (starts[line - 1] ?? 0) + 1 };
    },
    rangeOf(line) {
      const start = starts[line - 1] ?? text.length;
      let end = line < starts.length ? (starts[line] ?? 0) - 1 : text.length;
      while (end > start && text[end - 1] === '\r') end--;
      return { start, end };
    },
  };
};
