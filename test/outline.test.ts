import { describe, expect, it } from 'vitest';
import { outlineOf, parseShell } from '../src/shell/index.ts';

const outline = (text: string) => outlineOf(parseShell(text, 0));

/** What each variable may hold where it stands. */
const values = (text: string) =>
  outline(text).expansions.flatMap(({ part, value }) =>
    part.kind === 'Variable' ? `${part.name}: ${holds(value)}` : [],
  );

const holds = ({ unknown, several, empty, from }: ReturnType<typeof outline>['expansions'][number]['value']): string =>
  [unknown ? 'unknown' : '', several ? 'several' : '', empty ? 'empty' : '', ...from].filter(Boolean).join(' ') ||
  'plain';

describe('an outline', () => {
  it('tells what each word is read for', () => {
    const { words } = outline('A=1 cmd $x > f; export B=$y; for i in a; do case $i in b) ;; esac; done; l=(c)');
    expect(words.map(({ word, role }) => `${word.raw} ${role}`)).toEqual([
      '1 assignment',
      'cmd name',
      '$x argument',
      'f target',
      'export name',
      'B=$y declaration',
      'a loop',
      '$i case',
      'b case',
      'c element',
    ]);
  });

  it('goes into substitutions', () => {
    const { nodes } = outline('a "$(b `c`)"');
    expect(nodes.map(({ node, substitution }) => [node.start, substitution?.style])).toEqual([
      [0, undefined],
      [5, '$('],
      [8, '`'],
    ]);
  });

  it.each([
    ['a=1; x $a', 'a: plain'],
    ['a=$(b); x $a', 'a: unknown'],
    ['a="b c"; x $a', 'a: several'],
    ['a=; x $a', 'a: empty'],
    ['x $a', 'a: a'],
    ['a=$(b); a=1; x $a', 'a: plain'],
    ['a=$(b); (a=1); x $a', 'a: unknown'],
    ['if b; then a=1; else a=2; fi; x $a', 'a: plain'],
    ['if b; then a=1; fi; x $a', 'a: a'],
    ['if b; then a=1; else exit; fi; x $a', 'a: plain'],
    ['for a in 1 2; do x $a; done', 'a: plain'],
    ['for a in *; do x $a; done', 'a: several'],
    ['read a; x $a', 'a: unknown'],
    [`x $\{#a} $?`, '?: plain'],
    ['a=1 x; y $a', 'a: a'],
    ['b && a=1; x $a', 'a: a'],
  ])('knows what a variable may hold: %s', (text, expected) => {
    expect(values(text).at(-1)).toBe(expected);
  });

  it.each([
    ['a; b', [false, true], [false, false]],
    ['a && b', [true, false], [false, false]],
    ['a && b; c', [true, true], [false, true], [false, false]],
    ['if a; then b; fi; c', [true, true], [false, true], [false, false]],
    ['(a; b); c', [false, true], [false, false], [false, false]],
  ])('knows whose failure is asked for, and what is followed: %s', (text, ...expected) => {
    const simple = outline(text).nodes.filter(({ node }) => node.kind === 'SimpleCommand');
    expect(simple.map(({ tested, followed }) => [tested, followed])).toEqual(expected);
  });

  it('finds `set -e`', () => {
    expect(outline('set -eux; a').errexit).toBe(true);
    expect(outline('set -o errexit; a').errexit).toBe(true);
    expect(outline('set -x; a').errexit).toBe(false);
  });

  it('is made once', () => {
    const script = parseShell('a', 0);
    expect(outlineOf(script)).toBe(outlineOf(script));
  });
});
