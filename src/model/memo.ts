/** A value that is computed when it is first asked for. */
export const once = <T>(compute: () => T): (() => T) => {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
};

/** A function that computes each answer once. */
export const memo = <K, V>(compute: (key: K) => V): ((key: K) => V) => {
  const known = new Map<K, { readonly value: V }>();
  return (key) => {
    let found = known.get(key);
    if (!found) {
      found = { value: compute(key) };
      known.set(key, found);
    }
    return found.value;
  };
};

/** More answers than this are not kept at once. */
const MOST = 1000;

/** As `memo`, for answers that hold in every file and go by a name. */
export const memoByName = <K, V>(nameOf: (key: K) => string, compute: (key: K) => V): ((key: K) => V) => {
  const known = new Map<string, { readonly value: V }>();
  return (key) => {
    const name = nameOf(key);
    let found = known.get(name);
    if (!found) {
      found = { value: compute(key) };
      if (known.size === MOST) known.clear();
      known.set(name, found);
    }
    return found.value;
  };
};

/** So many answers are kept of late. */
const LATELY = 256;

/**
 * As `memo`, for what rule after rule asks of the same place of a file: the answers given of late are kept, and nothing
 * keeps those alive that were given before.
 */
export const memoOfLate = <K extends { readonly start: number }, V>(compute: (key: K) => V): ((key: K) => V) => {
  const known: { readonly key: K; readonly value: V }[] = [];
  return (key) => {
    const slot = key.start % LATELY;
    const found = known[slot];
    if (found?.key === key) return found.value;
    const value = compute(key);
    known[slot] = { key, value };
    return value;
  };
};
