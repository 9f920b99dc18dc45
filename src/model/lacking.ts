import type { Model } from './index.ts';
import { baseChain, type StageInfo } from './stages.ts';

/** The stages that lack something: it is neither in them, nor in what they are built on, nor in any stage that takes from them. */
export const stagesLacking = (model: Model, has: (stage: StageInfo) => boolean): readonly StageInfo[] => {
  const lacking = new Map<StageInfo, boolean>();
  const isLacking = (stage: StageInfo): boolean => {
    const known = lacking.get(stage);
    if (known !== undefined) return known;
    lacking.set(stage, true);
    const isHere = baseChain(stage).some(has);
    const answer = !isHere && takersOf(model, stage).every((taker) => isLacking(taker));
    lacking.set(stage, answer);
    return answer;
  };
  return model.stages.filter((stage) => stage.node.from && isLacking(stage));
};

const takersOf = (model: Model, stage: StageInfo): readonly StageInfo[] =>
  model.referencesTo(stage).flatMap(({ node }) => model.stageOf(node) ?? []);
