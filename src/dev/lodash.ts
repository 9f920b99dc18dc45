/*
 * What Chevrotain takes of lodash, for the bundle: lodash itself brings 45 kB, which make each start of the command line
 * 3 ms longer. For lists and plain objects without a length, which are all that Chevrotain hands over, these give the same.
 */

type All<T> = readonly T[] | Readonly<Record<string, T>> | undefined;
type Visit<T, R> = (value: T, key: number | string) => R;

const listOf = <T>(all: All<T>): readonly T[] => (isList(all) ? all : Object.values(all ?? {}));
const isList = <T>(all: All<T>): all is readonly T[] => Array.isArray(all);

export const identity = <T>(value: T): T => value;
export const noop = (): void => {};

export const { isArray } = Array;
export const isFunction = (value: unknown): boolean => typeof value === 'function';
export const isObject = (value: unknown): boolean => isFunction(value) || (typeof value === 'object' && value !== null);
export const isRegExp = (value: unknown): boolean => value instanceof RegExp;
export const isString = (value: unknown): boolean => typeof value === 'string';
export const isUndefined = (value: unknown): boolean => value === undefined;
export const isEmpty = (all: All<unknown>): boolean => listOf(all).length === 0;

export const { assign } = Object;
export const has = (value: object, key: PropertyKey): boolean => Object.hasOwn(value ?? {}, key);
export const keys = (value: object): string[] => Object.keys(value ?? {});
export const values = <T>(all: All<T>): T[] => [...listOf(all)];
export const clone = <T extends object>(value: T): T =>
  Object.assign(Array.isArray(value) ? [] : Object.create(Object.getPrototypeOf(value)), value);
export const defaults = <T extends object>(value: T, usual: T): T =>
  Object.assign(value, { ...usual, ...defined(value) });
export const pickBy = <T>(all: Record<string, T>, isPicked: (value: T) => boolean): Record<string, T> =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => isPicked(value)));
const defined = (value: object): object => pickBy({ ...value }, (each) => each !== undefined);

/** Ends where a visit gives false. */
export const forEach = <T>(all: All<T>, visit: Visit<T, unknown>): All<T> => {
  if (isList(all)) all.every((value, at) => visit(value, at) !== false);
  else Object.entries(all ?? {}).every(([key, value]) => visit(value, key) !== false);
  return all;
};

export const map = <T, R>(all: All<T>, visit: Visit<T, R>): R[] =>
  isList(all)
    ? all.map((value, at) => visit(value, at))
    : Object.entries(all ?? {}).map(([key, value]) => visit(value, key));
export const flatMap = <T>(all: All<T>, visit: Visit<T, unknown>): unknown[] => map(all, visit).flat();
export const reduce = <T, R>(all: All<T>, add: (sum: R, value: T, key: number | string) => R, start: R): R =>
  isList(all)
    ? all.reduce((sum, value, at) => add(sum, value, at), start)
    : Object.entries(all ?? {}).reduce((sum, [key, value]) => add(sum, value, key), start);

export const every = <T>(all: All<T>, is: (value: T) => boolean): boolean => listOf(all).every((value) => is(value));
export const filter = <T>(all: All<T>, is: (value: T) => boolean): T[] => listOf(all).filter((value) => is(value));
export const find = <T>(all: All<T>, is: (value: T) => boolean): T | undefined =>
  listOf(all).find((value) => is(value));
export const includes = <T>(all: All<T>, value: T): boolean => listOf(all).includes(value);
export const reject = <T>(all: All<T>, is: (value: T) => boolean): T[] => listOf(all).filter((value) => !is(value));
export const some = <T>(all: All<T>, is: (value: T) => boolean): boolean => listOf(all).some((value) => is(value));
export const groupBy = <T>(all: All<T>, keyOf: (value: T) => string): Partial<Record<string, T[]>> => {
  const groups: Partial<Record<string, T[]>> = {};
  for (const value of listOf(all)) {
    const key = keyOf(value);
    groups[key] = [...(groups[key] ?? []), value];
  }
  return groups;
};

export const compact = <T>(list: readonly T[]): T[] => list.filter(Boolean);
export const difference = <T>(list: readonly T[], without: readonly T[]): T[] =>
  list.filter((value) => !without.includes(value));
export const drop = <T>(list: readonly T[], count = 1): T[] => list.slice(count);
export const dropRight = <T>(list: readonly T[], count = 1): T[] => list.slice(0, Math.max(0, list.length - count));
export const first = <T>(list: readonly T[] | undefined): T | undefined => list?.[0];
export const flatten = (list: readonly unknown[]): unknown[] => list.flat();
export const indexOf = <T>(list: readonly T[], value: T): number => list.indexOf(value);
export const last = <T>(list: readonly T[] | undefined): T | undefined => list?.at(-1);
export const uniq = <T>(list: readonly T[]): T[] => [...new Set(list)];

export const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
