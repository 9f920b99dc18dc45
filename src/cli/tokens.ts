import { nearest } from '../source/nearest.ts';

/** What the command line must know of an option to find the operands between the options. */
export interface OptionShape {
  readonly type: 'boolean' | 'string';
  readonly choices?: readonly string[];
  /** A choice may have `=FILE` behind it. */
  readonly takesFile?: boolean;
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
    const equals = text.indexOf('=');
    const flag = longName(equals < 0 ? text : text.slice(0, equals), shapes);
    const takesNext = equals < 0 && shapes[flag.slice(2)]?.type === 'string' && isValue(args[index + 1]);
    yield { kind: 'option', flag, value: takesNext ? args[index + 1] : valueAfter(text, equals), index };
    if (takesNext) index++;
  }
}

/** The option that a letter such as `-t` means, where it takes a value. */
const longName = (flag: string, shapes: OptionShapes): string => {
  if (!/^-[a-z]$/i.test(flag)) return flag;
  const [name] =
    Object.entries(shapes).find(([, { type, alias }]) => type === 'string' && alias === flag.slice(1)) ?? [];
  return name === undefined ? flag : `--${name}`;
};

/** The first thing about the options that makes no sense; `undefined` if there is none. */
export const mistakeIn = (tokens: readonly Token[], shapes: OptionShapes): string | undefined => {
  for (const token of tokens) {
    const mistake = token.kind === 'option' ? mistakeOf(token.flag, token.value, shapes) : undefined;
    if (mistake !== undefined) return mistake;
  }
  return undefined;
};

const mistakeOf = (flag: string, value: string | undefined, shapes: OptionShapes): string | undefined => {
  const named = namesOf(flag, shapes).flatMap((name) => shapes[name] ?? []);
  const [shape] = named;
  if (shape === undefined) return unknownOption(flag, Object.keys(shapes));
  const needy = named.length > 1 ? named.find(({ type }) => type === 'string') : undefined;
  if (needy) return `-${needy.alias} needs a value: write it apart from the other letters of ${flag}`;
  if (shape.type === 'boolean') {
    const isPlain = value === undefined || value === 'true' || value === 'false';
    return isPlain ? undefined : `${flag} takes no value, and got \`${value}\``;
  }
  if (value === undefined || value === '') return `${flag} needs a value${choicesText(shape.choices, ': ')}`;
  const choice = shape.takesFile ? value.replace(/=.*/s, '') : value;
  if (shape.choices === undefined || shape.choices.includes(choice)) return undefined;
  return `${flag} cannot be \`${choice}\`${choicesText(shape.choices, '; it is ')}${meant(onlyOneFrom(choice, shape.choices) ?? nearest(choice, shape.choices))}`;
};

/** The options that a word means: one, or one for each letter, such as `-qh`; none where it is unknown. */
export const namesOf = (flag: string, shapes: OptionShapes): readonly string[] => {
  if (flag.startsWith('--')) return Object.hasOwn(shapes, flag.slice(2)) ? [flag.slice(2)] : [];
  const byLetter = new Map(Object.entries(shapes).map(([name, { alias }]) => [alias, name]));
  const names = Array.from(flag.slice(1), (letter) => byLetter.get(letter) ?? []).flat();
  return names.length === flag.length - 1 ? names : [];
};

const unknownOption = (flag: string, names: readonly string[]): string => {
  const name = flag.replace(/^-+/, '');
  const isLong = flag.startsWith('--') || name.length > 1;
  const near = isLong ? (onlyOneFrom(name, names) ?? nearest(name, names)) : undefined;
  return `unknown option \`${flag}\`${meant(near && `--${near}`)}`;
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

const valueAfter = (text: string, equals: number): string | undefined =>
  equals < 0 ? undefined : text.slice(equals + 1);
