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
    const found = known.get(key) ?? { value: compute(key) };
    known.set(key, found);
    return found.value;
  };
};
