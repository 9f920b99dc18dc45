/** Go's `filepath.Match` for one name; a pattern that is not well formed matches nothing. */
export const matches = (pattern: string, name: string): boolean => expressionOf(pattern)?.test(name) ?? false;

/** Whether a pattern can be read, all of its path. */
export const isWellFormed = (pattern: string): boolean =>
  pattern.split('/').every((part) => expressionOf(part) !== undefined);

const known = new Map<string, RegExp | undefined>();

const expressionOf = (pattern: string): RegExp | undefined => {
  if (!known.has(pattern)) known.set(pattern, translated(pattern));
  return known.get(pattern);
};

const translated = (pattern: string): RegExp | undefined => {
  let source = '';
  const characters = Array.from(pattern);
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    if (character === '*') source += '[^/]*';
    else if (character === '?') source += '[^/]';
    else if (character === '[') {
      const found = classAt(characters, at);
      if (!found) return undefined;
      source += found.source;
      at = found.end;
    } else source += quoted(character === '\\' ? (characters[++at] ?? '\\') : character);
  }
  return new RegExp(`^${source}$`, 'su');
};

/** `[abc]`, `[a-z]`, `[^…]`, from its bracket on. */
const classAt = (
  pattern: readonly string[],
  start: number,
): { readonly source: string; readonly end: number } | undefined => {
  let at = start + 1;
  const isNegated = pattern[at] === '^';
  if (isNegated) at++;
  let source = '';
  for (let count = 0; pattern[at] !== ']' || count === 0; count++) {
    const low = memberAt(pattern, at);
    if (!low) return undefined;
    at = low.next;
    const high = pattern[at] === '-' ? memberAt(pattern, at + 1) : undefined;
    if (pattern[at] === '-' && !high) return undefined;
    if (high) at = high.next;
    const end = high?.character ?? low.character;
    if (end >= low.character) source += `${inClass(low.character)}-${inClass(end)}`;
  }
  return { source: source === '' ? '(?!)' : `[${isNegated ? '^' : ''}${source}]`, end: at };
};

const memberAt = (
  pattern: readonly string[],
  at: number,
): { readonly character: string; readonly next: number } | undefined => {
  const isEscaped = pattern[at] === '\\';
  const character = pattern[isEscaped ? at + 1 : at];
  if (character === undefined || (!isEscaped && (character === '-' || character === ']'))) return undefined;
  return { character, next: at + (isEscaped ? 2 : 1) };
};

const quoted = (character: string): string => character.replace(/[$()*+.?[\\\]^{|}]/, '\\$&');
const inClass = (character: string): string => character.replace(/[\\\]^-]/, '\\$&');
