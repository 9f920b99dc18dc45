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
      const escaped = escapedSource(chars[++at], ESCAPES, literal);
      if (escaped === undefined) return { source: '', isWellFormed: false };
      source += escaped;
    } else source += literal(char);
  }
  return { source, isWellFormed: true };
};

/**
 * A character behind a backslash: BuildKit hands it to Go's regular expressions as it is, so that a letter is a class or an
 * anchor. Undefined where those know none.
 */
const escapedSource = (
  char: string | undefined,
  known: Readonly<Record<string, string>>,
  plain: (char: string) => string,
): string | undefined => {
  if (char === undefined || Object.hasOwn(known, char)) return known[char ?? ''];
  return /[A-Za-z\d\P{ASCII}]/u.test(char) ? undefined : plain(char);
};

/** Inside of brackets. */
const MEMBERS: Readonly<Record<string, string>> = {
  ...{ d: '\\d', D: '\\D', w: '\\w', W: '\\W', s: '\\t\\n\\f\\r ', S: '\\S' },
  ...{ a: '\\x07', f: '\\f', n: '\\n', r: '\\r', t: '\\t', v: '\\v' },
};

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ ...MEMBERS, s: `[${MEMBERS.s}]`, S: `[^${MEMBERS.s}]` },
  ...{ b: '\\b', B: '\\B', A: '^', z: '$' },
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
    source += low.source;
    at = low.next;
    if (chars[at] !== '-') continue;
    const high = readMember(chars, at + 1);
    if (!high || high.isClass || (high.order < low.order && !low.isClass)) return undefined;
    // Behind a class the sign stands for itself.
    source += low.isClass ? `\\-${high.source}` : `-${high.source}`;
    at = high.next;
  }
  return { source: `${source}]`, end: at };
};

interface Member {
  /** Of the character that it is. */
  readonly order: number;
  readonly source: string;
  /** Whether it stands for several characters. */
  readonly isClass: boolean;
  readonly next: number;
}

const readMember = (chars: readonly string[], at: number): Member | undefined => {
  const isEscaped = chars[at] === '\\';
  const char = chars[isEscaped ? at + 1 : at];
  if (char === undefined || (!isEscaped && (char === '-' || char === ']'))) return undefined;
  const source = isEscaped ? escapedSource(char, MEMBERS, inClass) : inClass(char);
  const isClass = isEscaped && /[DSWdsw]/.test(char);
  return source === undefined
    ? undefined
    : { order: orderOf(source, char), source, isClass, next: at + (isEscaped ? 2 : 1) };
};

/** Controls in their order, behind the bell. */
const CONTROLS = ['\\t', '\\n', '\\v', '\\f', '\\r'];

const orderOf = (source: string, char: string): number => {
  if (source === '\\x07') return 7;
  const control = CONTROLS.indexOf(source);
  return control < 0 ? (char.codePointAt(0) ?? 0) : 9 + control;
};

const literal = (char: string): string => char.replace(/[$()*+.?[\\\]^{|}]/u, '\\$&');

const inClass = (char: string): string => char.replace(/[\\\]^-]/u, '\\$&');
