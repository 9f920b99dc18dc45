import type { Iechorfile } from '../ast/nodes.ts';
import { graphRefusals } from './graph.ts';
import { type HistoryEntry, historyEntry } from './history.ts';
import { globalScope, type ImageConfig, type Inputs, type Scope } from './scope.ts';
import { baseChain, bottomStage, reachedFrom, type StageInfo, stagesOf, targetOf } from './stages.ts';
import type { State } from './state.ts';
import { type StageStates, statesIn } from './states.ts';
import type { Table } from './table.ts';
import { NO_STAGES, refusalOf } from './validate.ts';

/** What a file says of its image, or why BuildKit would not plan it. */
export type ImagePlan =
  | { readonly config: ImageConfig; readonly history: readonly HistoryEntry[] }
  | { readonly refusal: string };

/** The configuration and the history with which the target stage ends; every base image has those in `inputs`. */
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
  const inherited = bottomStage(target).base.kind === 'image' ? inputs.baseHistory : undefined;
  const added = baseChain(target)
    .toReversed()
    .flatMap((stage) => historyIn(statesOf(stage)));
  return { config: imageConfigOf(statesOf(target).end), history: [...(inherited ?? []), ...added] };
};

/** What a stage adds to the history of what it is built on. */
const historyIn = ({ before, after, end }: StageStates): readonly HistoryEntry[] =>
  Array.from(before, ([node, state]) => historyEntry(node, state, after.get(node) ?? end)).filter(
    (entry) => entry !== undefined,
  );

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
