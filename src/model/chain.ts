import type { Instruction } from '../ast/nodes.ts';
import type { Model } from './index.ts';
import { baseChain, parentOf, type StageInfo } from './stages.ts';

/** A stage and those it is built on by FROM, the first one first. */
export const stageChain = (stage: StageInfo): readonly StageInfo[] => baseChain(stage).toReversed();

/** As far back as is looked; of five thousand real files five are longer. */
const MOST_BEFORE = 200;

/**
 * What an instruction stands on: those above it in its stage, and before them those of the stages it is built on; of
 * very many the nearest, so that time stays in proportion to the file.
 */
export const instructionsBefore = (model: Model, node: Instruction): readonly Instruction[] => {
  const own = model.stageOf(node);
  if (!own) return [];
  const { instructions } = own.node;
  const at = placeIn(instructions, node);
  const parts = [instructions.slice(Math.max(0, at - MOST_BEFORE), at)];
  let room = MOST_BEFORE - Math.min(at, MOST_BEFORE);
  for (let next = parentOf(own); next && room > 0; next = parentOf(next)) {
    const part = next.node.instructions.slice(-room);
    parts.push(part);
    room -= part.length;
  }
  return parts.length === 1 ? (parts[0] ?? []) : parts.reverse().flat();
};

/** How many stand before the node; the list is in order of place. */
const placeIn = (instructions: readonly Instruction[], { start }: Instruction): number => {
  let low = 0;
  let high = instructions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((instructions[middle]?.start ?? start) < start) low = middle + 1;
    else high = middle;
  }
  return low;
};
