import type { Add, Copy, Run } from '../ast/nodes.ts';
import type { Reference } from '../model/stages.ts';
import type { Image } from '../oci/image.ts';
import type { StepContext } from './steps.ts';

/** The stage or image that an instruction takes files from by a name; a RUN may do so by several. */
export const imageFrom = (from: string, node: Copy | Add | Run, context: StepContext): Promise<Image> => {
  const { model, step, build, imageNamed } = context;
  const isMeant = (each: Reference) => each.node === node && (each.kind !== 'mount' || each.text === from);
  // A trigger is written in another stage than it runs in.
  const own = step.stage.references.find(isMeant);
  const reference = own ?? model.stages.flatMap(({ references }) => references).find(isMeant);
  const stage = reference?.stage && model.stages.find(({ index }) => index === reference.stage?.index);
  return stage ? build(stage) : imageNamed(from);
};
