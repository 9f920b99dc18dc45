import { entryOf } from '../source/entry.ts';
import type { Range } from '../source/range.ts';
import { type BashismWalk, note } from './bashism.ts';
import type { BashFeature, ShProgram } from './bashism-features.ts';
import type { ShellWord, SimpleCommand } from './nodes.ts';

/** What a simple command asks for by its name, its options and its operands. */
export const bashismsOfCommand = (command: SimpleCommand, walk: BashismWalk): void => {
  const name = command.words[0]?.text;
  if (name === undefined) return;
  const first = command.words[0];
  const rest = command.words.slice(1);
  if (name === '[' || name === 'test') return noteTest(command, name === '[' ? rest.slice(0, -1) : rest, walk);
  if (/^(?:\/(?:usr\/)?bin\/)?echo$/.test(name)) return noteEcho(command, name, rest[0], walk);
  if (name === 'source') return note(walk, 'source', first ?? command, { command });
  if (name === 'let') return note(walk, 'let', first ?? command, { command });
  if (name === 'local') return note(walk, 'local', first ?? command, { command });
  if (BUILTINS.has(name)) return note(walk, 'builtin', first ?? command, { command });
  if (name === 'set') return noteSet(rest, walk);
  if (name === 'trap') noteSignals(rest, walk);
  if (name === 'printf') noteFormat(rest, walk);
  if (name === 'exec') return noteExec(rest, walk);
  noteOptions(name, rest, walk);
};

const BUILTINS = new Set(
  `declare typeset pushd popd dirs disown shopt enable mapfile readarray suspend caller compgen complete
  compopt`.split(/\s+/),
);

// Tests -------------------------------------------------------------------------------------------------------------

const BINARY: Readonly<Record<string, BashFeature>> = {
  '==': 'testEquals',
  '=~': 'testMatch',
  '<': 'testOrder',
  '>': 'testOrder',
  '-nt': 'testFiles',
  '-ot': 'testFiles',
  '-ef': 'testFiles',
};

const noteTest = (command: SimpleCommand, operands: readonly ShellWord[], walk: BashismWalk): void => {
  for (const [index, word] of operands.entries()) {
    const isBetween = index > 0 && index < operands.length - 1;
    const binary = isBetween && word.text !== undefined ? entryOf(BINARY, word.text) : undefined;
    if (binary) note(walk, binary, word, { command });
    else if (isUnary(operands, index)) note(walk, word.text === '-v' ? 'testIsSet' : 'testExists', word);
  }
};

const isUnary = (operands: readonly ShellWord[], index: number): boolean => {
  const text = operands[index]?.text;
  if (text !== '-v' && text !== '-a') return false;
  const before = operands[index - 1]?.text;
  const isFirst = index === 0 || (index === 1 && before === '!') || (text === '-v' && /^-[ao]$/.test(before ?? ''));
  return isFirst && index === operands.length - 2;
};

// Options -----------------------------------------------------------------------------------------------------------

/** The program of that name is no part of the shell. */
const noteEcho = (command: SimpleCommand, name: string, word: ShellWord | undefined, walk: BashismWalk): void => {
  if (word?.text === undefined || !/^-[neE]+$/.test(word.text)) return;
  const isKnown = word.text === '-n' || name !== 'echo';
  note(walk, 'echoOption', word, { command, ...(isKnown ? { knownTo: ALL } : {}) });
};

const ALL: readonly ShProgram[] = ['dash', 'busybox', 'bash'];

const noteExec = ([word]: readonly ShellWord[], walk: BashismWalk): void => {
  if (word?.text !== undefined && /^-[acl]+$/.test(word.text)) note(walk, 'execOption', word);
};

/** The options of a builtin that POSIX has, and those that the usual two have besides. */
interface Options {
  readonly posix: string;
  readonly dash?: string;
  readonly busybox?: string;
  /** Those with a value, which may be the next word. */
  readonly valued?: string;
}

const OPTIONS: ReadonlyMap<string, Options> = new Map(
  Object.entries<Options>({
    cd: { posix: 'LP' },
    export: { posix: 'p', busybox: 'n' },
    hash: { posix: 'r' },
    jobs: { posix: 'lp' },
    printf: { posix: '' },
    read: { posix: 'r', dash: 'p', busybox: 'dnpstu', valued: 'adinNptu' },
    readonly: { posix: 'p', busybox: 'n' },
    trap: { posix: '' },
    type: { posix: '', busybox: 'ap' },
    ulimit: { posix: 'f', dash: 'acdlmnprstvwHS', busybox: 'acdeilmnqrstuvxHS' },
    umask: { posix: 'S' },
    unset: { posix: 'fv' },
    wait: { posix: '', busybox: 'n' },
  }),
);

const noteOptions = (name: string, words: readonly ShellWord[], walk: BashismWalk): void => {
  const options = OPTIONS.get(name);
  if (!options) return;
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    const [, letters = ''] = /^-([A-Za-z]+)$/.exec(word?.text ?? '') ?? [];
    if (!word || letters === '') return;
    const lacks = (known: string) => [...letters].some((letter) => !known.includes(letter));
    const { posix, dash = '', busybox = '', valued = '' } = options;
    if (lacks(posix)) note(walk, 'option', word, { knownTo: knownTo(!lacks(posix + dash), !lacks(posix + busybox)) });
    if (valued.includes(letters.at(-1) ?? ' ')) index++;
  }
};

const knownTo = (dash: boolean, busybox: boolean): readonly ShProgram[] => [
  'bash',
  ...(dash ? (['dash'] as const) : []),
  ...(busybox ? (['busybox'] as const) : []),
];

const noteSet = (words: readonly ShellWord[], walk: BashismWalk): void => {
  for (const [index, word] of words.entries()) {
    const text = word.text ?? '';
    if (text === '--' || !/^[-+]./.test(text)) return noteOptionName(words, index, walk);
    if (text.startsWith('--')) return note(walk, 'setLongOption', word);
    const lacks = (known: string) => [...text.slice(1)].some((letter) => !known.includes(letter));
    if (lacks('abefhmnouvxC'))
      note(walk, 'setOption', word, { knownTo: knownTo(!lacks(`abefmnouvxCE${'IVips'}`), !lacks('abefmnouvxCEI')) });
  }
};

const OPTION_NAMES: ReadonlySet<string> = new Set(
  `allexport errexit ignoreeof monitor noclobber noexec noglob nolog notify nounset verbose vi xtrace`.split(' '),
);

/** The word after `-o`, and what follows it. */
const noteOptionName = (words: readonly ShellWord[], index: number, walk: BashismWalk): void => {
  const word = words[index];
  if (!word?.text || !/^[-+]\w*o$/.test(words[index - 1]?.text ?? '')) return;
  const inDash = /^(?:emacs|privileged|debug|stdin|interactive)$/.test(word.text);
  const inBusybox = /^(?:pipefail|errtrace)$/.test(word.text);
  if (!OPTION_NAMES.has(word.text)) note(walk, 'setOptionName', word, { knownTo: knownTo(inDash, inBusybox) });
  noteSet(words.slice(index + 1), walk);
};

const noteSignals = (words: readonly ShellWord[], walk: BashismWalk): void => {
  const operands = words.filter(({ raw }) => !/^-\w/.test(raw)).slice(1);
  for (const word of operands) {
    const feature = signalFeature(word.text ?? '');
    if (feature) note(walk, feature, word);
  }
};

const signalFeature = (name: string): BashFeature | undefined => {
  if (/^(?:ERR|DEBUG|RETURN)$/i.test(name)) return 'errorTrap';
  if (/^SIG[A-Z]/i.test(name)) return 'prefixedSignal';
  return /^[a-z]+$/.test(name) ? 'lowerCaseSignal' : undefined;
};

const noteFormat = ([format]: readonly ShellWord[], walk: BashismWalk): void => {
  const at: Range | undefined = format;
  if (at && /(?<!%)(?:%%)*%q/.test(format?.raw ?? '')) note(walk, 'quotedFormat', at);
};
