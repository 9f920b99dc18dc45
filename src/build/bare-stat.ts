/**
 * What `lstat` tells of a path, as the bare numbers that Node gets from the system; they hold until the next call. Node makes
 * an object of them with four dates, which takes as long as asking does. The function that gives them is no public one: where
 * it is missing or fails this is undefined, and only what is the same as an earlier `lstat` may be believed.
 */
export const bareStat = (path: string): Float64Array | undefined => {
  try {
    const numbers: unknown = ask?.(path, false, undefined, context);
    return numbers instanceof Float64Array ? numbers : undefined;
  } catch {
    return undefined;
  }
};

/** Where in the numbers each stands; times are in seconds and nanoseconds. */
export const BARE = { dev: 0, mode: 1, ino: 7, size: 8, mtime: 12, ctime: 14 } as const;

/** What is wrong is told here, or thrown. */
const context = {};

const findLstat = () => {
  try {
    const binding: unknown = Reflect.get(process, 'binding');
    const files: unknown = typeof binding === 'function' ? binding.call(process, 'fs') : undefined;
    const lstat: unknown = typeof files === 'object' && files !== null ? Reflect.get(files, 'lstat') : undefined;
    return typeof lstat === 'function' ? lstat : undefined;
  } catch {
    return undefined;
  }
};

const ask = findLstat();
