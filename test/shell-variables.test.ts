import { describe, expect, it } from 'vitest';
import { directoryChanges, parseShell, setOptions, variablesOf } from '../src/shell/index.ts';

describe('variablesOf', () => {
  const used = (text: string) => variablesOf(parseShell(text, 0)).uses.map(({ name }) => name);
  const assigned = (text: string) => variablesOf(parseShell(text, 0)).assigned.map(({ name }) => name);

  it('finds every use', () => {
    const text = `a $A "$B" '$C' \${D:-$E} $((F + $G)) $(b $H) > $I <<< "$J"; for x in $K; do L+=1; done; export M`;
    expect(used(text).toSorted().join('')).toBe('ABDEFGHIJKLM');
    expect(used('((a[$i]=b+"$c"))').toSorted()).toEqual(['a', 'b', 'c', 'i']);
    expect(used('a $1 $? $# $@ $$ $!')).toEqual([]);
    const [use] = variablesOf(parseShell(text, 50)).uses;
    expect(use).toMatchObject({ start: 52, end: 54, nameRange: { start: 53, end: 54 } });
  });

  it('finds every assignment', () => {
    const text =
      `A=1; B=(1 2); C[0]=1; for D in x; do :; done; read -r -p x E F; export G=1; local H; : \${I:=1}; ((J++)); let K=1; ` +
      'printf -v L x; mapfile M < x; getopts ab N; declare -x O=1; select P in a; do :; done';
    expect(assigned(text).toSorted().join('')).toBe('ABCDEFGHIJKLMNOP');
  });

  it('knows assignments for one command', () => {
    const { assigned } = variablesOf(parseShell('A=1 b; C=2', 0));
    expect(assigned).toEqual([
      { start: 0, end: 1, name: 'A', scope: 'command' },
      { start: 7, end: 8, name: 'C', scope: 'script' },
    ]);
  });

  it('knows when anything may be assigned', () => {
    expect(variablesOf(parseShell('. ./env.sh && a $X', 0)).opaque).toBe(true);
    expect(variablesOf(parseShell('eval "$(a)"', 0)).opaque).toBe(true);
    expect(variablesOf(parseShell('a $X', 0)).opaque).toBe(false);
  });
});

describe('state', () => {
  it.each([
    ['a', ''],
    ['set -e; a', 'errexit'],
    ['set -eux && set -o pipefail && a', 'errexit nounset xtrace pipefail'],
    ['set -euo pipefail\na', 'errexit nounset pipefail'],
    ['set -ex; set +x; a', 'errexit'],
    ['a; set -e', ''],
    ['(set -e; a)', ''],
    ['if a; then set -e; fi', ''],
  ])('the options of %j', (text, expected) => {
    const on = Object.entries(setOptions(parseShell(text, 0))).filter(([, value]) => value);
    expect(on.map(([name]) => name).join(' ')).toBe(expected);
  });

  it('has the changes of directory', () => {
    const changes = directoryChanges(parseShell('cd /a && cd "$B" && (pushd c)', 0));
    expect(changes.map(({ target, command }) => [target, command.isolated])).toEqual([
      ['/a', false],
      [undefined, false],
      ['c', true],
    ]);
  });
});
