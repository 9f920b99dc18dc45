import { widthOf } from './cells.ts';

/** Breaks text at blanks so that no line is wider than told; a word that is wider stands alone. */
export const wrap = (text: string, width: number): readonly string[] => {
  if (text.length <= width && !UNEVEN.test(text) && widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  let columns = 0;
  for (const word of text.split(/\s+/)) {
    const wide = widthOf(word);
    const isFull = line !== '' && columns + 1 + wide > width;
    if (isFull) lines.push(line);
    columns = isFull || line === '' ? wide : columns + 1 + wide;
    line = isFull || line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
};

/** White space that wrapping changes. */
const UNEVEN = /^\s|\s$|\s\s|[^\S ]/;

/** `3 errors`, `1 error`; words that do not count, such as `info`, stay as they are. */
export const plural = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 || noun === 'info' || noun === 'style' ? '' : 's'}`;

/** Ends the text in a full stop where it has no end. */
export const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
