import type { Arg, ArgDeclaration, Comment, From, Instruction, Run } from '../ast/nodes.ts';
import type { Model } from './index.ts';
import { type Mount, secretIdOf } from './mounts.ts';
import { cleanPath } from './paths.ts';
import { declare, type Scope } from './scope.ts';
import type { StageInfo } from './stages.ts';
import { variablesIn } from './variables.ts';

/** What a build of a stage takes; each in the order of the file. */
export interface Outline {
  readonly stage: StageInfo;
  readonly description: string | undefined;
  readonly args: readonly OutlineArg[];
  readonly secrets: readonly OutlineMount[];
  readonly keys: readonly OutlineMount[];
  readonly caches: readonly OutlineMount[];
}

export interface OutlineArg {
  readonly name: string;
  /** That of this build; as it is written where the base image decides it. */
  readonly value: string | undefined;
  readonly description: string | undefined;
  readonly node: Instruction;
}

export interface OutlineMount {
  readonly id: string;
  readonly required: boolean;
  readonly node: Instruction;
}

/** What the stage and those below it take, each name once, as that stage knows it which is nearest to the one that is built. */
export const outlineOf = (model: Model, stage: StageInfo): Outline => {
  const stages = stagesBelow(stage);
  const mounts = stages.flatMap((each) => runsIn(each).flatMap((run) => mountsOf(model, run)));
  const ofType = (...types: readonly Mount['type'][]) => once(mounts.filter(({ type }) => types.includes(type)));
  return {
    stage,
    description: descriptionIn(stage.node.from, stage.name),
    args: argsOf(model, stages),
    secrets: ofType('secret'),
    keys: ofType('ssh'),
    caches: ofType('cache'),
  };
};

/** What the comments above an instruction say of a name: that which begins with it, behind the last empty one. */
export const descriptionIn = (node: Arg | From | undefined, name: string | undefined): string | undefined => {
  if (!node || !name) return undefined;
  const { comments } = node;
  const last: readonly Comment[] = comments.slice(comments.findLastIndex(({ text }) => text.trim() === '') + 1);
  const found = last.find(({ text }) => text.trim().startsWith(`${name} `));
  return found?.text.trim().slice(name.length + 1);
};

/** The stage, then what it is built on, then what it copies from, each with those below it. */
const stagesBelow = (stage: StageInfo): readonly StageInfo[] => {
  const found = new Set<StageInfo>();
  const open = [stage];
  for (let next = open.pop(); next; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    for (const reference of next.references.toReversed()) if (reference.stage) open.push(reference.stage);
  }
  return [...found];
};

const once = <T extends { readonly node: Instruction }>(all: readonly (T & { readonly id: string })[]) => {
  const known = new Map<string, T & { readonly id: string }>();
  for (const each of all) if (!known.has(each.id)) known.set(each.id, each);
  return inOrder([...known.values()]);
};

const inOrder = <T extends { readonly node: Instruction }>(all: readonly T[]): readonly T[] =>
  all.toSorted((a, b) => a.node.lines.first - b.node.lines.first);

// Arguments ---------------------------------------------------------------------------------------------------------

const argsOf = (model: Model, stages: readonly StageInfo[]): readonly OutlineArg[] => {
  const globals = globalArgs(model);
  const known = new Map<string, OutlineArg>();
  for (const stage of stages) {
    const own = ownArgs(model, stage);
    const used = new Set([...namesInFrom(stage), ...declarationsIn(stage).map(({ name }) => name.text)]);
    // A default that is taken may name other arguments.
    for (const name of used) if (!own.has(name)) for (const each of globals.get(name)?.names ?? []) used.add(each);
    for (const name of used) {
      const arg = own.get(name) ?? globals.get(name)?.arg;
      if (arg && !known.has(name)) known.set(name, arg);
    }
  }
  return inOrder([...known.values()]);
};

interface GlobalArg {
  readonly arg: OutlineArg;
  /** The arguments that its value is made of. */
  readonly names: ReadonlySet<string>;
}

/** The ARGs before the first FROM, with what the last of each name says. */
const globalArgs = ({ file, globals, inputs }: Model): ReadonlyMap<string, GlobalArg> => {
  const known = new Map<string, GlobalArg>();
  for (const node of file.globals) {
    for (const { name: token, default: word } of node.declarations) {
      const name = token.text;
      const isGiven = inputs.buildArgs?.has(name) ?? false;
      const named = new Set(word && !isGiven ? variablesIn(word).map((each) => each.name) : []);
      const older = named.delete(name) ? (known.get(name)?.names ?? []) : [];
      const value = globals.bindings.get(name)?.value;
      const arg = { name, value, description: descriptionIn(node, name), node };
      known.set(name, { arg, names: new Set([...older, ...named]) });
    }
  }
  return known;
};

/** The ARGs of a stage that do not take over what stands before the first FROM. */
const ownArgs = (model: Model, { node: { instructions } }: StageInfo): ReadonlyMap<string, OutlineArg> => {
  const known = new Map<string, OutlineArg>();
  for (const node of instructions) {
    if (node.kind !== 'Arg') continue;
    let scope: Scope = model.stateBefore(node);
    for (const declaration of node.declarations) {
      const name = declaration.name.text;
      const { binding } = declare(declaration, node, scope, model.inputs, model.globals);
      if (binding) scope = { bindings: scope.bindings.with(name, binding), complete: scope.complete };
      if (isTakenOver(declaration, model)) continue;
      const value = binding?.value ?? declaration.default?.raw;
      known.set(name, { name, value, description: descriptionIn(node, name), node });
    }
  }
  return known;
};

const isTakenOver = ({ name, default: word }: ArgDeclaration, { inputs, globals }: Model): boolean =>
  word === undefined && !inputs.buildArgs?.has(name.text) && globals.bindings.get(name.text)?.value !== undefined;

const declarationsIn = ({ node }: StageInfo): readonly ArgDeclaration[] =>
  node.instructions.flatMap((each) => (each.kind === 'Arg' ? each.declarations : []));

const namesInFrom = ({ node: { from } }: StageInfo): readonly string[] => {
  if (!from) return [];
  const words = [from.image, ...from.flags.flatMap(({ value }) => value ?? [])];
  return words.flatMap((word) => variablesIn(word).map(({ name }) => name));
};

// Mounts ------------------------------------------------------------------------------------------------------------

const runsIn = ({ node }: StageInfo): readonly Run[] =>
  node.instructions.flatMap((each) => (each.kind === 'Run' ? [each] : []));

const mountsOf = (model: Model, node: Run) =>
  model.mountsOf(node).map((mount) => {
    const field = mount.fields.findLast(({ key }) => key === 'required');
    const required = field !== undefined && field.value !== 'false' && field.value !== '0';
    return { type: mount.type, id: idOf(mount, model.stateBefore(node).workdir ?? '/'), required, node };
  });

const idOf = (mount: Mount, workdir: string): string => {
  if (mount.type === 'secret') return secretIdOf(mount);
  if (mount.type === 'ssh') return mount.id ?? 'default';
  const { target = '' } = mount;
  return mount.id ?? cleanPath(target.startsWith('/') ? target : `${workdir}/${target}`);
};
