import type { Iechorfile, InstructionKind } from '../ast/nodes.ts';
import type { Facts } from '../facts/index.ts';
import type { Model } from '../model/index.ts';
import type { Rule, When } from './rule.ts';

/** Those that may have something to say of the file. */
export const askedRules = (rules: Iterable<Rule>, file: Iechorfile, model: Model, facts: Facts): readonly Rule[] => {
  const kinds = kindsIn(file);
  const asked: Rule[] = [];
  for (const rule of rules) {
    const { when, needs } = rule;
    if (needs?.some((need) => facts[need] === undefined)) continue;
    if (when === undefined || mayApply(when, file.text, kinds, model)) asked.push(rule);
  }
  return asked;
};

const mayApply = (
  { instructions, programs, text }: When,
  written: string,
  kinds: ReadonlySet<string>,
  model: Model,
): boolean =>
  (instructions === undefined || hasAny(instructions, kinds)) &&
  (text === undefined || text.test(written)) &&
  (programs === undefined || hasAny(programs, model.programs()));

const hasAny = (names: readonly string[], known: ReadonlySet<string>): boolean => {
  for (const name of names) if (known.has(name)) return true;
  return false;
};

const kindsIn = ({ instructions }: Iechorfile): ReadonlySet<InstructionKind> => {
  const kinds = new Set<InstructionKind>();
  for (const node of instructions) {
    kinds.add(node.kind);
    if (node.kind === 'Onbuild') kinds.add(node.trigger.kind);
  }
  return kinds;
};
