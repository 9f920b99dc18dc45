/** One line of an ignore file. */
export interface IgnorePattern {
  /** As BuildKit compares it: cleaned, without `!` and the slash at its start. */
  readonly text: string;
  readonly isException: boolean;
  /** From 1. */
  readonly line: number;
  readonly expression: RegExp;
}

/** Reads a pattern; a sentence where BuildKit refuses it. */
export const readPattern = (text: string, isException: boolean, line: number): IgnorePattern | string => {
  const { source, isWellFormed } = translate(text);
  if (!isWellFormed) return `\`${text}\` is no pattern`;
  return { text, isException, line, expression: new RegExp(`^(?:${source})$`, 'su') };
};

interface Translation {
  readonly source: string;
  readonly isWellFormed: boolean;
}

/** `**` at the end is anything, elsewhere any number of folders; at the start of a plain text any start of a path. */
const translate = (text: string): Translation => {
  const chars = Array.from(text);
  if (/^\*\*[^*?[\\\]]*$/u.test(text)) return { source: suffix(text.slice(2)), isWellFormed: true };
  let source = '';
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? '';
    if (char === '*' && chars[at + 1] === '*') {
      at++;
      if (chars[at + 1] === '/') at++;
      source += at + 1 === chars.length ? '.*' : '(?:.*/)?';
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '[') {
      const range = readClass(chars, at);
      if (!range) return { source: '', isWellFormed: false };
      source += range.source;
      at = range.end;
    } else if (char === '\\') {
      const next = chars[++at];
      if (next === undefined) return { source: '', isWellFormed: false };
      source += literal(next);
    } else source += literal(char);
  }
  return { source, isWellFormed: true };
};

const suffix = (text: string): string => {
  const plain = Array.from(text, literal).join('');
  return text.startsWith('/') ? `(?:.*/)?${plain.slice(1)}` : `.*${plain}`;
};

/** `[…]` from its bracket on: characters and ranges, `^` for all others. Undefined where it is not well formed. */
const readClass = (chars: readonly string[], start: number): { source: string; end: number } | undefined => {
  let at = start + 1;
  let source = '[';
  if (chars[at] === '^') {
    source += '^';
    at++;
  }
  for (let items = 0; chars[at] !== ']' || items === 0; items++) {
    const low = readMember(chars, at);
    if (!low) return undefined;
    source += inClass(low.char);
    at = low.next;
    if (chars[at] !== '-') continue;
    const high = readMember(chars, at + 1);
    if (!high) return undefined;
    // A range whose end is before its start matches nothing.
    source = high.char < low.char ? source.slice(0, -inClass(low.char).length) : `${source}-${inClass(high.char)}`;
    at = high.next;
  }
  return { source: source === '[' ? '(?!)' : `${source}]`, end: at };
};

const readMember = (chars: readonly string[], at: number): { char: string; next: number } | undefined => {
  const isEscaped = chars[at] === '\\';
  const char = chars[isEscaped ? at + 1 : at];
  if (char === undefined || (!isEscaped && (char === '-' || char === ']'))) return undefined;
  return { char, next: at + (isEscaped ? 2 : 1) };
};

const literal = (char: string): string => char.replace(/[$()*+.?[\\\]^{|}]/u, '\\$&');

const inClass = (char: string): string => char.replace(/[\\\]^-]/u, '\\$&');
