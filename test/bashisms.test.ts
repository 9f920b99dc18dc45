import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parse } from '../src/ast/create.ts';
import { modelOf, scriptReader } from '../src/model/index.ts';
import { BASHISMS, bashismsOf, hasFeature, parseShell } from '../src/shell/index.ts';

/** `code at text` for each place. */
const found = (text: string): readonly string[] =>
  bashismsOf(parseShell(text, 0)).map(
    ({ feature, start, end }) => `${BASHISMS[feature].code ?? feature} ${text.slice(start, end)}`,
  );

const CASES: readonly (readonly [script: string, ...found: readonly string[]])[] = [
  ['diff <(a) <(b)', 'SC3001 <(a)', 'SC3001 <(b)'],
  ['ls @(a|b)', 'SC3002 @(a|b)'],
  ["echo a$'\\t'", "SC3003 $'\\t'"],
  ['echo $"a"', 'SC3004 $"a"'],
  ['for ((i=0;i<2;i++)); do a; done', 'SC3005 for ((i=0;i<2;i++)); do a; done', 'SC3018 ++'],
  ['((1+1))', 'SC3006 ((1+1))'],
  ['(( find /a | sort ))', 'SC3006 (( find /a | sort ))'],
  ['select x in a; do b; done', 'SC3008 select x in a; do b; done'],
  ['cp a{,.bak} {1..3}', 'SC3009 {,.bak}', 'SC3009 {1..3}'],
  ['echo {} {a} \'{a,b}\' "{a,b}"'],
  ['if [[ $a =~ b ]]; then c; fi', 'SC3010 [[ $a =~ b ]]'],
  ['a <<< b', 'SC3011 <<< b'],
  ['[ a \\< b ] && [ a -nt b ]', 'SC3012 \\<', 'SC3013 -nt'],
  ['[ ! a == b ] || [ a = b -o c == d ]', 'SC3014 ==', 'SC3014 =='],
  ['[ a =~ b ]; [ -v a ]; [ -a b ]', 'SC3015 =~', 'SC3016 -v', 'SC3017 -a'],
  ['[ -n a -a b = c ]; [ = ]'],
  ['echo $((i++)) $((2**3)) $((16#ff)) $((a - -b))', 'SC3018 ++', 'SC3019 **', 'SC3052 16#ff'],
  ['a &> b; a &>> b; a >& b', 'SC3020 &> b', 'appendBoth &>> b', 'SC3021 >& b'],
  ['a >&2 2>&1 <&3 3>&- >&$x'],
  ['a {x}>b 10>c', 'SC3022 {x}>b', 'SC3023 10>c'],
  ['a+=b; export a+=b', 'SC3024 a+=b', 'SC3024 a+=b'],
  ['a > /dev/tcp/b/80', 'SC3025 > /dev/tcp/b/80'],
  ['echo $RANDOM "${UID}"', 'SC3028 $RANDOM', 'SC3028 ${UID}'],
  ['a |& b', 'SC3029 |&'],
  ['a=(b c)', 'SC3030 a=(b c)'],
  ['f-a() { b; }', 'SC3033 f-a'],
  ['function f { a; }', 'SC2113 function f'],
  ['function f() { a; }', 'SC2112 function f()'],
  ['echo $(</a)', 'SC3034 $(</a)'],
  ['echo -e a; echo -n a; echo - a; echo "$a" -e', 'SC3037 -e', 'SC3037 -n'],
  ['exec -a b c', 'SC3038 -a'],
  ['let a=1', 'SC3039 let'],
  ['set -euo pipefail; set -ex; set -o errexit -o posix', 'SC3040 pipefail', 'SC3040 posix'],
  ['set -E; set --a; set -- -E', 'SC3041 -E', 'SC3042 --a'],
  ['f() { local a; }', 'SC3043 local'],
  ['pushd a && popd', 'SC3044 pushd', 'SC3044 popd'],
  ['read -rs a; read -r a; ulimit -n 9; export -p', 'SC3045 -rs', 'SC3045 -n'],
  ['$(source a) && "$(source b)"', 'SC3046 source', 'SC3046 source'],
  ["trap a EXIT ERR; trap '' SIGINT; trap b int", 'SC3047 ERR', 'SC3048 SIGINT', 'SC3049 int'],
  ["printf '%q' a; printf '%s' a", "SC3050 '%q'"],
  [
    'echo ${!a} ${b[0]} ${c:1:2} ${d^^} ${e/f/g}',
    ...['3053 ${!a}', '3054 ${b[0]}', '3057 ${c:1:2}', '3059 ${d^^}', '3060 ${e/f/g}'].map((rest) => `SC${rest}`),
  ],
  ['echo ${a:-b} ${a#b} ${#a} ${a%%b} $! ${!}'],
  ["bash -c '[[ a ]]'"],
];

describe('what bash alone has', () => {
  it.each(CASES)('%s', (script, ...expected) => {
    expect(found(script)).toEqual(expected);
  });

  it('is there in bash, and none of what dash has is missing in the ash of busybox', () => {
    expect(hasFeature('bash', 'array')).toBe(true);
    expect([hasFeature('dash', 'doubleBracket'), hasFeature('busybox', 'doubleBracket')]).toEqual([false, true]);
    expect([hasFeature('dash', 'local'), hasFeature('busybox', 'array')]).toEqual([true, false]);
  });
});

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;

if (!hasShellcheck) console.warn('No `shellcheck` here: what it says of the same scripts is not compared.');

/** Codes as the program gives them; those that later releases have changed are left out. */
const codesOfShellcheck = (script: string): readonly string[] => {
  const { stdout } = spawnSync('shellcheck', ['-s', 'sh', '-f', 'json', '-'], { input: `${script}\n` });
  const comments: unknown = JSON.parse(stdout.toString());
  const codes = Array.isArray(comments) ? comments.map(({ code }) => `SC${code}`) : [];
  return codes.filter((code) => /^SC(?:3|211[23])/.test(code)).toSorted();
};

describe.skipIf(!hasShellcheck)('the same as ShellCheck (skipped where there is no `shellcheck`)', () => {
  it.each(CASES)('%s', (script) => {
    const ours = found(script).map((each) => each.split(' ')[0] ?? '');
    expect(ours.filter((code) => code.startsWith('SC')).toSorted()).toEqual(codesOfShellcheck(script));
  });
});

describe('what `sh` is', () => {
  const readerIn = (text: string) => {
    const file = parse(text);
    const run = file.instructions.findLast(({ kind }) => kind === 'Run');
    if (!run) throw new Error('no RUN');
    return scriptReader(modelOf(file), run);
  };

  it.each([
    ['debian:13', 'dash'],
    ['ubuntu', 'dash'],
    ['node:22', 'dash'],
    ['node:22-alpine', 'busybox'],
    ['busybox', 'busybox'],
    ['fedora:42', 'bash'],
    ['quay.io/centos/centos:stream9', 'bash'],
    ['registry.access.redhat.com/ubi9/ubi-minimal', 'bash'],
    ['nvidia/cuda:12.4.1-base-ubuntu22.04', 'dash'],
    ['nvidia/cuda:12.4.1-base-rockylinux9', 'bash'],
    ['opensuse/leap:15', 'bash'],
    ['mcr.microsoft.com/dotnet/sdk:9.0', 'dash'],
    ['mcr.microsoft.com/dotnet/sdk:9.0-azurelinux3.0', 'bash'],
    ['openjdk:21', undefined],
    ['example.com/app', undefined],
    ['scratch', undefined],
  ])('%s: %s', (image, program) => {
    expect(readerIn(`FROM ${image}\nRUN a\n`)).toEqual({ isSh: true, program });
  });

  it('is told by the package manager where the image does not tell', () => {
    expect(readerIn('FROM app\nRUN apt-get update\nRUN a\n').program).toBe('dash');
    expect(readerIn('FROM app AS a\nRUN apk add b\nFROM a\nRUN a\n').program).toBe('busybox');
    expect(readerIn('FROM app\nRUN if a; then apk add b; else apt-get update; fi\nRUN a\n').program).toBe(undefined);
  });

  it('is not known once it was replaced', () => {
    expect(readerIn('FROM debian\nRUN rm /bin/sh && ln -s /bin/bash /bin/sh\nRUN a\n').program).toBe(undefined);
    expect(readerIn('FROM debian\nRUN useradd -s /bin/sh b && rm c\nRUN a\n').program).toBe('dash');
  });

  it('is what SHELL or the first line of a heredoc says', () => {
    expect(readerIn('FROM debian\nSHELL ["/bin/bash", "-c"]\nRUN a\n')).toEqual({ isSh: false, program: 'bash' });
    expect(readerIn('FROM debian\nSHELL ["/bin/sh", "-ec"]\nRUN a\n')).toEqual({ isSh: true, program: 'dash' });
    expect(readerIn('FROM debian\nRUN <<EOF\n#!/usr/bin/env bash\na\nEOF\n')).toEqual({ isSh: false, program: 'bash' });
  });
});
