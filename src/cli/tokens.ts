import { entryOf } from '../source/entry.ts';
import { nearest } from '../source/nearest.ts';

/** What the command line must know of an option to find the operands between the options. */
export interface OptionShape {
  readonly type: 'boolean' | 'string';
  readonly choices?: readonly string[];
  /** A choice may have `=FILE` behind it. */
  readonly takesFile?: boolean;
  /** An empty value means something too. */
  readonly mayBeEmpty?: boolean;
  /** Its single letter. */
  readonly alias?: string;
}

export type OptionShapes = Readonly<Record<string, OptionShape>>;

/** One option with its value, or one operand; `index` is its place in the arguments. */
export type Token =
  | { readonly kind: 'operand'; readonly text: string; readonly index: number }
  | { readonly kind: 'option'; readonly flag: string; readonly value: string | undefined; readonly index: number };

/** Cuts arguments into options and operands; after `--` all are operands. */
export function* tokensOf(args: readonly string[], shapes: OptionShapes): Generator<Token> {
  const end = args.indexOf('--');
  for (let index = 0; index < args.length; index++) {
    const text = args[index] ?? '';
    if (index === end) continue;
    if (text === '-' || !text.startsWith('-') || (end >= 0 && index > end)) {
      yield { kind: 'operand', text, index };
      continue;
    }
    const options = text.startsWith('--') ? [optionOf(text)] : lettersOf(text, shapes);
    const last = options.at(-1);
    const takesNext = last?.value === undefined && isText(last?.flag, shapes) && isValue(args[index + 1]);
    for (const { flag, value } of options)
      yield { kind: 'option', flag, value: takesNext && flag === last?.flag ? args[index + 1] : value, index };
    if (takesNext) index++;
  }
}

interface Option {
  readonly flag: string;
  readonly value: string | undefined;
}

const optionOf = (text: string): Option => {
  const equals = text.indexOf('=');
  return equals < 0 ? { flag: text, value: undefined } : { flag: text.slice(0, equals), value: text.slice(equals + 1) };
};

/** An option for each letter, the last of which may have its value behind it; the word itself where one is unknown. */
const lettersOf = (text: string, shapes: OptionShapes): readonly Option[] => {
  const whole = optionOf(text);
  if (Object.hasOwn(shapes, whole.flag.slice(1))) return [whole];
  const options: Option[] = [];
  for (let at = 1; at < text.length; at++) {
    const name = nameOf(text[at] ?? '', shapes);
    if (name === undefined) return [whole];
    const rest = text.slice(at + 1);
    const hasValue = rest.startsWith('=') || (rest !== '' && shapes[name]?.type === 'string');
    const flag = shapes[name]?.type === 'string' ? `--${name}` : `-${text[at]}`;
    options.push({ flag, value: hasValue ? rest.replace(/^=/, '') : undefined });
    if (hasValue) break;
  }
  return options;
};

const isText = (flag: string | undefined, shapes: OptionShapes): boolean =>
  shapes[flag?.slice(2) ?? '']?.type === 'string';

/** The first thing about the options that makes no sense; `undefined` if there is none. */
export const mistakeIn = (tokens: readonly Token[], shapes: OptionShapes): string | undefined => {
  for (const token of tokens) {
    const mistake = token.kind === 'option' ? mistakeOf(token.flag, token.value, shapes) : undefined;
    if (mistake !== undefined) return mistake;
  }
  return undefined;
};

const mistakeOf = (flag: string, value: string | undefined, shapes: OptionShapes): string | undefined => {
  const [name = ''] = flag.startsWith('--') || flag.length === 2 ? namesOf(flag, shapes) : [];
  const shape = entryOf(shapes, name);
  if (shape === undefined) return unknownOption(flag, shapes);
  if (shape.type === 'boolean') {
    const isPlain = value === undefined || value === 'true' || value === 'false';
    return isPlain ? undefined : `${flag} takes no value, and got \`${value}\``;
  }
  if (value === undefined || (value === '' && !shape.mayBeEmpty))
    return `${flag} needs a value${choicesText(shape.choices, ': ')}`;
  const choice = shape.takesFile ? value.replace(/=.*/s, '') : value;
  if (shape.choices === undefined || shape.choices.includes(choice)) return undefined;
  return `${flag} cannot be \`${choice}\`${choicesText(shape.choices, '; it is ')}${meant(onlyOneFrom(choice, shape.choices) ?? nearest(choice, shape.choices))}`;
};

/** The options that a word means: one, or one for each letter, such as `-qh`; none where it is unknown. */
export const namesOf = (flag: string, shapes: OptionShapes): readonly string[] => {
  if (flag.startsWith('--')) return Object.hasOwn(shapes, flag.slice(2)) ? [flag.slice(2)] : [];
  const names = Array.from(flag.slice(1), (letter) => nameOf(letter, shapes) ?? []).flat();
  return names.length === flag.length - 1 ? names : [];
};

/** Where commands that are looked at together differ about a letter, that which takes a value. */
const nameOf = (letter: string, shapes: OptionShapes): string | undefined => {
  const named = Object.entries(shapes).filter(([, { alias }]) => alias === letter);
  return (named.find(([, { type }]) => type === 'string') ?? named[0])?.[0];
};

/** What is said of an option that there is none of: in a cluster such as `-qx` it is a letter. */
const unknownOption = (flag: string, shapes: OptionShapes): string => {
  const near = longNameNear(flag, shapes);
  if (near !== undefined) return `unknown option \`${flag}\`${meant(`--${near}`)}`;
  const unknown = unknownIn(flag, shapes);
  return `unknown option \`${unknown}\`${unknown === flag ? '' : ` in \`${flag}\``}`;
};

/** The option itself, or the first letter of a cluster that means nothing. */
export const unknownIn = (flag: string, shapes: OptionShapes): string => {
  if (flag.startsWith('--') || longNameNear(flag, shapes) !== undefined) return flag;
  const letter = Array.from(flag.slice(1)).find((each) => nameOf(each, shapes) === undefined);
  return letter === undefined ? flag : `-${letter}`;
};

const longNameNear = (flag: string, shapes: OptionShapes): string | undefined => {
  const name = flag.replace(/^-+/, '');
  if (!flag.startsWith('--') && name.length === 1) return undefined;
  const names = Object.keys(shapes);
  return onlyOneFrom(name, names) ?? nearest(name, names);
};

/** The one that begins so. */
const onlyOneFrom = (beginning: string, names: readonly string[]): string | undefined => {
  const [found, ...more] = names.filter((name) => name.startsWith(beginning));
  return more.length === 0 ? found : undefined;
};

const meant = (name: string | undefined): string => (name ? ` (did you mean \`${name}\`?)` : '');

const choicesText = (choices: readonly string[] | undefined, before: string): string =>
  choices ? before + [choices.slice(0, -1).join(', '), ...choices.slice(-1)].filter(Boolean).join(' or ') : '';

const isValue = (next: string | undefined): boolean => next !== undefined && (next === '-' || !next.startsWith('-'));
