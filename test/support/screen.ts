/** What a terminal shows after all that was sent to it: enough of one for what this program sends. */
export const screenAfter = (sent: string, columns: number): readonly string[] => {
  const lines: string[][] = [[]];
  let row = 0;
  let column = 0;
  for (const [part, , , count, order] of sent.matchAll(PARTS)) {
    if (part === '\n') {
      row++;
      column = 0;
      lines[row] ??= [];
    } else if (part === '\r') column = 0;
    else if (order === 'A') row = Math.max(0, row - Number(count || 1));
    else if (order === 'K') lines[row]?.splice(column);
    else if (order === 'J') {
      lines[row]?.splice(column);
      lines.splice(row + 1);
    } else if (!part.startsWith('\u001b'))
      for (const character of part) {
        if (column === columns) {
          row++;
          column = 0;
          lines[row] ??= [];
        }
        (lines[row] ?? [])[column++] = character;
      }
  }
  return lines.map((line) => Array.from(line, (character) => character ?? ' ').join(''));
};

const ESCAPE = '\u001b';
const PARTS = new RegExp(`(\\n|\\r)|(${ESCAPE}\\[\\??([0-9;]*)([A-Za-z]))|[^\\n\\r${ESCAPE}]+`, 'g');
