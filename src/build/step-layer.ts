import type { Instruction } from '../ast/nodes.ts';
import { baseChain } from '../model/stages.ts';
import { digestOf, hexOf, type Image, type Layer } from '../oci/image.ts';
import { claimOf } from './claim.ts';
import type { StepInfo } from './events.ts';
import type { StepMade, StepPlace } from './journal.ts';
import type { Reason } from './reasons.ts';
import type { BuildRequest } from './request.ts';
import { type Claim, type Step, type StepContext, stepOf } from './steps.ts';
import type { CacheEntry } from './store.ts';
import { isoTime, now } from './times.ts';

/** A layer, and whether an earlier build has made it. */
export interface StepLayer {
  readonly layer: Layer;
  readonly created: string;
  readonly cached: boolean;
  /** Why it had to be made. */
  readonly reason?: string;
}

/** What a step stands on. */
export interface Before {
  readonly image: Image;
  /** For each layer the line of its step; undefined for those of a base image. */
  readonly lines: readonly (number | undefined)[];
  readonly place: StepPlace;
}

/** A step's layer: what an earlier build has made of the same, or new. */
export const stepLayer = async (node: Instruction, before: Before, context: StepContext): Promise<StepLayer> => {
  const { request, step } = context;
  const { image, place } = before;
  const looked = await lookUp(node, before, context);
  const { keys, made } = looked;
  if (looked.known) {
    request.journal?.note(place, made, false);
    return kept(keys, looked.known, request);
  }
  const { work, reason } = looked;
  const key = keys.at(-1) ?? '';
  const common = request.common?.get(key);
  if (common) {
    const found = await common;
    request.journal?.note(place, made, false);
    return kept(keys, { ...found, cached: true, key, keys: [] }, request);
  }
  if (reason) request.report({ kind: 'miss', step, reason });
  const making = layerMade(work, image, context);
  request.common?.set(key, making);
  const found = await making;
  request.journal?.note(place, made, true);
  const told = reason ? { reason: reason.text } : {};
  return { ...kept(keys, { ...found, cached: false, key: undefined, keys: [] }, request), ...told };
};

const layerMade = async (
  work: Step,
  image: Image,
  { bring, request }: StepContext,
): Promise<Pick<StepLayer, 'layer' | 'created'>> => {
  await bring(image);
  const layer = await work.run();
  return { layer, created: isoTime(request.epoch ?? now()) };
};

/** What is known of a step before it is made. */
type Looked = Hit | Miss;

interface Hit {
  /** Under which it may be known. */
  readonly keys: readonly string[];
  readonly made: Pick<StepMade, 'key' | 'parts'>;
  readonly known: Known;
}

interface Miss extends Omit<Hit, 'known'> {
  readonly known?: undefined;
  readonly work: Step;
  readonly reason: Reason | undefined;
}

/** Looks for what an earlier build has made of the same; else says why there is none. */
export const lookUp = async (node: Instruction, before: Before, context: StepContext): Promise<Looked> => {
  const { request, step } = context;
  const { image, place } = before;
  const asked = askedAnew(request, step);
  const claim = asked ? undefined : await claimOf(node, context);
  const claimed = claim ? [keyOf(image, claim)] : [];
  const early = knownIn(claimed, request);
  if (early) return { keys: claimed, made: { key: claimed[0] ?? '', parts: undefined }, known: early };
  const work = await stepOf(node, image, context);
  const keys = [...claimed, keyOf(image, work)];
  const made = madeOf(keys, work, before, context);
  const known = asked ? undefined : knownIn(keys, request);
  if (known) return { keys, made, known };
  return { keys, made, work, reason: asked ?? request.journal?.reason(place, made) };
};

/** What the user has said of it, where it is to be made again. */
export const askedAnew = ({ noCache, noCacheStages }: BuildRequest, { stage }: StepInfo): Reason | undefined => {
  if (noCache) return { kind: 'asked', text: '--no-cache' };
  const name = [stage.name ?? `stage-${stage.index}`, String(stage.index)].find((each) => noCacheStages?.has(each));
  return name === undefined ? undefined : { kind: 'asked', text: `--no-cache-filter ${name}` };
};

const madeOf = (keys: readonly string[], work: Step, { image, lines }: Before, { step }: StepContext): StepMade => {
  const below = work.isDetached ? [] : image.layers.map(({ diffId }) => diffId);
  const isOfBase = (_diffId: string, at: number) => lines[at] === undefined;
  const { base } = baseChain(step.stage).at(-1) ?? step.stage;
  return {
    key: keys[0] ?? '',
    parts: () => ({
      ...work.inputs(),
      base: base.kind === 'image' ? base.text : 'scratch',
      ...{ below, bases: below.filter(isOfBase).length },
    }),
    lineOf: (layer) => lines[layer],
  };
};

/** What the step stands on, what it says and what it reads. */
const keyOf = ({ layers }: Image, { data, isDetached }: Claim): string =>
  hexOf(digestOf(JSON.stringify([isDetached ? [] : layers.map(({ diffId }) => diffId), data])));

interface Known extends StepLayer {
  /** Of the store's own record. */
  readonly key: string | undefined;
  /** Of other records. */
  readonly keys: readonly string[];
}

const knownIn = (keys: readonly string[], { store, remote }: BuildRequest): Known | undefined => {
  for (const key of keys) {
    const own = store.cached(key);
    const { layer, created, keys: others = [] } = own ?? remote?.entry(key) ?? {};
    if (layer && created !== undefined) return { layer, created, cached: true, key: own && key, keys: others };
  }
  return undefined;
};

/** What another machine says may turn out to be wrong, so that it is not remembered yet. */
const kept = (own: readonly string[], found: Known, { store, record }: BuildRequest): StepLayer => {
  const { layer, created, cached } = found;
  const keys = [...new Set([...own, ...found.keys])];
  const isOwn = !cached || found.key !== undefined;
  if (isOwn) for (const key of own) if (key !== found.key) store.remember(key, entryOf(keys, layer, created));
  record?.({ keys, layer, created });
  return { layer, created, cached };
};

/** Most steps have one key alone. */
export const entryOf = (keys: readonly string[], layer: Layer, created: string): CacheEntry =>
  keys.length > 1 ? { layer, created, keys } : { layer, created };
