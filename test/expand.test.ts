import { describe, expect, it } from 'vitest';
import { parseWordText } from '../src/ast/line.ts';
import { type Environment, expand, expandWords } from '../src/model/expand.ts';

/* How BuildKit expands a word: each case is one of its habits. In templates `$` is the file's, no placeholder. */

const VALUES = new Map([
  ['A', 'val'],
  ['E', ''],
  ['B', 'banana'],
  ['P', '/usr/lib/x.tar.gz'],
  ['M', 'a\nb'],
  ['R', '[$0]'],
  ['S', 'one two'],
  ['G', 'a*b?c'],
  ['Aé', 'letters'],
  ['_x1', 'under'],
]);

const environment: Environment = (name) => {
  const value = VALUES.get(name);
  if (value !== undefined) return { kind: 'value', value };
  return name.startsWith('UNKNOWN') ? { kind: 'unknown' } : { kind: 'unset' };
};

const valueOf = (text: string, escape: '\\' | '`' = '\\'): string | undefined => {
  const { value, error } = expand(parseWordText(text, escape), environment);
  return error === undefined ? value : `! ${error}`;
};

const wordsOf = (text: string): readonly string[] => expandWords(parseWordText(text, '\\'), environment).words;

describe('plain text, quotes and escapes', () => {
  it.each([
    ['abc', 'abc'],
    ['', ''],
    ['a\\bc', 'abc'],
    ['a\\', 'a'],
    ['\\\\', '\\'],
    ['\\$A', '$A'],
    ["'a $A \\'b", 'a $A \\b'],
    ['"a $A b"', 'a val b'],
    ['"\\a \\" \\$A \\\\"', '\\a " $A \\'],
    ['a"b"\'c\'d', 'abcd'],
    ['""', ''],
    ['`$A`', '`val`'],
    ['$(A)', '$(A)'],
    ["'a", '! unexpected end of statement while looking for matching single-quote'],
    ['"a', '! unexpected end of statement while looking for matching double-quote'],
    ['"a\\"', '! unexpected end of statement while looking for matching double-quote'],
  ])('%s', (text, value) => {
    expect(valueOf(text)).toBe(value);
  });

  it.each([
    ['a`bc\\', 'abc\\'],
    ['`$A', '$A'],
    ['"\\$A `$A `a"', '\\val $A `a'],
    ["'`a'", '`a'],
  ])('%s with a backtick as escape', (text, value) => {
    expect(valueOf(text, '`')).toBe(value);
  });
});

describe('names', () => {
  it.each([
    ['$A', 'val'],
    ['$A.x', 'val.x'],
    ['${A}x', 'valx'],
    ['$_x1-', 'under-'],
    ['$Aé', 'letters'],
    ['x$U-y', 'x-y'],
    ['$1x', 'x'],
    ['$12x', 'x'],
    ['$@$*$#$?$-$$$!$0', ''],
    ['$', '$'],
    ['$ A', '$ A'],
    ['"$"', '$'],
    ["$'a'", '$a'],
    ['$"A"', '$A'],
    ['$.', '$.'],
    ['${1}${@}', ''],
    ['${UNKNOWN}', undefined],
    ['a$UNKNOWN', undefined],
  ])('%s', (text, value) => {
    expect(valueOf(text)).toBe(value);
  });

  it.each([
    ['${}', 'syntax error: bad substitution'],
    ['${:-a}', 'syntax error: bad substitution'],
    ['${{A}}', 'syntax error: bad substitution'],
    ['${', "syntax error: missing '}'"],
    ['${A:', "syntax error: missing '}'"],
    ['${A:-b', "syntax error: missing '}'"],
    ['${A', 'unsupported modifier (\ufffd) in substitution'],
    ['${A=b}', 'unsupported modifier (=) in substitution'],
    ['${A:=b}', 'unsupported modifier (:=) in substitution'],
    ['${A:0}', 'unsupported modifier (:0) in substitution'],
    ['${A:#b}', 'unsupported modifier (:#) in substitution'],
    ['${A^}', 'unsupported modifier (^) in substitution'],
    ['${A,,}', 'unsupported modifier (,) in substitution'],
    ['${A@Q}', 'unsupported modifier (@) in substitution'],
    ['${A }', 'unsupported modifier ( ) in substitution'],
    ['${A.b}', 'unsupported modifier (.) in substitution'],
    ['${#A}', 'unsupported modifier (A) in substitution'],
    ['${!A}', 'unsupported modifier (A) in substitution'],
    ['${1a}', 'unsupported modifier (a) in substitution'],
  ])('%s is an error', (text, message) => {
    expect(valueOf(text)).toBe(`! ${message}`);
  });
});

describe('modifiers', () => {
  it.each([
    ['${A-x}', 'val'],
    ['${E-x}', ''],
    ['${U-x}', 'x'],
    ['${A:-x}', 'val'],
    ['${E:-x}', 'x'],
    ['${U:-x}', 'x'],
    ['${A+x}', 'x'],
    ['${E+x}', 'x'],
    ['${U+x}', ''],
    ['${A:+x}', 'x'],
    ['${E:+x}', ''],
    ['${U:+x}', ''],
    ['${A?x}', 'val'],
    ['${E?x}', ''],
    ['${U?no}', '! U: no'],
    ['${U?}', '! U: is not allowed to be unset'],
    ['${A:?x}', 'val'],
    ['${E:?no}', '! E: no'],
    ['${E:?}', '! E: is not allowed to be empty'],
    ['${U:-}', ''],
    ['${U:-$A}', 'val'],
    ['${U:-${V:-"a b"}}', 'a b'],
    ["${U:-'}'}", '}'],
    ['${U:-\\}}', '}'],
    ['"${U:-a b}"', 'a b'],
    ['a${U:-b}c', 'abc'],
    ['${A:-${Y:?needed}}', '! Y: needed'],
    ['${UNKNOWN:-x}', undefined],
  ])('%s', (text, value) => {
    expect(valueOf(text)).toBe(value);
  });

  it('every name is looked at, used or not', () => {
    const { unset } = expand(parseWordText('$U ${A:-$V} ${W:-x} ${B:+$X}', '\\'), environment);
    expect(unset.map(({ name }) => name)).toEqual(['U', 'V', 'W', 'X']);
  });
});

describe('patterns', () => {
  it.each([
    ['${P#*/}', 'usr/lib/x.tar.gz'],
    ['${P##*/}', 'x.tar.gz'],
    ['${P%.*}', '/usr/lib/x.tar'],
    ['${P%%.*}', '/usr/lib/x'],
    ['${P#nope}', '/usr/lib/x.tar.gz'],
    ['${B#b?}', 'nana'],
    ['${B%a}', 'banan'],
    ['${B%[a]}', 'banana'],
    ['${U#a}', ''],
    ['${G#a\\*}', 'b?c'],
    ['${G%\\?c}', 'a*b'],
    ['${B##*}', ''],
    ['${B#*}', 'banana'],
    ['${B/an/X}', 'bXana'],
    ['${B//an/X}', 'bXXa'],
    ['${B/an/}', 'bana'],
    ['${B/a*/X}', 'bX'],
    ['${B//a?/X}', 'bXXa'],
    ['${B/#b/X}', 'banana'],
    ['${B/%a/X}', 'banana'],
    ['${B//}', "! syntax error: missing '/' in ${"],
    ['${B/a}', "! syntax error: missing '/' in ${"],
    ['${P/\\//-}', '-usr/lib/x.tar.gz'],
    ['${P//\\//-}', '-usr-lib-x.tar.gz'],
    ['${P/x/\\/}', '/usr/lib/\\/.tar.gz'],
    ['${B/$A/X}', 'banana'],
    ['${B//a/$A}', 'bvalnvalnval'],
    ['${B//an/$R}', 'b[an][an]a'],
    ['${B/an/$R}', 'b[$0]ana'],
    ['${B////-}', '/-b/-a/-n/-a/-n/-a/-'],
    ['${B//*/X}', 'X'],
    ['${M//*/X}', 'X\nX'],
    ['${E//*/X}', 'X'],
    ['${E/*/X}', 'X'],
    ['${M#*b}', 'a\nb'],
    ['${B#\\x}', '! invalid pattern (\\x) in substitution'],
    ['${B##\\}}', 'banana'],
  ])('%s', (text, value) => {
    expect(valueOf(text)).toBe(value);
  });

  it('an empty one with // stands between all characters', () => {
    expect(valueOf('${A///-}')).toBe('-v-a-l-');
  });
});

describe('split into words', () => {
  it.each([
    ['$S', ['one', 'two']],
    ['"$S"', ['one two']],
    ['x$S', ['xone', 'two']],
    ['$E', []],
    ['""', []],
    ['$S"$S"', ['one', 'twoone two']],
    ['a\\ b', ['a b']],
    ['8${U:-1}/udp', ['1/udp']],
    ['8${U}1/udp', ['81/udp']],
    ['a b', ['a', 'b']],
    ["'a b'", ['a b']],
  ])('%s', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });
});

describe('hostile patterns', () => {
  it('come to an end', { timeout: 60_000 }, () => {
    const long = new Map([['L', 'a'.repeat(20_000)]]);
    const within: Environment = (name) => ({ kind: 'value', value: long.get(name) ?? '' });
    expand(parseWordText(`\${L//${'*a'.repeat(30)}b/x}`, '\\'), within);
    expand(parseWordText(`\${L##${'*a'.repeat(30)}b}`, '\\'), within);
  });
});
