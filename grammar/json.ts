/** How BuildKit takes the text of an argument list that may be a JSON array. */
export type JsonReading =
  | { readonly kind: 'strings'; readonly values: readonly string[] }
  | { readonly kind: 'mixed' }
  | { readonly kind: 'none' };

const NONE: JsonReading = { kind: 'none' };

/** `strings`: exec form. `mixed`: a valid array with other things in it, which BuildKit refuses. `none`: not JSON, so shell form or words. */
export const readJsonArray = (text: string): JsonReading => {
  if (!text.startsWith('[') || !text.endsWith(']') || isTooDeep(text)) return NONE;
  const value = parseJson(text);
  if (!Array.isArray(value) || hasOverflow(value)) return NONE;
  const values: string[] = [];
  for (const element of value) {
    if (typeof element !== 'string') return { kind: 'mixed' };
    values.push(element.toWellFormed());
  }
  return { kind: 'strings', values };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

// Go refuses what nests deeper than this; a bound on brackets is enough, since such text is no array of strings anyway.
const isTooDeep = (text: string): boolean => /^(?:\[\s*){10001}/.test(text);

// A number that overflows makes Go call the whole text invalid, where JavaScript says Infinity.
const hasOverflow = (value: unknown): boolean => {
  const pending: unknown[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) return true;
    if (typeof next === 'object' && next !== null) for (const inner of Object.values(next)) pending.push(inner ?? 0);
  }
  return false;
};
