import { widthOf } from './cells.ts';

/** Breaks text at blanks so that no line is wider than told; a word that is wider stands alone. */
export const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
};

/** `3 errors`, `1 error`; words that do not count, such as `info`, stay as they are. */
export const plural = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 || noun === 'info' || noun === 'style' ? '' : 's'}`;

/** Ends the text in a full stop where it has no end. */
export const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
