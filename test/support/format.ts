import { parse } from '../../src/ast/create.ts';
import type { Instruction } from '../../src/ast/nodes.ts';

/** Each instruction as `KEYWORD|value|value`, the values those that BuildKit's parser makes; a trigger follows its ONBUILD. */
export const valuesOf = (text: string): readonly string[] =>
  parse(text).instructions.map((node) => values(node).join('|'));

const values = (node: Instruction): readonly string[] =>
  node.kind === 'Onbuild' ? [node.keyword.text, ...values(node.trigger)] : [node.keyword.text, ...node.arguments];

export const messagesOf = (text: string): readonly string[] => parse(text).problems.map(({ message }) => message);

/** The only instruction, of the wanted kind. */
export const onlyOf = <K extends Instruction['kind']>(text: string, kind: K): Extract<Instruction, { kind: K }> => {
  const [node] = parse(text).instructions;
  if (!node || !isOf(node, kind)) throw new Error(`no ${kind} but ${node?.kind}: ${JSON.stringify(text)}`);
  return node;
};

const isOf = <K extends Instruction['kind']>(node: Instruction, kind: K): node is Extract<Instruction, { kind: K }> =>
  node.kind === kind;
