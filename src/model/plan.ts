import type { Iechorfile } from '../ast/nodes.ts';
import { graphRefusals } from './graph.ts';
import { globalScope, type ImageConfig, type Inputs, type Scope } from './scope.ts';
import { reachedFrom, type StageInfo, stagesOf, targetOf } from './stages.ts';
import type { State } from './state.ts';
import { statesIn } from './states.ts';
import type { Table } from './table.ts';
import { NO_STAGES, refusalOf } from './validate.ts';

/** What a file says of its image, or why BuildKit would not plan it. */
export type ImagePlan = { readonly config: ImageConfig } | { readonly refusal: string };

/** The configuration with which the target stage ends; every base image has `inputs.baseConfig`. */
export const planImage = (file: Iechorfile, inputs: Inputs): ImagePlan => {
  const syntax = refusalOf(file);
  if (syntax) return { refusal: syntax };
  const globals = globalScope(file, inputs);
  const [globalError] = globals.errors;
  if (globalError) return { refusal: globalError.message };
  const stages = stagesOf(file, globals);
  const target = targetOf(stages, inputs.target);
  const built = target ? reachedFrom(target) : new Set<StageInfo>();
  const [graph] = graphRefusals(stages, globals, built);
  if (graph) return { refusal: graph.message };
  if (stages.length === 0) return { refusal: NO_STAGES };
  if (!target) return { refusal: `target stage "${inputs.target}" could not be found` };
  return planStages(file, built, target, inputs, globals);
};

const planStages = (
  file: Iechorfile,
  built: ReadonlySet<StageInfo>,
  target: StageInfo,
  inputs: Inputs,
  globals: Scope,
): ImagePlan => {
  const statesOf = statesIn(file, inputs, globals);
  for (const stage of Array.from(built).toSorted((a, b) => a.index - b.index)) {
    const { refusal } = statesOf(stage);
    if (refusal) return { refusal: refusal.message };
  }
  return { config: imageConfigOf(statesOf(target).end) };
};

/** The part of a state that becomes the configuration of an image. */
export const imageConfigOf = (state: State): ImageConfig => ({
  ...state,
  env: settled(state.env),
  labels: settled(state.labels),
  ports: Array.from(state.ports, ([port]) => port),
  volumes: Array.from(state.volumes, ([volume]) => volume),
  onbuild: Array.from(state.onbuild, ([, { text }]) => text),
});

const settled = (values: Table<string | undefined>): ReadonlyMap<string, string> => {
  const known = new Map<string, string>();
  for (const [name, value] of values) known.set(name, value ?? '');
  return known;
};
