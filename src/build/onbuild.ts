import { parse } from '../ast/create.ts';
import type { Iechorfile, Instruction, Stage } from '../ast/nodes.ts';
import type { Inputs } from '../model/scope.ts';
import { imageKey, reachedFrom, type StageInfo, targetOf } from '../model/stages.ts';
import { type ValidFile, validate } from '../model/validate.ts';
import type { Image } from '../oci/image.ts';
import type { Range } from '../source/range.ts';
import { BuildError } from './error.ts';
import type { BuildRequest } from './request.ts';

/** A file as it is carried out: the triggers of its base images stand at the start of the stages that are built on them. */
export interface TriggeredFile {
  readonly valid: ValidFile;
  /** By their keys: what FROM names, and the platform where it names one. */
  readonly bases: ReadonlyMap<string, Image>;
  /** Where a place is in the file itself: triggers stand behind its end, and mean their FROM. */
  readonly placeOf: (place: Range) => Range;
}

/** Looks up the base images of all stages that are needed, those that triggers need included. Throws BuildError. */
export const withTriggers = async (
  valid: ValidFile,
  inputs: Inputs,
  imageNamed: BuildRequest['imageNamed'],
): Promise<TriggeredFile> => {
  const bases = new Map<string, Image>();
  const places: (readonly [start: number, from: Range])[] = [];
  const done = new Set<number>();
  for (let current = valid; ; ) {
    const target = targetOf(current.stages, inputs.target);
    const needed = [...(target ? reachedFrom(target) : [])];
    await findBases(needed, bases, imageNamed);
    const next = needed.find((stage) => !done.has(stage.index) && triggersOf(stage, bases).length > 0);
    if (!next) return { valid: current, bases, placeOf: placeIn(places) };
    done.add(next.index);
    places.push([current.file.text.length + 1, next.node.from ?? next.node]);
    const file = inserted(current.file, next, triggersOf(next, bases));
    current = validated(file, inputs, next);
  }
};

const findBases = async (
  stages: readonly StageInfo[],
  bases: Map<string, Image>,
  imageNamed: BuildRequest['imageNamed'],
): Promise<void> => {
  for (const { base, platform, node } of stages) {
    const key = base.kind === 'image' ? imageKey(base.text, platform) : undefined;
    if (base.kind !== 'image' || key === undefined || bases.has(key)) continue;
    const image = await imageNamed(base.text, platform).catch((error: unknown) => {
      throw new BuildError(error instanceof Error ? error.message : String(error), node.from ?? node);
    });
    bases.set(key, image);
  }
};

const triggersOf = (stage: StageInfo, bases: ReadonlyMap<string, Image>): readonly string[] =>
  baseImageOf(stage, bases)?.json.config?.OnBuild ?? [];

/** The image that the FROM of a stage names. */
export const baseImageOf = ({ base, platform }: StageInfo, bases: ReadonlyMap<string, Image>): Image | undefined =>
  base.kind === 'image' ? bases.get(imageKey(base.text, platform)) : undefined;

const placeIn =
  (places: readonly (readonly [start: number, from: Range])[]) =>
  (place: Range): Range =>
    places.findLast(([start]) => place.start >= start)?.[1] ?? place;

/** The file with the triggers in front of a stage's own instructions; their text stands behind that of the file. */
const inserted = (file: Iechorfile, { node }: StageInfo, triggers: readonly string[]): Iechorfile => {
  const text = `${file.escape === '`' ? '# escape=`\n' : ''}FROM scratch\n${triggers.join('\n')}\n`;
  const read = parse(text);
  const [problem] = read.problems;
  if (problem)
    throw new BuildError(`a trigger of the base image cannot be read: ${problem.message}`, node.from ?? node);
  const instructions = structuredClone(read.stages[0]?.instructions ?? []);
  moveBy(file.text.length + 1, instructions, new Set());
  const stages = file.stages.map((stage): Stage => (stage === node ? withInstructions(stage, instructions) : stage));
  return { ...file, text: `${file.text}\n${text}`, stages };
};

const withInstructions = (stage: Stage, triggers: readonly Instruction[]): Stage => ({
  ...stage,
  instructions: [...triggers, ...stage.instructions],
});

/** A tree is plain data, so that its places are found by their names. */
const moveBy = (distance: number, value: unknown, moved: Set<unknown>): void => {
  if (typeof value !== 'object' || value === null || moved.has(value)) return;
  moved.add(value);
  for (const inner of Object.values(value)) moveBy(distance, inner, moved);
  if ('start' in value && 'end' in value && typeof value.start === 'number' && typeof value.end === 'number')
    Object.assign(value, { start: value.start + distance, end: value.end + distance });
};

const validated = (file: Iechorfile, inputs: Inputs, { node }: StageInfo): ValidFile => {
  const valid = validate(file, inputs);
  if ('kind' in valid) return valid;
  throw new BuildError(
    `a trigger of the base image: ${valid[0]?.message ?? 'it cannot be carried out'}`,
    node.from ?? node,
  );
};
