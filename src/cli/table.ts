import { widthOf } from '../report/cells.ts';
import { escapeMessage } from '../report/escape.ts';

/** Rows of a table as lines, the columns three blanks apart; the first row is its head. What cells hide or command is seen. */
export const tableLines = (raw: readonly (readonly string[])[]): string => {
  const rows = raw.map((row) => row.map(escapeMessage));
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  const padded = (cell: string, column: number) =>
    cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell)));
  return rows.map((row) => `${row.map(padded).join('   ').trimEnd()}\n`).join('');
};
