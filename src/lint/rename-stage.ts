import { type Model, nameRangeOf, type Reference, type StageInfo } from '../model/index.ts';
import type { Edit } from './diagnostic.ts';
import { replace } from './edits.ts';

/**
 * The edits that give a stage another name, at its FROM and at each place that means it; undefined where one of these
 * is not written plainly. Numbers, and what the caller leaves alone, stay.
 */
export const renameStage = (
  model: Model,
  stage: StageInfo,
  name: string,
  isMeant: (reference: Reference) => boolean = () => true,
): readonly Edit[] | undefined => {
  const own = stage.node.from?.name;
  if (!own) return undefined;
  const edits = [replace(own, name)];
  for (const reference of model.referencesTo(stage)) {
    if (/^\+?\d+$/.test(reference.text ?? '') || !isMeant(reference)) continue;
    const range = nameRangeOf(model.file, reference);
    if (!range) return undefined;
    edits.push(replace(range, name));
  }
  return edits;
};
