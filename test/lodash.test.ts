import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as ours from '../src/dev/lodash.ts';

type Any = (...args: readonly unknown[]) => unknown;
// It has no types, and comes with Chevrotain.
const theirs: Readonly<Record<string, Any>> = await import('lodash-es' as string);

const value = fc.oneof(
  fc.constantFrom(undefined, null, '', 'text', 0, 3, false, /x/, String),
  fc.array(fc.constantFrom(1, 2, 'a', undefined), { maxLength: 3 }),
);
const list = fc.array(value, { maxLength: 6 });
const object = fc.dictionary(fc.constantFrom('a', 'b', 'c', '7'), value, { noNullPrototype: true });
const either = fc.oneof(list, object, fc.constant(undefined));
const visit = fc.constantFrom<Any>(
  (each) => each,
  (each) => typeof each === 'string',
  (each) => each !== undefined,
  (each, key) => [each, key],
);
const name = fc.constantFrom('a', 'b', '7', 'length', 'toString');
const one = fc.tuple;

const ARGUMENTS: Readonly<Record<keyof typeof ours, fc.Arbitrary<readonly unknown[]>>> = {
  assign: one(object, object),
  clone: one(fc.oneof(list, object)),
  compact: one(list),
  defaults: one(object, object),
  difference: one(list, list),
  drop: fc.oneof(one(list), one(list, fc.nat(8))),
  dropRight: fc.oneof(one(list), one(list, fc.nat(8))),
  every: one(either, visit),
  filter: one(either, visit),
  find: one(either, visit),
  first: one(fc.option(list, { nil: undefined })),
  flatMap: one(either, visit),
  flatten: one(list),
  forEach: one(either, visit),
  groupBy: one(either, fc.constant(String)),
  has: one(object, name),
  identity: one(value),
  includes: one(either, value),
  indexOf: one(list, value),
  isArray: one(value),
  isEmpty: one(either),
  isFunction: one(value),
  isObject: one(value),
  isRegExp: one(value),
  isString: one(value),
  isUndefined: one(value),
  keys: one(object),
  last: one(fc.option(list, { nil: undefined })),
  map: one(either, visit),
  noop: one(value),
  pickBy: one(object, visit),
  reduce: one(
    either,
    fc.constant<Any>((sum, each, key) => `${sum}${each}${key}`),
    value,
  ),
  reject: one(either, visit),
  some: one(either, visit),
  uniq: one(list),
  upperFirst: one(fc.string()),
  values: one(object),
};

test.each(Object.entries(ARGUMENTS))('%s gives what that of lodash gives', (name, arbitrary) => {
  const own: Any = Reflect.get(ours, name);
  fc.assert(
    fc.property(arbitrary, (args) => {
      const [one, other] = [args, args].map(copied);
      expect(own(...(one ?? []))).toEqual(theirs[name]?.(...(other ?? [])));
      expect(one).toEqual(other);
    }),
  );
});

const copied = (args: readonly unknown[]): readonly unknown[] =>
  args.map((each) => (Array.isArray(each) ? [...each] : isPlain(each) ? { ...each } : each));

const isPlain = (each: unknown): each is object =>
  typeof each === 'object' && each !== null && Object.getPrototypeOf(each) === Object.prototype;
