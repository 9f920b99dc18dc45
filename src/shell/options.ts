import type { Range } from '../source/range.ts';
import type { ShellWord } from './nodes.ts';
import { VALUED_OPTIONS } from './valued-options.ts';

/** How a program reads its options. */
export interface OptionStyle {
  /** Those that take the next word as their value. */
  readonly valued: ReadonlySet<string>;
  /** Whether a word behind one dash is one option, not a cluster of letters. */
  readonly singleDash: boolean;
}

/** An option as written, such as `-qy` or `--root=/x`; `value` is the next word where the option takes it. */
export interface OptionWord {
  readonly word: ShellWord;
  readonly spelling: string;
  readonly value: ShellWord | undefined;
}

/** The value of an option, wherever it is written; no text where something is expanded in it. */
export interface OptionValue extends Range {
  readonly text: string | undefined;
  readonly word: ShellWord;
}

export interface SortedArguments {
  readonly options: readonly OptionWord[];
  readonly operands: readonly ShellWord[];
}

const ALIASES: ReadonlyMap<string, string> = new Map([
  ['bundler', 'bundle'],
  ['mamba', 'conda'],
  ['micromamba', 'conda'],
  ['mvnw', 'mvn'],
  ['gradlew', 'gradle'],
  ['nodejs', 'node'],
  ['egrep', 'grep'],
  ['gmake', 'make'],
]);

const SINGLE_DASH = new Set(['find', 'go', 'java', 'javac', 'mvn', 'openssl', 'cmake', 'gcc', 'g++', 'clang']);

const NONE: ReadonlySet<string> = new Set();
const PLAIN: OptionStyle = { valued: NONE, singleDash: false };
const PLAIN_SINGLE_DASH: OptionStyle = { valued: NONE, singleDash: true };

/** The styles that have been asked for, by program and, where that matters, subcommand. */
const styles = new Map<string, OptionStyle>();

/** Programs of which something is known; after each blank stands a subcommand. */
const KNOWN: ReadonlySet<string> = new Set(Object.keys(VALUED_OPTIONS).map((key) => key.split(' ', 1)[0] ?? key));

/** The name of a program without its version: `pip3.11` is a pip. */
export const withoutVersion = (name: string): string =>
  // Most names end in a letter, and the expression would try every place of them.
  (name.at(-1) ?? '') <= '9' ? name.replace(/[\d.]+$/, '') : name;

/** Those whose subcommands have options of their own. */
const WITH_SUBCOMMANDS: ReadonlySet<string> = new Set(
  Object.keys(VALUED_OPTIONS).flatMap((key) => (key.includes(' ') ? (key.split(' ', 1)[0] ?? []) : [])),
);

/** How the program of that name reads options; its words tell the subcommand, where that matters. */
export const styleOf = (name: string | undefined, words: readonly ShellWord[] = []): OptionStyle => {
  if (name === undefined) return PLAIN;
  const plain = ALIASES.get(name) ?? name;
  const program = KNOWN.has(plain) ? plain : withoutVersion(plain);
  if (!KNOWN.has(program)) return SINGLE_DASH.has(program) ? PLAIN_SINGLE_DASH : PLAIN;
  if (!WITH_SUBCOMMANDS.has(program)) return knownStyle(program, program);
  const both = `${program} ${words.find((word) => !spellingOf(word).startsWith('-'))?.text}`;
  return knownStyle(Object.hasOwn(VALUED_OPTIONS, both) ? both : program, program);
};

const knownStyle = (key: string, program: string): OptionStyle => {
  const known = styles.get(key);
  if (known) return known;
  const style = { valued: new Set(VALUED_OPTIONS[key]?.split(' ')), singleDash: SINGLE_DASH.has(program) };
  styles.set(key, style);
  return style;
};

/** Options and their values apart from the operands. After `--` everything is an operand. */
export const sortArguments = (words: readonly ShellWord[], style: OptionStyle): SortedArguments => {
  const options: OptionWord[] = [];
  const operands: ShellWord[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === undefined) break;
    const spelling = spellingOf(word);
    if (spelling === '--') return { options, operands: [...operands, ...words.slice(index + 1)] };
    if (!isOption(spelling)) operands.push(word);
    else if (takesNext(spelling, style)) options.push({ word, spelling, value: words[++index] });
    else options.push({ word, spelling, value: undefined });
  }
  return { options, operands };
};

/** The text up to the first expansion: enough to tell an option. */
export const spellingOf = (word: ShellWord): string => {
  if (word.text !== undefined) return word.text;
  let spelling = '';
  for (const part of word.parts) {
    if (part.kind !== 'Literal') return spelling;
    spelling += part.value;
  }
  return spelling;
};

export const isOption = (spelling: string): boolean => spelling.length > 1 && spelling.startsWith('-');

/** Whether the option takes the next word: by itself, or its last letter in a cluster does. */
export const takesNext = (spelling: string, { valued, singleDash }: OptionStyle): boolean => {
  if (valued.has(spelling)) return true;
  if (singleDash || !isCluster(spelling)) return false;
  for (let index = 1; index < spelling.length; index++) {
    if (valued.has(`-${spelling[index]}`)) return index === spelling.length - 1;
  }
  return false;
};

const isCluster = (spelling: string): boolean => /^-[A-Za-z0-9]/.test(spelling);

/** Where in the option's spelling `wanted` ends; undefined when it is not that option. */
const endOf = (spelling: string, wanted: string, { valued, singleDash }: OptionStyle): number | undefined => {
  if (spelling === wanted) return spelling.length;
  if (spelling.startsWith(wanted) && spelling[wanted.length] === '=') return wanted.length + 1;
  if (singleDash || wanted.length !== 2 || !isCluster(spelling)) return undefined;
  for (let index = 1; index < spelling.length; index++) {
    const letter = spelling[index] ?? '';
    if (letter === wanted[1]) return index + 1;
    if (valued.has(`-${letter}`) || !/[A-Za-z0-9]/.test(letter)) return undefined;
  }
  return undefined;
};

export const hasOption = (options: readonly OptionWord[], wanted: readonly string[], style: OptionStyle): boolean => {
  for (const { spelling } of options) {
    if (firstEnd(spelling, wanted, style) !== undefined) return true;
  }
  return false;
};

/** Where in the option's spelling the first of the wanted options ends that it is. */
const firstEnd = (spelling: string, wanted: readonly string[], style: OptionStyle): number | undefined => {
  for (const name of wanted) {
    const end = endOf(spelling, name, style);
    if (end !== undefined) return end;
  }
  return undefined;
};

/** The values of the wanted options, in order. */
export const optionValues = (
  options: readonly OptionWord[],
  wanted: readonly string[],
  style: OptionStyle,
): readonly OptionValue[] => {
  const values: OptionValue[] = [];
  for (const option of options) {
    const end = firstEnd(option.spelling, wanted, style);
    const value = end === undefined ? undefined : valueAt(option, end);
    if (value) values.push(value);
  }
  return values;
};

const valueAt = ({ word, spelling, value }: OptionWord, at: number): OptionValue | undefined => {
  if (at === spelling.length && word.text !== undefined && !spelling.endsWith('=')) {
    return value && { start: value.start, end: value.end, text: value.text, word: value };
  }
  const first = word.parts[0];
  const plain = first?.kind === 'Literal' && first.value.startsWith(spelling.slice(0, at)) ? first : undefined;
  // Single quotes are in the literal's range, double quotes are not; any other difference is an escape.
  const before = plain && { 0: 0, 2: 1 }[plain.end - plain.start - plain.value.length];
  const start = plain === undefined || before === undefined ? word.start : plain.start + before + at;
  const text = word.text?.slice(at);
  const exact = start > word.start && text !== undefined && word.parts.length === 1;
  return { start, end: exact ? start + text.length : word.end, text, word };
};
