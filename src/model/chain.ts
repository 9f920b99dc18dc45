import type { Instruction } from '../ast/nodes.ts';
import type { Model } from './index.ts';
import { baseChain, type StageInfo } from './stages.ts';

/** A stage and those it is built on by FROM, the first one first. */
export const stageChain = (stage: StageInfo): readonly StageInfo[] => baseChain(stage).toReversed();

/** What an instruction stands on: the instructions above it in its stage, and before them those of the stages it is built on. */
export const instructionsBefore = (model: Model, node: Instruction): readonly Instruction[] => {
  const own = model.stageOf(node);
  if (!own) return [];
  const all = stageChain(own).flatMap((stage) => stage.node.instructions);
  return all.slice(0, Math.max(0, all.indexOf(node)));
};
