import { ConfigError } from '../config/error.ts';
import { namesOf, type OptionShapes, type Token } from './tokens.ts';

/** What a command was called with: its operands, and the values of its options by name. */
export interface Given {
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** From tokens in which there is no mistake. */
export const givenOf = (tokens: readonly Token[], shapes: OptionShapes): Given => {
  const options: Record<string, unknown[]> = {};
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'operand') {
      operands.push(token.text);
      continue;
    }
    for (const name of namesOf(token.flag, shapes)) {
      options[name] ??= [];
      options[name].push(shapes[name]?.type === 'boolean' ? token.value !== 'false' : token.value);
    }
  }
  return { operands, options };
};

export const isOn = ({ options }: Given, name: string): boolean => valuesOf(options[name]).at(-1) === true;

/** The value of an option; the last one where it was given several times. */
export const textOf = (given: Given, name: string): string | undefined => textsOf(given, name).at(-1);

/** Every value of a repeatable option, in the order given. */
export const textsOf = ({ options }: Given, name: string): readonly string[] => {
  const texts = valuesOf(options[name]).filter((value) => typeof value === 'string');
  if (texts.includes('')) throw new ConfigError(`--${name} needs a value, and got an empty one`);
  return texts;
};

/** Every value of a repeatable option that also takes them with commas between. */
export const listOf = (given: Given, name: string): readonly string[] => {
  const items = textsOf(given, name).flatMap((text) => text.split(',').map((item) => item.trim()));
  if (items.includes('')) throw new ConfigError(`--${name} has an empty item between its commas`);
  return items;
};

export const choiceOf = <T extends string>(given: Given, name: string, choices: readonly T[]): T | undefined => {
  const text = textOf(given, name);
  return choices.find((choice) => choice === text);
};

/** The operands of a command that needs files. */
export const filesOf = ({ operands }: Given, command: string): readonly string[] => {
  if (operands.length === 0) throw new ConfigError(`${command} needs a file; try \`iechorlint ${command} iEchorfile\``);
  return operands;
};

export const onlyOperandOf = ({ operands }: Given, command: string, what: string): string => {
  const [operand, ...more] = operands;
  if (operand === undefined || more.length > 0) throw new ConfigError(`${command} needs ${what}, and nothing more`);
  return operand;
};

export const rejectOperands = ({ operands }: Given, command: string): void => {
  if (operands.length > 0) throw new ConfigError(`${command} takes no \`${operands[0]}\``);
};

const valuesOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
