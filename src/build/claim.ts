import type { Copy, Instruction } from '../ast/nodes.ts';
import { copyFlags } from './copy-flags.ts';
import { destinationOf } from './copy-step.ts';
import { imageFrom } from './image-from.ts';
import type { Claim, StepContext } from './steps.ts';

/**
 * What decides the result of a copy from another image, without a look at the files: all of that image. Undefined where the
 * step reads something else.
 */
export const claimOf = (node: Instruction, context: StepContext): undefined | Promise<Claim | undefined> =>
  node.kind === 'Copy' && node.heredocs.length === 0 && node.flags.some(({ name }) => name.text === 'from')
    ? copyClaim(node, context)
    : undefined;

const copyClaim = async (node: Copy, context: StepContext): Promise<Claim | undefined> => {
  const { model, request } = context;
  const { from, chown = '', chmod, link, parents, excluded } = copyFlags(model, node);
  if (from === undefined || (await request.contextNamed?.(from))) return undefined;
  const { layers } = await imageFrom(from, node, context);
  const sources = node.sources.map((word) => model.expand(word, node).value ?? word.raw);
  const said = [sources, destinationOf(node, context), chown, chmod, link, parents, excluded, request.epoch ?? 'keep'];
  return { data: ['copy of', layers.map(({ diffId }) => diffId), ...said], isDetached: link };
};
