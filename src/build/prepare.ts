import type { Instruction } from '../ast/nodes.ts';
import type { Refusal } from '../model/effects.ts';
import { type HistoryEntry, historyOf } from '../model/history.ts';
import { type Model, modelOf } from '../model/index.ts';
import { missingStage, parentOf, reachedFrom, type StageInfo, targetOf } from '../model/stages.ts';
import type { ValidFile } from '../model/validate.ts';
import type { Image } from '../oci/image.ts';
import { configOf } from './base.ts';
import { BuildError } from './error.ts';
import type { StepInfo } from './events.ts';
import { type StepPlace, stepPlaces } from './journal.ts';
import { instructionText, type StepNote } from './notes.ts';
import { type TriggeredFile, withTriggers } from './onbuild.ts';
import type { BuildRequest } from './request.ts';

/** A file with its base images known. */
export interface Prepared extends Pick<TriggeredFile, 'bases' | 'placeOf'> {
  readonly model: Model;
  readonly target: StageInfo;
  /** The stages that the target is built from, itself included. */
  readonly needed: readonly StageInfo[];
}

/** Throws BuildError and ImageError. */
export const prepare = async (asked: ValidFile, request: BuildRequest): Promise<Prepared> => {
  const { valid, bases, placeOf } = await withTriggers(asked, request.inputs, request.imageNamed);
  const { file, stages } = valid;
  const target = targetOf(stages, request.inputs.target);
  if (!target) throw new BuildError(missingStage(request.inputs.target ?? '', stages), { start: 0, end: 0 });
  const baseConfigs = new Map(Array.from(bases, ([key, { json }]) => [key, configOf(json.config)]));
  const model = modelOf(file, { ...request.inputs, baseConfigs });
  const needed = [...reachedFrom(target)];
  const refusal = firstRefusal(model, needed);
  if (refusal) throw new BuildError(refusal.message, placeOf(refusal.node));
  return { model, bases, placeOf, target, needed };
};

/** What cannot be expanded is told before anything is run. */
const firstRefusal = (model: Model, needed: readonly StageInfo[]): Refusal | undefined => {
  for (const stage of needed.toSorted((a, b) => a.index - b.index)) {
    const refusal = model.refusalIn(twinOf(model, stage));
    if (refusal) return refusal;
  }
  return undefined;
};

/** The stage of a model that stands for one of another model of the same file. */
export const twinOf = ({ stages }: Model, stage: StageInfo): StageInfo =>
  stages.find(({ index }) => index === stage.index) ?? stage;

/** An instruction that leaves something in the history of an image. */
export interface HistoryStep {
  readonly step: StepInfo;
  readonly entry: HistoryEntry;
  readonly note: StepNote;
  readonly place: () => StepPlace;
}

export const stepsOf = (model: Model, stage: StageInfo): readonly HistoryStep[] => {
  const instructions = [...triggersFor(model, stage), ...stage.node.instructions];
  const placeOf = stepPlaces(model, stage, instructions);
  return instructions.flatMap((node, index) => {
    const entry = historyOf(model, node);
    const step = { stage, node, number: index + 1, of: instructions.length };
    return entry ? [{ step, entry, note: noteOf(model, node), place: () => placeOf(node) }] : [];
  });
};

export const countSteps = (model: Model, stages: readonly StageInfo[]): number => {
  let count = 0;
  for (const stage of stages) for (const { entry } of stepsOf(model, twinOf(model, stage))) if (entry.hasLayer) count++;
  return count;
};

/** Triggers of base images stand behind the file's own text. */
const noteOf = ({ file }: Model, node: Instruction): StepNote => ({
  line: node.lines.first,
  instruction: instructionText(file.text, node),
});

/** What ONBUILD in the stage below has left for this one. */
const triggersFor = (model: Model, stage: StageInfo): readonly Instruction[] => {
  const parent = parentOf(stage);
  return (parent && model.triggersOf(parent)?.node.instructions) ?? [];
};

export const imageOf =
  (bases: ReadonlyMap<string, Image>, { imageNamed }: BuildRequest) =>
  (text: string): Promise<Image> => {
    const known = bases.get(text);
    return known ? Promise.resolve(known) : imageNamed(text);
  };

/** The stages that an instruction takes files from. */
export const stagesFor = ({ stages }: Model, node: Instruction): readonly StageInfo[] =>
  stages.flatMap(({ references }) =>
    references.flatMap((each) => (each.node === node && each.stage ? [each.stage] : [])),
  );
