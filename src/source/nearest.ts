/** Edits (insert, delete, replace, swap of neighbours) that turn one name into the other. */
export const distance = (a: string, b: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (last[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const best = Math.min(replaced, (last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current.push(isSwap ? Math.min(best, (beforeLast[column - 2] ?? 0) + 1) : best);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
};

/**
 * The candidate that was most likely meant: letter case does not count, and at most two edits, or a third of the name,
 * are forgiven; in a short name one, unless the letters are the same. The first of several that are as near; `undefined`
 * if none is.
 */
export const nearest = (name: string, candidates: Iterable<string>): string | undefined => {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) >= bestDistance) continue;
    const found = distance(wanted, candidate.toLowerCase());
    if (found >= bestDistance || found >= wanted.length) continue;
    if (found > 1 && wanted.length < SHORT && lettersOf(candidate) !== lettersOf(wanted)) continue;
    best = candidate;
    bestDistance = found;
  }
  return best;
};

const SHORT = 5;

const lettersOf = (name: string): string => [...name.toLowerCase()].sort().join('');
