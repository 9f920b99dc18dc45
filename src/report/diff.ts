import { Chalk, type ChalkInstance } from 'chalk';
import { type StructuredPatchHunk, structuredPatch } from 'diff';
import type { Document } from '../source/document.ts';
import { escapeLine } from './escape.ts';
import { maskText, secretsOf } from './mask-secrets.ts';

/** A unified diff from a document to its new text (without byte order mark); empty where they are equal. */
export const diffOf = (document: Document, fixed: string, options: { readonly color: boolean }): string => {
  if (fixed === document.text) return '';
  const paint = new Chalk({ level: options.color ? 1 : 0 });
  const secrets = secretsOf(document.text);
  // The byte order mark stays what it is: without it the first lines would not apply.
  const shown = (text: string) => (document.bom ? BOM : '') + maskText(text, secretsOf(text), secrets);
  const { hunks } = structuredPatch('', '', shown(document.text), shown(fixed));
  return [...headers(document.path, paint), ...hunks.flatMap((hunk) => hunkLines(hunk, paint))].join('');
};

const BOM = '\uFEFF';

/** As git has it: a name with hidden characters stands in quotes, and a tab ends another one with blanks in it. */
const headers = (path: string, paint: ChalkInstance): readonly string[] => {
  const name = path.replace(/^\.?\/+/, '');
  const isPlain = escapeLine(name) === name;
  const shown = (side: string) => (isPlain ? `${side}/${name}` : quoted(`${side}/${name}`));
  const end = isPlain && name.includes(' ') ? '\t\n' : '\n';
  return [`${paint.bold(`--- ${shown('a')}`)}${end}`, `${paint.bold(`+++ ${shown('b')}`)}${end}`];
};

/** In quotes, hidden characters as the octal numbers of their bytes. */
const quoted = (name: string): string => {
  const characters = Array.from(name, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`;
    return escapeLine(character) === character ? character : octal(character);
  });
  return `"${characters.join('')}"`;
};

const octal = (character: string): string =>
  Array.from(new TextEncoder().encode(character), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

const hunkLines = (hunk: StructuredPatchHunk, paint: ChalkInstance): readonly string[] => {
  const before = `-${startOf(hunk.oldStart, hunk.oldLines)},${hunk.oldLines}`;
  const after = `+${startOf(hunk.newStart, hunk.newLines)},${hunk.newLines}`;
  const lines = hunk.lines.map((line) => painted(line, paint));
  return [`${paint.cyan(`@@ ${before} ${after} @@`)}\n`, ...lines];
};

/** A side without lines is counted from the line before it. */
const startOf = (start: number, lines: number): number => (lines === 0 ? start - 1 : start);

const painted = (line: string, paint: ChalkInstance): string => {
  const [, sign = '', bom = '', code = '', end = ''] = /^(.)(\uFEFF?)(.*?)(\r?)$/s.exec(line) ?? [];
  const text = `${sign}${bom}${code.split('\t').map(escapeLine).join('\t')}`;
  if (sign === '-') return `${paint.red(text)}${end}\n`;
  return `${sign === '+' ? paint.green(text) : text}${end}\n`;
};
