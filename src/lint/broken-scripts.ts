import type { Iechorfile, Instruction } from '../ast/nodes.ts';
import type { Model } from '../model/index.ts';
import type { Range } from '../source/range.ts';
import type { Edit } from './diagnostic.ts';
import { instructionAt } from './places.ts';

/** Whether one of the edits is in a script that the shell cannot read: where its words begin and end is a guess there. */
export const isInBrokenScript = (file: Iechorfile, model: Model, edits: readonly Edit[]): boolean =>
  edits.some(({ range }) => {
    const node = instructionAt(file, range.start);
    return node !== undefined && isBroken(model, node.kind === 'Onbuild' ? node.trigger : node, range);
  });

const isBroken = (model: Model, node: Instruction, { start, end }: Range): boolean => {
  if (start <= node.keyword.end) return false;
  const script = model.scriptOf(node);
  return script !== undefined && script.problems.length > 0 && script.start <= start && end <= script.end;
};
