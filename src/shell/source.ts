import type { Range } from '../source/range.ts';
import type { Script, ShellProblem, ShellToken } from './nodes.ts';
import type { Bash } from './unbash.ts';

/** A text that is being turned into nodes. */
export interface Source {
  readonly text: string;
  /** How far behind its positions the text stands in the file; undefined: `locate` alone tells. */
  readonly shift: number | undefined;
  /** Where a position of the text stands in the file. */
  readonly locate: (position: number) => number;
  /** Whether fillers have to be taken out of what is read. */
  readonly filled: boolean;
  readonly depth: number;
  readonly problems: ShellProblem[];
  /** Reads the script of a substitution. */
  readonly nested: (script: Bash.ParsedScript, source: Source) => Script;
}

/** A place in the text. */
export type Span = { readonly pos: number; readonly end: number };

/** An end is told from the last character, since an escape that was taken out may stand behind it. */
export const rangeOf = (node: Span, source: Source): Range => {
  const { text, shift } = source;
  const end = Math.min(node.end, text.length);
  if (shift !== undefined && end > node.pos) return { start: node.pos + shift, end: end + shift };
  const start = source.locate(node.pos);
  return { start, end: end > node.pos ? source.locate(end - 1) + 1 : start };
};

export const tokenOf = (text: string, position: number, source: Source): ShellToken => {
  const { start, end } = rangeOf({ pos: position, end: position + text.length }, source);
  return { text, start, end };
};
