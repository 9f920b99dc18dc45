import { runInThisContext } from 'node:vm';
import { expect, test } from 'vitest';
import { indexLoops } from '../src/dev/indexed-loops.ts';

const CASES: Readonly<Record<string, string>> = {
  'a list': 'for (const each of [1, 2, 3]) said.push(each);',
  'a list with holes': 'for (const each of [1, , 3]) said.push(each);',
  'a list that grows':
    'const list = [1, 2]; for (const each of list) { said.push(each); if (each < 5) list.push(each + 2); }',
  'a list that shrinks': 'const list = [1, 2, 3]; for (const each of list) { said.push(each); list.pop(); }',
  'a list given by a condition': 'for (const each of said ? [1] : []) said.push(each);',
  'a text, by characters': "for (const each of 'a𝒃c') said.push(each);",
  'a set that grows':
    'const set = new Set([1]); for (const each of set) { said.push(each); if (each < 4) set.add(each + 1); }',
  'a map': "const map = new Map([['a', 1], ['b', 2]]); for (const [key, value] of map) said.push(key, value);",
  'the entries of a list': "for (const [at, each] of ['a', 'b'].entries()) said.push(at, each);",
  'the second half of entries': 'for (const [, { b: [c] }] of [{ b: [1] }].entries()) said.push(c);',
  'the entries of a map':
    "const map = new Map([['a', 1]]); for (const [key, value] of map.entries()) said.push(key, value);",
  'entries as they are': "for (const entry of ['a'].entries()) said.push(entry);",
  'what matches': "for (const { 0: text, index } of 'abab'.matchAll(/b/g)) said.push(text, index);",
  'a generator that goes on and on':
    'function* all() { for (let at = 0; ; at++) { said.push(`made ${at}`); yield at; } } for (const each of all()) { if (each > 2) break; said.push(each); }',
  'loops in loops, left by name':
    'outer: for (const one of [[1, 2], [3, 4], [5]]) for (const each of one) { if (each === 2) continue outer; if (each === 5) break outer; said.push(each); }',
  'what closes over each turn':
    'const all = []; for (const each of [1, 2]) all.push(() => each); said.push(...all.map((one) => one()));',
  'a variable that is set': 'for (let each of [1, 2]) { each += 1; said.push(each); }',
  'a variable of before': 'let each; for (each of [1, 2]) said.push(each);',
  'a loop in what is looped over':
    'for (const each of (() => { for (const one of [1]) said.push(one); return [2]; })()) said.push(each);',
  'a return from within': 'said.push((() => { for (const each of [1, 2]) if (each === 2) return each; })());',
  'lists taken apart': 'const [a, , b, c = 4, d] = [1, 2, 3]; said.push(a, b, c, d);',
  'lists in lists': 'const [[a], { b: [b] }] = [[1], { b: [2] }]; said.push(a, b);',
  'the rest of a list': 'const [a, ...rest] = [1, 2, 3]; said.push(a, rest);',
  'a set taken apart': 'const [a, b] = new Set([1, 2, 3]); said.push(a, b);',
  'no more than is asked for':
    'function* all() { for (let at = 0; ; at++) { said.push(`made ${at}`); yield at; } } const [a, b] = all(); said.push(a, b);',
  'what gives up nothing': 'const [] = []; said.push(1);',
};

for (const [name, code] of Object.entries(CASES)) {
  test(`${name} is looped over as before`, () => {
    const source = `const said = []; ${code} globalThis.said = said;`;
    expect(saidBy(indexLoops(source, 'case.js'))).toEqual(saidBy(source));
  });
}

test.each(['for (const each of 1) each;', 'const [a] = undefined; a;', 'for (const each of undefined) each;'])(
  '%s is an error',
  (source) => {
    expect(() => saidBy(indexLoops(source, 'case.js'))).toThrow(/iterable|undefined|not a function/);
  },
);

test('a loop over a list makes no iterator', () => {
  const written = indexLoops('for (const [at, each] of list.entries()) console.log(at, each);', 'case.js');
  const list = ['a'];
  list[Symbol.iterator] = () => expect.unreachable('an iterator is asked for');
  runInThisContext(`(function (list, console) { ${written} })`)(list, { log: () => undefined });
});

test('a generator that cleans up is refused: a loop that ends early would not have it do so', () => {
  expect(() => indexLoops('function* all() { try { yield 1; } finally { close(); } }', 'case.js')).toThrow('cleans up');
  expect(indexLoops('function one() { try { open(); } finally { close(); } }', 'case.js')).toContain('finally');
});

const saidBy = (source: string): unknown => {
  runInThisContext(`(function () { ${source} })`)();
  return Reflect.get(globalThis, 'said');
};
