import type { Iechorfile, Instruction } from '../ast/nodes.ts';
import type { ImageConfig, Inputs, Scope } from './scope.ts';
import type { StageInfo } from './stages.ts';
import { imageState, type Refusal, type State, scratchState, stepFrom } from './state.ts';

/** The states through one stage. */
export interface StageStates {
  readonly before: ReadonlyMap<Instruction, State>;
  readonly end: State;
  /** The first instruction that BuildKit refuses. */
  readonly refusal: Refusal | undefined;
}

/** Runs a stage's instructions on the state that it starts from; the triggers of an ONBUILD parent come first. */
export const runStage = (
  file: Iechorfile,
  stage: StageInfo,
  start: State,
  inputs: Inputs,
  globals: Scope,
): StageStates => {
  const before = new Map<Instruction, State>();
  let state: State = { ...start, onbuild: [] };
  let refusal: Refusal | undefined;
  let hasOwnCmd = false;
  const triggers = stage.onbuildOf ? [] : start.onbuild.map(({ node }) => node);
  for (const node of [...triggers, ...stage.node.instructions]) {
    before.set(node, state);
    const step = stepFrom(node, state, { inputs, globals, escape: file.escape, hasOwnCmd });
    hasOwnCmd ||= node.kind === 'Cmd';
    refusal ??= step.refusal;
    state = step.state;
  }
  return { before, end: state, refusal };
};

/** The state at a stage's first instruction; `end` gives that of the stage it is built on. */
export const startOf = (stage: StageInfo, config: ImageConfig | undefined, end: (stage: StageInfo) => State): State => {
  if (stage.onbuildOf) return { ...end(stage.onbuildOf), onbuild: [] };
  if (stage.base.kind === 'stage') return end(stage.base.stage);
  return stage.base.kind === 'scratch' ? scratchState() : imageState(config);
};
