import type { Range } from '../source/range.ts';
import type { ShellCommand } from './command.ts';
import { commandsOfWords } from './commands.ts';
import type { ShellWord, ShellWordPart } from './nodes.ts';

/** An element of a JSON array: its decoded value, and a range that includes the quotes. */
export interface ExecElement extends Range {
  readonly value: string;
}

/**
 * The commands that an exec form runs: the program it names, or what is in the text when that is `sh -c` or the like.
 * The ranges inside that text are exact when it has no JSON escapes.
 */
export const commandsOfExec = (elements: readonly ExecElement[]): readonly ShellCommand[] =>
  commandsOfWords(elements.map(wordOfElement));

/** The command that is left running in the end: the last one; undefined for an empty array. */
export const commandOfExec = (elements: readonly ExecElement[]): ShellCommand | undefined =>
  commandsOfExec(elements).at(-1);

const wordOfElement = ({ start, end, value }: ExecElement): ShellWord => {
  const inside: ShellWordPart = {
    kind: 'Literal',
    start: Math.min(start + 1, end),
    end: Math.max(start + 1, end - 1),
    value,
    quoted: true,
  };
  return {
    kind: 'Word',
    start,
    end,
    raw: `"${value}"`,
    text: value,
    quoted: true,
    parts: [inside],
  };
};
