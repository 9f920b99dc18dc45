import type { Instruction } from '../ast/nodes.ts';
import { expandedWords, type Model, variablesIn } from '../model/index.ts';
import { variablesOf } from '../shell/index.ts';
import type { Range } from '../source/range.ts';

/** A place where a variable stands. `isSetting`: an ENV or ARG gives it a value there. */
export interface Mention extends Range {
  readonly name: string;
  readonly node: Instruction;
  readonly isSetting: boolean;
}

/** The variables of a file, each mention with what it is bound to. */
export interface VariableTable {
  readonly mentions: readonly Mention[];
  /** Where the value of a mention comes from: an ENV or ARG; undefined where nothing in the file sets it. */
  settingOf(mention: Mention): Mention | undefined;
  /** All that must have another name when this one gets another, itself included. */
  together(mention: Mention): readonly Mention[];
}

const known = new WeakMap<Model, VariableTable>();

export const variableTable = (model: Model): VariableTable => {
  const table = known.get(model) ?? tableOf(model);
  known.set(model, table);
  return table;
};

const tableOf = (model: Model): VariableTable => {
  const nodes = model.file.instructions.map((node) => (node.kind === 'Onbuild' ? node.trigger : node));
  const mentions = nodes.flatMap((node) => [...settingsIn(node), ...usesIn(model, node)]);
  const settings = new Map(
    mentions.flatMap((each) => (each.isSetting ? [[keyOf(each.node, each.name), each] as const] : [])),
  );
  const settingBefore = (mention: Mention): Mention | undefined => {
    const binder = binderOf(model, mention);
    return binder && settings.get(keyOf(binder, mention.name));
  };
  const globals = new Map(mentions.flatMap((each) => (isGlobal(model, each) ? [[each.name, each] as const] : [])));
  const families = familiesOf([...settings.values()], (setting) => [
    settingBefore(setting),
    setting.node.kind === 'Arg' ? globals.get(setting.name) : undefined,
  ]);
  const familyOf = (mention: Mention): Mention | undefined => {
    // An instruction may set a name twice; the last time counts for both.
    const setting = mention.isSetting ? settings.get(keyOf(mention.node, mention.name)) : settingBefore(mention);
    return setting && families(setting);
  };
  return {
    mentions,
    settingOf: (mention) => (mention.isSetting ? (globalMeant(mention, globals) ?? mention) : settingBefore(mention)),
    together: (mention) => {
      const family = familyOf(mention);
      return mentions.filter((each) => each.name === mention.name && familyOf(each) === family);
    },
  };
};

const keyOf = ({ start }: Instruction, name: string): string => `${start} ${name}`;

const isGlobal = ({ file }: Model, { node, isSetting }: Mention): boolean =>
  isSetting && node.kind === 'Arg' && file.globals.includes(node);

/** `ARG NAME` in a stage has the value of the one above the first FROM. */
const globalMeant = ({ node, name }: Mention, globals: ReadonlyMap<string, Mention>): Mention | undefined => {
  if (node.kind !== 'Arg') return undefined;
  const hasValue = node.declarations.some((each) => each.name.text === name && each.default);
  return hasValue ? undefined : globals.get(name);
};

const settingsIn = (node: Instruction): readonly Mention[] => {
  if (node.kind === 'Env')
    return node.pairs.flatMap(({ key }) => (key.text ? [mention(node, key.text, key, true)] : []));
  return node.kind === 'Arg' ? node.declarations.map(({ name }) => mention(node, name.text, name, true)) : [];
};

const mention = (node: Instruction, name: string, { start, end }: Range, isSetting = false): Mention => ({
  name,
  node,
  start,
  end,
  isSetting,
});

const usesIn = (model: Model, node: Instruction): readonly Mention[] => [
  ...wordUses(node),
  ...heredocUses(node),
  ...scriptUses(model, node),
];

const wordUses = (node: Instruction): readonly Mention[] => {
  const words =
    node.kind === 'From' ? [node.image, ...node.flags.flatMap(({ value }) => value ?? [])] : expandedWords(node);
  return words.flatMap(variablesIn).map(({ name, nameRange }) => mention(node, name, nameRange));
};

/** The lines of a heredoc that COPY and ADD put variables into. */
const heredocUses = (node: Instruction): readonly Mention[] => {
  if (node.kind !== 'Copy' && node.kind !== 'Add') return [];
  const mentions: Mention[] = [];
  for (const { content, body, expand } of node.heredocs) {
    if (!expand) continue;
    for (const { index, 1: lead = '', 2: name = '' } of content.matchAll(/(?<!\\)(\$\{?)([A-Za-z_]\w*)/g)) {
      const start = body.start + index + lead.length;
      mentions.push(mention(node, name, { start, end: start + name.length }));
    }
  }
  return mentions;
};

/** What the shell has from the environment. */
const scriptUses = (model: Model, node: Instruction): readonly Mention[] => {
  const script = model.scriptOf(node);
  if (!script) return [];
  const { uses, assigned } = variablesOf(script);
  const own = new Set(assigned.map(({ name }) => name));
  return uses.flatMap(({ name, nameRange }) => (own.has(name) ? [] : [mention(node, name, nameRange)]));
};

/** The instruction that has set the name when the mention is read. */
const binderOf = (model: Model, { node, name, start }: Mention): Instruction | undefined => {
  if (node.kind === 'From') return model.globals.bindings.get(name)?.node;
  if (node.kind === 'Arg') {
    // An ARG sees what stands left of it.
    if (node.declarations.some((each) => each.name.text === name && each.end <= start)) return node;
    if (model.file.globals.includes(node)) return globalBefore(model, node, name);
  }
  const binding = model.stateBefore(node).bindings.get(name);
  // The arguments of a build are not there when the container runs.
  const isLate = node.kind === 'Cmd' || node.kind === 'Entrypoint' || node.kind === 'Healthcheck';
  return isLate && binding?.by === 'arg' ? undefined : binding?.node;
};

const globalBefore = ({ file: { globals } }: Model, node: Instruction, name: string): Instruction | undefined =>
  globals.findLast((each) => each.start < node.start && each.declarations.some((one) => one.name.text === name));

/** Puts together what belongs together, and gives one of each family for all of it. */
const familiesOf = (
  settings: readonly Mention[],
  relativesOf: (setting: Mention) => readonly (Mention | undefined)[],
): ((setting: Mention) => Mention) => {
  const parents = new Map<Mention, Mention>();
  const headOf = (setting: Mention): Mention => {
    let head = setting;
    for (let next = parents.get(head); next; next = parents.get(head)) head = next;
    return head;
  };
  for (const setting of settings) {
    for (const relative of relativesOf(setting)) {
      if (!relative || headOf(relative) === headOf(setting)) continue;
      parents.set(headOf(setting), headOf(relative));
    }
  }
  return headOf;
};
