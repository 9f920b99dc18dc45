import type { Iechorfile } from '../ast/nodes.ts';
import { expand } from './expand.ts';
import { readReference } from './reference.ts';
import { environmentOf, globalScope, type ImageConfig, type Inputs, type Scope } from './scope.ts';
import { type Base, type Reference, reachedFrom, type StageInfo, stagesOf } from './stages.ts';
import type { State } from './state.ts';
import { statesIn } from './states.ts';
import type { Table } from './table.ts';
import { refusalOf } from './validate.ts';

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
  const graph = graphRefusal(stages, globals);
  if (graph) return { refusal: graph };
  const target = targetOf(stages, inputs.target);
  if (!target) {
    return {
      refusal: stages.length
        ? `target stage "${inputs.target}" could not be found`
        : 'dockerfile contains no stages to build',
    };
  }
  return planStage(file, stages, target, inputs, globals);
};

const targetOf = (stages: readonly StageInfo[], target: string | undefined): StageInfo | undefined =>
  target === undefined ? stages.at(-1) : stages.findLast(({ name }) => name === target.toLowerCase());

const planStage = (
  file: Iechorfile,
  stages: readonly StageInfo[],
  target: StageInfo,
  inputs: Inputs,
  globals: Scope,
): ImagePlan => {
  const reached = reachedFrom(target);
  const statesOf = statesIn(file, inputs, globals);
  for (const stage of stages) {
    const refusal = reached.has(stage) ? statesOf(stage).refusal : undefined;
    if (refusal) return { refusal: refusal.message };
  }
  return { config: configOf(statesOf(target).end) };
};

const configOf = (state: State): ImageConfig => ({
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

/** Bases and references that BuildKit refuses, in any stage. */
const graphRefusal = (stages: readonly StageInfo[], globals: Scope): string | undefined => {
  for (const stage of stages) {
    const refusal = baseNameRefusal(stage, globals);
    if (refusal) return refusal;
  }
  for (const stage of stages) {
    for (const reference of stage.references) {
      const refusal = referenceRefusal(reference, stage);
      if (refusal) return refusal;
    }
  }
  for (const stage of stages) {
    const refusal = imageRefusal(stage.base);
    if (refusal) return refusal;
  }
  return undefined;
};

const baseNameRefusal = ({ node }: StageInfo, globals: Scope): string | undefined => {
  if (!node.from) return undefined;
  const { value, error } = expand(node.from.image.parts, environmentOf(globals));
  if (error) return `failed to process "${node.from.image.raw}": ${error}`;
  return value ? undefined : `base name (${node.from.image.raw}) should not be blank`;
};

const referenceRefusal = (reference: Reference, stage: StageInfo): string | undefined => {
  if (reference.outOfRange) return `invalid stage index ${reference.text}`;
  if (reference.kind === 'from') return undefined;
  if (reference.stage === stage) return `circular dependency detected on stage: ${stage.name ?? stage.index}`;
  if (reference.stage) return undefined;
  return reference.text && !readReference(reference.text) ? parseRefusal(reference.text) : undefined;
};

const imageRefusal = (base: Base): string | undefined =>
  base.kind === 'image' && !base.reference ? parseRefusal(base.text) : undefined;

const parseRefusal = (text: string): string => `failed to parse stage name "${text}": invalid reference format`;
