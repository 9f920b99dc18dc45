import { widthOf } from '../report/cells.ts';

/** Rows of a table as lines, the columns three blanks apart; the first row is its head. */
export const tableLines = (rows: readonly (readonly string[])[]): string => {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  const padded = (cell: string, column: number) =>
    cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell)));
  return rows.map((row) => `${row.map(padded).join('   ').trimEnd()}\n`).join('');
};
