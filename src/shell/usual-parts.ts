import type { ShellWordPart } from './nodes.ts';
import { rangeOf, type Source } from './source.ts';
import type { Bash } from './unbash.ts';

/** Whether a word means what it says, with nothing to take out and nothing to put in. */
export const isPlain = ({ text, pos, end }: Bash.Word): boolean => end - pos === text.length && PLAIN.test(text);

const PLAIN = /^[\w/.:=@,+%-]+$/;

/** A plain text, `$name`, `${name}`, `'…'`, `"` or what stands between two of these, with no escape anywhere. */
const PIECE = /[\w/.:=@,+%-]+|\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*\}|'[^'\\\uFFFF]*'|"/y;
const QUOTED_PIECE = /[^"$`\\\uFFFF]+|\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*\}|"/y;

/**
 * The parts of a word as most words are, read at one go: the parser would read each a second time, and finds the same.
 * Undefined where there is anything else in the word.
 */
export const usualParts = ({ text, pos, end }: Bash.Word, source: Source): ShellWordPart[] | undefined => {
  if (end - pos !== text.length) return undefined;
  const parts: ShellWordPart[] = [];
  let opened: number | undefined;
  for (let at = 0; at < text.length; ) {
    const pattern = opened === undefined ? PIECE : QUOTED_PIECE;
    pattern.lastIndex = at;
    if (!pattern.test(text)) return undefined;
    const next = pattern.lastIndex;
    if (text[at] !== '"') parts.push(usualPart(text.slice(at, next), pos + at, opened !== undefined, source));
    else if (opened === undefined) opened = at;
    else {
      const range = opened + 1 === at ? rangeOf({ pos: pos + opened, end: pos + next }, source) : undefined;
      if (range) parts.push({ kind: 'Literal', ...range, value: '', quoted: true });
      opened = undefined;
    }
    at = next;
  }
  return opened === undefined && parts.length > 0 ? parts : undefined;
};

const usualPart = (text: string, pos: number, quoted: boolean, source: Source): ShellWordPart => {
  const { start, end } = rangeOf({ pos, end: pos + text.length }, source);
  if (!quoted && text.startsWith("'"))
    return { kind: 'Literal', start, end, value: text.slice(1, -1), quoted: true, quotes: "'" };
  if (!text.startsWith('$')) return { kind: 'Literal', start, end, value: text, quoted };
  const before = text.startsWith('${') ? 2 : 1;
  const name = text.slice(before, before === 2 ? -1 : undefined);
  const nameRange = rangeOf({ pos: pos + before, end: pos + before + name.length }, source);
  return { kind: 'Variable', start, end, name, nameRange, operator: undefined, operands: [], quoted };
};
