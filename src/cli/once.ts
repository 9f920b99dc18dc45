/** Does for each key once what several may ask for; who comes later gets what was made for the first. */
export const onceEach = <A extends readonly unknown[], T extends object>(
  keyOf: (...args: A) => string,
  action: (...args: A) => T,
): ((...args: A) => T) => {
  const results = new Map<string, T>();
  return (...args) => {
    const key = keyOf(...args);
    const result = results.get(key) ?? action(...args);
    results.set(key, result);
    return result;
  };
};
