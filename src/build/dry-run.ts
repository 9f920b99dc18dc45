import type { Add, Instruction } from '../ast/nodes.ts';
import { imageKey, parentOf, type StageInfo } from '../model/stages.ts';
import type { ValidFile } from '../model/validate.ts';
import { append, emptyImage, type Image } from '../oci/image.ts';
import type { StepInfo } from './events.ts';
import { readGitAddress } from './git.ts';
import { masked } from './masked-url.ts';
import type { StepNote } from './notes.ts';
import { baseImageOf } from './onbuild.ts';
import { type HistoryStep, imageOf, type Prepared, prepare, stagesFor, stepsOf, twinOf } from './prepare.ts';
import type { Reason } from './reasons.ts';
import type { BuildRequest } from './request.ts';
import { askedAnew, type Before, lookUp } from './step-layer.ts';
import type { StepContext } from './steps.ts';
import { READ_ONLY } from './store.ts';
import { isWebAddress } from './web-address.ts';

/**
 * What a build would do with a step that makes a layer. `depends`: it is known when what it waits for is built. What is
 * `build` by its own inputs before that may still be in the cache, of a build that had the same.
 */
export interface PlannedStep {
  readonly step: StepInfo;
  readonly note: StepNote;
  readonly state: 'cached' | 'build' | 'depends';
  /** Of those that are not cached. */
  readonly reason: Reason | undefined;
}

export interface PlannedStage {
  readonly stage: StageInfo;
  readonly steps: readonly PlannedStep[];
}

/** What a build would do. */
export interface DryRun {
  readonly target: StageInfo;
  readonly stages: readonly PlannedStage[];
  /** Stages that the target does without. */
  readonly unneeded: readonly StageInfo[];
  /** Base images that would be pulled, by their keys. */
  readonly absent: ReadonlySet<string>;
}

/** Says what a build would do, and does nothing; `imageHere` gives no image that would have to be fetched. Throws BuildError. */
export const dryRun = async (
  file: ValidFile,
  asked: BuildRequest,
  imageHere: (text: string, platform?: string) => Promise<Image | undefined>,
): Promise<DryRun> => {
  const absent = new Set<string>();
  const imageNamed = async (text: string, platform?: string): Promise<Image> => {
    const image = await imageHere(text, platform);
    if (!image) absent.add(imageKey(text, platform));
    return image ?? emptyImage(asked.platform);
  };
  const request = { ...asked, imageNamed };
  const prepared = await prepare(file, request);
  const { model, target, needed } = prepared;
  const ends = new Map<StageInfo, Promise<End>>();
  const endOf = (stage: StageInfo): Promise<End> => {
    const twin = twinOf(model, stage);
    const known = ends.get(twin) ?? plannedStage(twin, { request, prepared, absent, endOf });
    ends.set(twin, known);
    return known;
  };
  const stages = await Promise.all(
    needed.toSorted((a, b) => a.index - b.index).map(async (stage) => ({ stage, steps: (await endOf(stage)).steps })),
  );
  const unneeded = model.stages.filter(
    (stage) => stage.index >= 0 && !needed.some(({ index }) => index === stage.index),
  );
  return { target, stages, unneeded, absent };
};

interface Around {
  readonly request: BuildRequest;
  readonly prepared: Prepared;
  readonly absent: ReadonlySet<string>;
  readonly endOf: (stage: StageInfo) => Promise<End>;
}

/** What a stage ends with as far as it is known. */
interface End {
  readonly image: Image;
  readonly lines: readonly (number | undefined)[];
  /** What its image is not known before; undefined where it is known. */
  readonly waitsFor: string | undefined;
  readonly steps: readonly PlannedStep[];
}

const plannedStage = async (stage: StageInfo, around: Around): Promise<End> => {
  let end: End = { ...(await startOf(stage, around)), steps: [] };
  for (const each of stepsOf(around.prepared.model, stage)) {
    if (!each.entry.hasLayer) continue;
    const { planned, image = end.image } = await plannedStep(each, end, around);
    const { note, state } = planned;
    end = {
      image,
      lines: [...end.lines, note.line],
      waitsFor: state === 'cached' ? end.waitsFor : `line ${note.line} is built`,
      steps: [...end.steps, planned],
    };
  }
  return end;
};

const startOf = async (stage: StageInfo, { request, prepared, absent, endOf }: Around): Promise<Omit<End, 'steps'>> => {
  const parent = parentOf(stage);
  if (parent) return endOf(parent);
  const key = stage.base.kind === 'image' ? imageKey(stage.base.text, stage.platform) : undefined;
  const image = baseImageOf(stage, prepared.bases) ?? emptyImage(request.platform);
  const waitsFor = key !== undefined && absent.has(key) ? `the base image ${key} is pulled` : undefined;
  return { image, lines: image.layers.map(() => undefined), waitsFor };
};

interface Planned {
  readonly planned: PlannedStep;
  /** Where it is known. */
  readonly image?: Image;
}

const plannedStep = async (
  { step, entry, note, place }: HistoryStep,
  before: End,
  around: Around,
): Promise<Planned> => {
  const made = (state: PlannedStep['state'], reason?: Reason): PlannedStep => ({ step, note, state, reason });
  const waits = (what: string): Reason => ({
    kind: 'waits',
    text: `${step.node.keyword.text.toUpperCase()}: known when ${what}`,
  });
  const asked = askedAnew(around.request, step);
  if (asked) return { planned: made('build', asked) };
  const source = await sourceAwaited(step.node, around);
  const waitsFor = (standsAlone(step.node) ? undefined : before.waitsFor) ?? source;
  const here: Before = { ...before, place: place() };
  const context = contextOf(step, around);
  if (waitsFor !== undefined) {
    const own = await ownReason(step, here, context, source === undefined);
    return { planned: own ? made('build', own) : made('depends', waits(waitsFor)) };
  }
  const looked = await ifHere(() => lookUp(step.node, here, context));
  if (!looked) return { planned: made('depends', waits('layers of another machine are fetched')) };
  if (!looked.known) return { planned: made('build', looked.reason) };
  return { planned: made('cached'), image: append(before.image, looked.known.layer, { created_by: entry.text }) };
};

/** Undefined where something would have to be put into the store first. */
const ifHere = async <T>(action: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await action();
  } catch (error) {
    if (error instanceof Error && error.message === READ_ONLY) return undefined;
    throw error;
  }
};

/** Why a step is built whatever it will stand on. */
const ownReason = async (
  step: StepInfo,
  before: Before,
  context: StepContext,
  isReadable: boolean,
): Promise<Reason | undefined> => {
  const { journal } = context.request;
  const reason = journal?.reason(before.place, { key: '', parts: undefined, lineOf: () => undefined });
  if (reason?.kind === 'first' || reason?.kind === 'instruction') return reason;
  const looked = isReadable ? await ifHere(() => lookUp(step.node, before, context)) : undefined;
  return looked && !looked.known && looked.reason?.kind === 'input' ? looked.reason : undefined;
};

const contextOf = (step: StepInfo, { request, prepared, endOf }: Around): StepContext => ({
  model: prepared.model,
  ...{ step, request },
  build: async (stage) => (await endOf(stage)).image,
  bring: async (image) => {
    await request.remote?.bring(image.layers);
    return image;
  },
  imageNamed: imageOf(prepared.bases, request),
  throwIfStopped: () => undefined,
});

/** Whether a step gives the same on whatever it stands. */
const standsAlone = ({ kind, flags }: Instruction): boolean =>
  (kind === 'Copy' || kind === 'Add') &&
  flags.some(({ name, value }) => name.text === 'link' && value?.text !== 'false');

/** A stage, an image or an address that has to be there before it is known what a step reads. */
const sourceAwaited = async (node: Instruction, around: Around): Promise<string | undefined> => {
  const { request, prepared, absent, endOf } = around;
  const { model } = prepared;
  for (const stage of stagesFor(model, node)) {
    const { waitsFor } = await endOf(stage);
    if (waitsFor !== undefined) return waitsFor;
  }
  for (const { text, stage } of model.stages.flatMap(({ references }) =>
    references.filter((each) => each.node === node),
  )) {
    if (stage || text === undefined || (await request.contextNamed?.(text))) continue;
    await imageOf(prepared.bases, request)(text);
    if (absent.has(text)) return `the image ${text} is pulled`;
  }
  const address = node.kind === 'Add' ? addressIn(node, around) : undefined;
  return address === undefined ? undefined : `${masked(address)} is fetched`;
};

const addressIn = (node: Add, { prepared: { model } }: Around): string | undefined =>
  node.sources
    .filter(({ heredoc }) => !heredoc)
    .map((word) => model.expand(word, node).value ?? word.raw)
    .find((value) => isWebAddress(value) || readGitAddress(value) !== undefined);
