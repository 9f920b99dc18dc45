import type { ShellVariable, ShellWord, ShellWordPart } from './nodes.ts';

/** What a variable may hold, as far as the script tells. */
export interface Value {
  /** It may be what only a run tells: what a program prints, an argument. */
  readonly unknown: boolean;
  /** It may be text with white space or a pattern, written in the script. */
  readonly several: boolean;
  /** It may be the empty text alone, written in the script. */
  readonly empty: boolean;
  /** The variables of the environment whose values may be in it. */
  readonly from: readonly string[];
}

/** The variables of a script at a place of its run. Names that are not there come from the environment. */
export interface Values {
  readonly held: Map<string, Value>;
  /** What holds of the names that are not in `held`. */
  readonly below: Values | undefined;
  /** Nothing behind the place is run. */
  ended: boolean;
}

export const PLAIN: Value = { unknown: false, several: false, empty: false, from: [] };
export const UNKNOWN: Value = { ...PLAIN, unknown: true };
const EMPTY: Value = { ...PLAIN, empty: true };
const SEVERAL: Value = { ...PLAIN, several: true };

export const noValues = (): Values => ({ held: new Map(), below: undefined, ended: false });

/** What is set in it is not set in the other. */
export const layerOver = (below: Values, ended = below.ended): Values => ({ held: new Map(), below, ended });

/** Undefined where the name comes from the environment. */
export const heldIn = (values: Values, name: string): Value | undefined => {
  for (let layer: Values | undefined = values; layer; layer = layer.below) {
    const value = layer.held.get(name);
    if (value) return value;
  }
  return undefined;
};

/** What may hold where several ways meet: each is the target itself, or stands over it. */
export const joinInto = (target: Values, ways: readonly Values[]): void => {
  const open = ways.filter(({ ended }) => !ended);
  const taken = open.length > 0 ? open : ways;
  const names = new Set<string>();
  for (const way of taken) {
    for (let layer: Values | undefined = way; layer && layer !== target; layer = layer.below) {
      for (const name of layer.held.keys()) names.add(name);
    }
  }
  for (const name of names) {
    const values = taken.map((way) => heldIn(way, name) ?? fromOutside(name));
    target.held.set(name, values.reduce(joinValues));
  }
  target.ended = open.length === 0;
};

export const fromOutside = (name: string): Value => ({ ...PLAIN, from: [name] });

/** More names in one value tell nothing more. */
const MOST_NAMES = 20;

/** What holds of one value or another, and of the two in a row. */
export const joinValues = (a: Value, b: Value): Value =>
  a === b
    ? a
    : {
        unknown: a.unknown || b.unknown,
        several: a.several || b.several,
        empty: a.empty && b.empty,
        from:
          a.from.length === 0
            ? b.from
            : b.from.length === 0
              ? a.from
              : [...new Set([...a.from, ...b.from])].slice(0, MOST_NAMES),
      };

/** What the words give when they are assigned, as for the elements of a list. */
export const valueOfWords = (words: readonly ShellWord[], values: Values): Value => {
  let value: Value | undefined;
  for (const word of words) {
    const next = valueOf(word, values);
    value = value === undefined ? next : joinValues(value, next);
  }
  return value ?? EMPTY;
};

const valueOf = ({ parts }: ShellWord, values: Values): Value => {
  let value = EMPTY;
  for (const part of parts) value = joinValues(value, valueOfPart(part, values));
  return value;
};

const valueOfPart = (part: ShellWordPart, values: Values): Value => {
  if (part.kind === 'Literal') return part.value === '' ? EMPTY : /[\s*?[\]\\]/.test(part.value) ? SEVERAL : PLAIN;
  if (part.kind === 'Variable') return valueOfVariable(part, values);
  if (part.kind === 'Pattern') return SEVERAL;
  return part.kind === 'Arithmetic' ? PLAIN : UNKNOWN;
};

/** Numbers that the shell keeps itself. */
const NUMBERS = new Set([
  '$',
  '?',
  '#',
  '!',
  '-',
  'OPTIND',
  'UID',
  'EUID',
  'PPID',
  'RANDOM',
  'SECONDS',
  'LINENO',
  'SHLVL',
  'BASHPID',
]);

export const valueOfVariable = ({ name, operator, operands }: ShellVariable, values: Values): Value => {
  if (NUMBERS.has(name) || operator === '#') return PLAIN;
  const own = heldIn(values, name) ?? (/^[A-Za-z_]\w*$/.test(name) ? fromOutside(name) : UNKNOWN);
  const [first] = operands;
  if (operator === undefined || first === undefined) return own;
  if (/^:?[-=]$/.test(operator)) return joinValues(own, valueOf(first, values));
  return /^:?\+$/.test(operator) ? valueOf(first, values) : own;
};
