import type { Iechorfile, Instruction } from '../ast/nodes.ts';
import { type Refusal, stepFrom } from './effects.ts';
import type { ImageConfig, Inputs, Scope } from './scope.ts';
import { imageKey, parentOf, type StageInfo } from './stages.ts';
import { changed, imageState, type State, scratchState } from './state.ts';
import { tableOf } from './table.ts';

/** The states through one stage. */
export interface StageStates {
  /** By instruction, in the order in which they run. */
  readonly before: ReadonlyMap<Instruction, State>;
  readonly after: ReadonlyMap<Instruction, State>;
  readonly end: State;
  /** The first instruction that BuildKit refuses. */
  readonly refusal: Refusal | undefined;
}

/** Runs a stage's instructions on the state that it starts from; the triggers of an ONBUILD parent come first. */
const runStage = (file: Iechorfile, stage: StageInfo, start: State, inputs: Inputs, globals: Scope): StageStates => {
  const before = new Map<Instruction, State>();
  const after = new Map<Instruction, State>();
  let state = changed(start, { onbuild: tableOf() });
  let refusal: Refusal | undefined;
  let hasOwnCmd = false;
  const triggers = stage.onbuildOf ? [] : Array.from(start.onbuild, ([, { node }]) => node);
  for (const node of [...triggers, ...stage.node.instructions]) {
    before.set(node, state);
    const step = stepFrom(node, state, { inputs, globals, file, hasOwnCmd });
    hasOwnCmd ||= node.kind === 'Cmd';
    refusal ??= step.refusal;
    state = step.state;
    after.set(node, state);
  }
  return { before, after, end: state, refusal };
};

export type StatesFromStart = StageStates & { readonly start: State };

/** A function that gives the states of a stage, each computed once, after those of the stage that it is built on. */
export const statesIn = (file: Iechorfile, inputs: Inputs, globals: Scope): ((stage: StageInfo) => StatesFromStart) => {
  const known = new Map<StageInfo, StatesFromStart>();
  return (wanted) => {
    const before = known.get(wanted);
    if (before) return before;
    const missing: StageInfo[] = [];
    for (let stage: StageInfo | undefined = wanted; stage && !known.has(stage); stage = parentOf(stage))
      missing.push(stage);
    // From the root on, so that a long chain of stages needs no deep recursion.
    for (const stage of missing.toReversed()) {
      const parent = parentOf(stage);
      const start = withStrayArgs(stage, startOf(stage, parent && known.get(parent)?.end, inputs), globals);
      known.set(stage, { start, ...runStage(file, stage, start, inputs, globals) });
    }
    const states = known.get(wanted);
    if (!states) throw new Error('the stage itself is among the missing');
    return states;
  };
};

const configOf = ({ base, platform }: StageInfo, { baseConfig, baseConfigs }: Inputs): ImageConfig | undefined =>
  (base.kind === 'image' ? baseConfigs?.get(imageKey(base.text, platform)) : undefined) ?? baseConfig;

/** The state at a stage's first instruction. */
const startOf = (stage: StageInfo, parent: State | undefined, inputs: Inputs): State => {
  if (parent) return stage.onbuildOf ? changed(parent, { onbuild: tableOf() }) : withImageEnv(parent);
  const isScratch = stage.base.kind === 'scratch';
  const isWindows = /^windows\b/i.test((isScratch ? undefined : stage.platform) ?? inputs.platform ?? '');
  return isScratch ? scratchState(isWindows) : imageState(configOf(stage, inputs), isWindows);
};

/** A stage above hands its ARGs on, but what ENV has set there stands above them from FROM on. */
const withImageEnv = (parent: State): State => {
  let { bindings } = parent;
  for (const [name] of parent.args)
    if (parent.env.has(name) && bindings.get(name)?.by === 'arg')
      bindings = bindings.with(name, { value: parent.env.get(name), by: 'base', node: undefined });
  return bindings === parent.bindings ? parent : changed(parent, { bindings });
};

/** Without a FROM the ARGs at the top belong to the fragment, whose instructions see them. */
const withStrayArgs = ({ node: { from }, onbuildOf }: StageInfo, state: State, globals: Scope): State => {
  if (from || onbuildOf) return state;
  let { bindings } = state;
  for (const [name, binding] of globals.bindings) if (binding.node) bindings = bindings.with(name, binding);
  return changed(state, { bindings });
};
