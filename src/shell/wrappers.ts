import type { Range } from '../source/range.ts';
import type { ShellWord } from './nodes.ts';
import { isOption, sortArguments, spellingOf, styleOf, takesNext } from './options.ts';

/** A program that runs the command behind it, such as `sudo` or `sh -c`; the range is all of it before that command. */
export interface Wrapper extends Range {
  readonly name: string;
  readonly word: ShellWord;
  /** Its own options and operands. */
  readonly arguments: readonly ShellWord[];
}

/** Words seen through: wrappers, what they run in the end, and shell text that has yet to be read. */
export interface Unwrapped {
  readonly wrappers: readonly Wrapper[];
  readonly words: readonly ShellWord[];
  readonly script: ShellWord | undefined;
}

interface WrapperStyle {
  /** How many operands of its own come first. */
  readonly operands?: number;
  /** Whether `NAME=value` may stand before the command. */
  readonly assignments?: boolean;
  /** The programs behind which alone it is a wrapper. */
  readonly only?: ReadonlySet<string>;
}

/** More of them in a row are nonsense. */
const MAX_WRAPPERS = 20;

const PLAIN: WrapperStyle = {};
const ONE_OPERAND: WrapperStyle = { operands: 1 };
const WITH_ASSIGNMENTS: WrapperStyle = { assignments: true };
const NODE_MANAGERS: WrapperStyle = { only: new Set(['npm', 'npx', 'yarn', 'pnpm', 'pnpx']) };

const WRAPPERS: ReadonlyMap<string, WrapperStyle> = new Map([
  ...['exec', 'command', 'builtin', 'nohup', 'nice', 'ionice', 'time', 'xargs', 'eatmydata', 'fakeroot', 'stdbuf'].map(
    (name) => [name, PLAIN] as const,
  ),
  ...['setsid', 'unbuffer', 'chronic', 'setpriv', 'linux32', 'linux64', 'tini', 'dumb-init', 'catatonit', 'chpst'].map(
    (name) => [name, PLAIN] as const,
  ),
  ...['busybox', 'toybox', 'doas', 'runuser', 'xvfb-run'].map((name) => [name, PLAIN] as const),
  ...['timeout', 'gosu', 'su-exec', 's6-setuidgid', 'flock', 'setarch'].map((name) => [name, ONE_OPERAND] as const),
  ...['sudo', 'env'].map((name) => [name, WITH_ASSIGNMENTS] as const),
  ['corepack', NODE_MANAGERS],
]);

const NO_WRAPPERS: readonly Wrapper[] = [];

const SHELLS = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'mksh']);

/** Programs that may be given a script as a word. */
const READS_SCRIPT = new Set([...SHELLS, 'eval', 'su', 'runuser']);

export const isShell = (name: string | undefined): boolean => name !== undefined && SHELLS.has(name);

/** The program's name without its folder; undefined where only the run will tell. */
export const programName = (word: ShellWord | undefined): string | undefined => {
  const last = word?.parts.at(-1);
  const text = word?.text ?? (last?.kind === 'Literal' && /[\\/]/.test(last.value) ? last.value : undefined);
  if (text === undefined || !/[\\/.]/.test(text)) return text;
  return text.replace(/^.*[\\/](?=.)/s, '').replace(/\.(?:exe|cmd)$/i, '');
};

/** Looks through the programs that only run another one. */
export const unwrap = (words: readonly ShellWord[]): Unwrapped => {
  let wrappers = NO_WRAPPERS;
  let rest = words;
  for (;;) {
    const name = programName(rest[0]);
    if (name === undefined) return { wrappers, words: rest, script: undefined };
    const script = READS_SCRIPT.has(name) ? scriptWord(name, rest.slice(1)) : undefined;
    if (script) return { wrappers, words: rest, script };
    const length = wrapperLength(name, rest);
    const wrapper = length === undefined ? undefined : wrapperOf(name, rest.slice(0, length));
    if (wrapper === undefined || wrappers.length === MAX_WRAPPERS) return { wrappers, words: rest, script: undefined };
    wrappers = [...wrappers, wrapper];
    rest = rest.slice(length);
  }
};

/** The words as one wrapper. */
export const wrapperOf = (name: string, words: readonly ShellWord[]): Wrapper | undefined => {
  const [word, ...own] = words;
  return word && { name, word, arguments: own, start: word.start, end: words.at(-1)?.end ?? word.end };
};

/** How many words come before the command that is run; undefined where nothing is run. */
const wrapperLength = (name: string, words: readonly ShellWord[]): number | undefined => {
  const style = WRAPPERS.get(name);
  if (style === undefined) return name.startsWith('python') ? moduleLength(words) : undefined;
  const length = ownLength(name, words, style);
  const inner = words[length];
  if (inner === undefined) return undefined;
  // `command -v x` looks for x and does not run it.
  if (name === 'command' && words.slice(1, length).some((word) => /^-\w*[vV]/.test(word.raw))) return undefined;
  return style.only && !style.only.has(programName(inner) ?? '') ? undefined : length;
};

const ownLength = (name: string, words: readonly ShellWord[], style: WrapperStyle): number => {
  const options = styleOf(name);
  let operands = style.operands ?? 0;
  for (let index = 1; index < words.length; index++) {
    const word = words[index];
    const spelling = word ? spellingOf(word) : '';
    if (spelling === '--') {
      if (operands === 0) return index + 1;
    } else if (isOption(spelling)) index += takesNext(spelling, options) ? 1 : 0;
    else if (style.assignments && /^\w+=/.test(spelling)) continue;
    else if (operands-- <= 0) return index;
  }
  return words.length;
};

/** `python -m pip` is pip. */
const moduleLength = (words: readonly ShellWord[]): number | undefined => {
  const flag = words.findIndex((word) => word.text === '-m');
  const module = flag < 0 ? undefined : words[flag + 1]?.text;
  const only = words.slice(1, Math.max(flag, 1)).every((word) => isOption(spellingOf(word)));
  return only && module !== undefined && MODULES.has(module) ? flag + 1 : undefined;
};

const MODULES = new Set(['pip', 'pipenv', 'poetry', 'uv']);

/** The word that a shell reads as a script. */
const scriptWord = (name: string, words: readonly ShellWord[]): ShellWord | undefined => {
  if (name === 'eval') return words.length === 1 ? words[0] : undefined;
  if (name === 'su' || name === 'runuser') {
    const { options } = sortArguments(words, styleOf(name));
    return options.find(({ spelling }) => spelling === '-c' || spelling === '--command')?.value;
  }
  if (!SHELLS.has(name)) return undefined;
  const { options, operands } = sortArguments(words, styleOf(name));
  return options.some(({ spelling }) => /^-\w*c\w*$/.test(spelling)) ? operands[0] : undefined;
};
