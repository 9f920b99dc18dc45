import type { Range } from '../source/range.ts';
import type { ShellcheckComment, ShellcheckScript } from './shellcheck.ts';

/** A comment as `--format=json1` has it: lines and columns from 1, columns in whole characters. */
export interface RawComment extends RawRange {
  readonly code: number;
  readonly level: ShellcheckComment['level'];
  readonly message: string;
  readonly fix: { readonly replacements: readonly RawReplacement[] } | null;
}

interface RawRange {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

interface RawReplacement extends RawRange {
  readonly insertionPoint: 'beforeStart' | 'afterEnd';
  readonly replacement: string;
}

/** The comments on a script at their places in the file; those on what stands before the script are left out. */
export const commentsOf = (script: ShellcheckScript, raw: readonly RawComment[]): readonly ShellcheckComment[] => {
  const lines = lineStarts(script.text);
  return raw.flatMap((comment) => {
    const { start, end } = insideOf(comment, script, lines);
    if (start < 0) return [];
    const { code, level, message, fix } = comment;
    const edits = fix ? editsOf(fix.replacements, script, lines) : undefined;
    return { code: `SC${code}`, level, message, edits, ...inFile(start, end, script) };
  });
};

const lineStarts = (text: string): readonly number[] => {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
};

/** The range in the script itself. */
const insideOf = (
  { line, column, endLine, endColumn }: RawRange,
  { text, preamble }: ShellcheckScript,
  lines: readonly number[],
): Range => ({
  start: offsetOf(line, column, text, lines) - preamble,
  end: offsetOf(endLine, endColumn, text, lines) - preamble,
});

const offsetOf = (line: number, column: number, text: string, lines: readonly number[]): number => {
  let at = lines[line - 1] ?? text.length;
  for (let left = column - 1; left > 0; left--) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return Math.min(at, text.length);
};

const inFile = (start: number, end: number, { positions }: ShellcheckScript): Range => {
  const last = positions.at(-1) ?? 0;
  const from = positions[start] ?? last + 1;
  return { start: from, end: end > start ? (positions[end - 1] ?? last) + 1 : from };
};

/** Undefined where an edit would take lines away that the builder joins. */
const editsOf = (
  replacements: readonly RawReplacement[],
  script: ShellcheckScript,
  lines: readonly number[],
): ShellcheckComment['edits'] => {
  const edits: { range: Range; text: string }[] = [];
  for (const each of replacements) {
    const { start, end } = insideOf(each, script, lines);
    if (start < 0) return undefined;
    const range = start === end ? insertionAt(start, each, script) : inFile(start, end, script);
    if (range.end - range.start !== end - start) return undefined;
    edits.push({ range, text: each.replacement });
  }
  return edits.toSorted((a, b) => a.range.start - b.range.start);
};

/** What closes something stands right behind it, what opens something right before. */
const insertionAt = (at: number, { insertionPoint }: RawReplacement, { positions }: ShellcheckScript): Range => {
  const before = positions[at - 1];
  const start = insertionPoint === 'beforeStart' && before !== undefined ? before + 1 : positions[at];
  const place = start ?? (positions.at(-1) ?? 0) + 1;
  return { start: place, end: place };
};
