/** One element of a pattern in `${name#pattern}`: a character, any one character, or any run of them. */
type Element = { readonly kind: 'char'; readonly char: string } | { readonly kind: 'any' } | { readonly kind: 'run' };

export type Glob = readonly Element[];

const KEPT = '*?\\}/';

/** Reads a pattern: `*`, `?` and their escapes; there are no bracket classes. Undefined for another escape, which BuildKit refuses. */
export const readGlob = (pattern: string): Glob | undefined => {
  const elements: Element[] = [];
  const chars = Array.from(pattern);
  for (let at = 0; at < chars.length; at++) {
    let char = chars[at] ?? '';
    if (char === '\\') {
      char = chars[++at] ?? '';
      if (!char || !KEPT.includes(char)) return undefined;
      elements.push({ kind: 'char', char });
    } else if (char === '*') elements.push({ kind: 'run' });
    else elements.push(char === '?' ? { kind: 'any' } : { kind: 'char', char });
  }
  return elements;
};

/** Where matches that begin at `start` can end: the nearest and the farthest. Neither `*` nor `?` matches a line end. */
export const matchAt = (
  glob: Glob,
  chars: readonly string[],
  start: number,
): { shortest: number; longest: number } | undefined => {
  let states = closure(glob, new Set([0]));
  let shortest = states.has(glob.length) ? start : -1;
  let longest = shortest;
  for (let at = start; at < chars.length && states.size > 0; at++) {
    states = closure(glob, step(glob, states, chars[at] ?? ''));
    if (!states.has(glob.length)) continue;
    if (shortest < 0) shortest = at + 1;
    longest = at + 1;
  }
  return shortest < 0 ? undefined : { shortest, longest };
};

const step = (glob: Glob, states: ReadonlySet<number>, char: string): Set<number> => {
  const next = new Set<number>();
  for (const state of states) {
    const element = glob[state];
    if (!element) continue;
    if (element.kind === 'char' ? element.char === char : char !== '\n')
      next.add(element.kind === 'run' ? state : state + 1);
  }
  return next;
};

const closure = (glob: Glob, states: Set<number>): Set<number> => {
  for (const state of states) if (glob[state]?.kind === 'run') states.add(state + 1);
  return states;
};

export const reversed = (glob: Glob): Glob => glob.toReversed();
