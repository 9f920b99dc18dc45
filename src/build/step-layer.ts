import type { Instruction } from '../ast/nodes.ts';
import { digestOf, hexOf, type Image, type Layer } from '../oci/image.ts';
import { claimOf } from './claim.ts';
import type { BuildRequest } from './execute.ts';
import { type Step, type StepContext, stepOf } from './steps.ts';
import { isoTime, now } from './times.ts';

/** A layer, and whether an earlier build has made it. */
export interface StepLayer {
  readonly layer: Layer;
  readonly created: string;
  readonly cached: boolean;
}

/** A step's layer: what an earlier build has made of the same, or new. */
export const stepLayer = async (node: Instruction, before: Image, context: StepContext): Promise<StepLayer> => {
  const { request } = context;
  const claim = request.noCache ? undefined : await claimOf(node, context);
  const claimed = claim ? [keyOf(before, claim)] : [];
  const early = knownIn(claimed, request);
  if (early) return kept(claimed, early, request);
  const work = await stepOf(node, before, context);
  const keys = [...claimed, keyOf(before, work)];
  const known = knownIn(keys, request);
  if (known) return kept(keys, known, request);
  await context.bring(before);
  const layer = await work.run();
  const created = isoTime(request.epoch ?? now());
  return kept(keys, { layer, created, cached: false, key: undefined }, request);
};

/** What the step stands on, what it says and what it reads. */
const keyOf = ({ layers }: Image, { data, isDetached }: Omit<Step, 'run'>): string =>
  hexOf(digestOf(JSON.stringify([isDetached ? [] : layers.map(({ diffId }) => diffId), data])));

interface Known extends StepLayer {
  /** Of the store's own record. */
  readonly key: string | undefined;
}

const knownIn = (keys: readonly string[], { store, remote, noCache }: BuildRequest): Known | undefined => {
  if (noCache) return undefined;
  for (const key of keys) {
    const own = store.cached(key);
    const { layer, created } = own ?? remote?.entry(key) ?? {};
    if (layer && created !== undefined) return { layer, created, cached: true, key: own && key };
  }
  return undefined;
};

/** A layer that is elsewhere may turn out to be none, so that it is not remembered yet. */
const kept = (keys: readonly string[], { key: own, ...found }: Known, { store, record }: BuildRequest): StepLayer => {
  const { layer, created } = found;
  const others = keys.filter((key) => key !== own);
  if (others.length > 0 && store.hasBlob(layer.diffId))
    for (const key of others) store.remember(key, { layer, created });
  record?.({ keys, layer, created });
  return found;
};
