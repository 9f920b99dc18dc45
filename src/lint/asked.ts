import type { Iechorfile, InstructionKind } from '../ast/nodes.ts';
import type { Facts } from '../facts/index.ts';
import type { Model } from '../model/index.ts';
import type { Rule } from './rule.ts';
import type { RuleSetting } from './setting.ts';

/** Those that may have something to say of the file. */
export const askedRules = (
  rules: ReadonlyMap<Rule, RuleSetting>,
  file: Iechorfile,
  model: Model,
  facts: Facts,
): readonly Rule[] => {
  const index = indexOf(rules);
  const kinds = named(index.ofKind, kindsIn(file), index.rules.length);
  let programs: Uint8Array | undefined;
  return index.rules.filter(({ when, needs }, at) => {
    if (needs?.some((need) => facts[need] === undefined)) return false;
    if (when === undefined) return true;
    if (when.instructions !== undefined && kinds[at] === 0) return false;
    if (when.text !== undefined && !when.text.test(file.text)) return false;
    if (when.programs === undefined) return true;
    programs ??= named(index.ofProgram, model.programs(), index.rules.length);
    return programs[at] !== 0;
  });
};

/** Rules by what they are about, by their numbers. */
interface Index {
  readonly rules: readonly Rule[];
  readonly ofKind: Numbers;
  readonly ofProgram: Numbers;
}

type Numbers = ReadonlyMap<string, readonly number[]>;

const indices = new WeakMap<ReadonlyMap<Rule, RuleSetting>, Index>();

const indexOf = (settings: ReadonlyMap<Rule, RuleSetting>): Index => {
  const known = indices.get(settings);
  if (known) return known;
  const rules = [...settings.keys()];
  const index = {
    rules,
    ofKind: numbersBy(rules, ({ when }) => when?.instructions),
    ofProgram: numbersBy(rules, ({ when }) => when?.programs),
  };
  indices.set(settings, index);
  return index;
};

const numbersBy = (rules: readonly Rule[], namesOf: (rule: Rule) => readonly string[] | undefined): Numbers => {
  const numbers = new Map<string, number[]>();
  for (const [at, rule] of rules.entries()) {
    for (const name of namesOf(rule) ?? []) {
      const list = numbers.get(name);
      if (list) list.push(at);
      else numbers.set(name, [at]);
    }
  }
  return numbers;
};

/** For each rule whether any of the names is one of its own. */
const named = (numbers: Numbers, names: ReadonlySet<string>, count: number): Uint8Array => {
  const found = new Uint8Array(count);
  for (const name of names) for (const at of numbers.get(name) ?? NONE) found[at] = 1;
  return found;
};

const NONE: readonly number[] = [];

const kindsIn = ({ instructions }: Iechorfile): ReadonlySet<InstructionKind> => {
  const kinds = new Set<InstructionKind>();
  for (const node of instructions) {
    kinds.add(node.kind);
    if (node.kind === 'Onbuild') kinds.add(node.trigger.kind);
  }
  return kinds;
};
