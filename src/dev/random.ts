/** The same numbers for the same seed. */
export const randomOf = (seed: number) => {
  let state = seed * 2654435761;
  const next = (): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0;
    return ((state ^ (state >>> 12)) >>> 0) / 2 ** 32;
  };
  const of = <T>(all: readonly T[]): T => {
    const found = all[Math.floor(next() * all.length)];
    if (found === undefined) throw new Error('nothing to choose from');
    return found;
  };
  return { next, of, upTo: (most: number) => 1 + Math.floor(next() * most) };
};
