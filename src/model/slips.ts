import { nearest } from '../source/nearest.ts';

/** Longer names, and more of them, are not compared: nobody reads such a file. */
const LONGEST = 64;
const MOST = 300;

/** The known name that is nearest to the one that is not, if any is near. */
export const nearestName = (name: string, known: Iterable<string>): string | undefined => {
  if (name.length > LONGEST || (Array.isArray(known) && known.length > MOST)) return undefined;
  const candidates: string[] = [];
  for (const each of known) {
    if (each.length <= LONGEST) candidates.push(each);
    if (candidates.length > MOST) return undefined;
  }
  return nearest(name, candidates);
};

/** One letter too many, too few, wrong or swapped; not one of a series such as `PORT_HTTP` and `PORT_HTTPS`, `A1` and `A2`. */
export const isSlip = (name: string, meant: string): boolean => {
  if (plain(name) === plain(meant)) return true;
  let start = 0;
  while (start < name.length && name[start] === meant[start]) start++;
  let end = 0;
  while (end < Math.min(name.length, meant.length) - start && name.at(-1 - end) === meant.at(-1 - end)) end++;
  const wrong = name.slice(start, name.length - end);
  const right = meant.slice(start, meant.length - end);
  if (/\d/.test(wrong + right) || (end === 0 && /^S?$/i.test(wrong) && /^S?$/i.test(right))) return false;
  const isShortPart = /(?:^|[_-])[^_-]{0,2}$/.test(name.slice(0, start + wrong.length)) && end === 0;
  const isSwap = wrong.length === 2 && wrong[0] === right[1] && wrong[1] === right[0];
  return isSwap || (!isShortPart && wrong.length <= 1 && right.length <= 1);
};

const plain = (name: string): string => name.replaceAll(/[_-]/g, '').toLowerCase();
