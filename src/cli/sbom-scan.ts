import { type Scanner, scannedBy } from '../build/attest/scan.ts';
import { execute } from '../build/execute.ts';
import { type Model, modelOf } from '../model/index.ts';
import { reachedFrom, type StageInfo, targetOf } from '../model/stages.ts';
import type { Attestation } from '../oci/attestation.ts';
import type { Image } from '../oci/image.ts';
import type { Scene } from './witness.ts';

/** What a scanner says of an image, and of what else the file says that it is to look at. Throws ImageError. */
export const scanned = async (
  { valid, request }: Pick<Scene, 'valid' | 'request'>,
  scanner: Scanner,
  image: Image,
): Promise<readonly Attestation[]> => {
  const model = modelOf(valid.file, request.inputs);
  const target = targetOf(model.stages, request.inputs.target);
  const others = target ? [...reachedFrom(target)].filter((stage) => stage !== target) : [];
  const stages = new Map<string, Image>();
  const { journal: _journal, ...quiet } = { ...request, noCache: false, report: () => {} };
  for (const stage of others.toSorted((a, b) => a.index - b.index)) {
    if (!isAsked(model, stage, 'BUILDKIT_SBOM_SCAN_STAGE')) continue;
    // Its steps have been carried out, and are known.
    const inputs = { ...request.inputs, target: stage.name ?? String(stage.index) };
    const [built] = await execute([{ valid, request: { ...quiet, inputs } }]);
    if (built) stages.set(stage.name ?? `stage-${stage.index}`, built.image);
  }
  const hasContext = target !== undefined && isAsked(model, target, 'BUILDKIT_SBOM_SCAN_CONTEXT');
  return scannedBy(scanner, { image, stages, hasContext }, request);
};

/** By an ARG of the stage, or one before the first FROM: true, false, or names of stages. */
const isAsked = (model: Model, stage: StageInfo, name: string): boolean => {
  const { args, bindings } = model.stateAfter(stage);
  const value = (args.has(name) ? bindings.get(name)?.value : undefined) ?? model.globals.bindings.get(name)?.value;
  if (value === undefined || /^(?:0|f|false)$/i.test(value)) return false;
  return /^(?:1|t|true)$/i.test(value) || (stage.name !== undefined && value.split(',').includes(stage.name));
};
