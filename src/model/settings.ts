import type { Instruction } from '../ast/nodes.ts';
import type { ShellCommand, ShellWord } from '../shell/index.ts';
import type { Range } from '../source/range.ts';
import type { Model } from './index.ts';

/** A variable that gets a value, by ENV, by the default of an ARG or by a command; no value where it is not known. */
export interface Setting extends Range {
  readonly name: string;
  readonly value: string | undefined;
}

/** The variables that an instruction sets for the programs that run in it or after it. */
export const settingsIn = (model: Model, node: Instruction): readonly Setting[] => {
  if (node.kind === 'Env') {
    return node.pairs.flatMap(({ key, value, start, end }) =>
      key.text === undefined ? [] : [{ name: key.text, value: model.expand(value, node).value, start, end }],
    );
  }
  if (node.kind === 'Arg') {
    return node.declarations.flatMap(({ name, default: value, start, end }) =>
      value ? [{ name: name.text, value: model.expand(value, node).value, start, end }] : [],
    );
  }
  if (node.kind !== 'Run') return [];
  // Reading the shell text costs more than looking at it.
  return node.command.kind === 'ShellForm' ? model.commandsOf(node).flatMap(settingsOf) : [];
};

const settingsOf = (command: ShellCommand): readonly Setting[] => {
  const own = command.assignments.map(({ name, values: [first], start, end }) => ({
    name,
    value: first ? first.text : '',
    start,
    end,
  }));
  const isDeclaration = command.name === 'export' || command.name === 'declare';
  const words = [
    ...command.wrappers.flatMap((wrapper) => wrapper.arguments),
    ...(isDeclaration ? command.arguments : []),
  ];
  return [...own, ...words.flatMap((word) => settingIn(word) ?? [])];
};

const settingIn = ({ text, raw, start, end }: ShellWord): Setting | undefined => {
  const [, name] = /^([A-Za-z_]\w*)=/.exec(raw) ?? [];
  return name === undefined ? undefined : { name, value: text?.slice(name.length + 1), start, end };
};
