import type { Instruction } from '../ast/nodes.ts';
import type { Problems, Visitor, Where } from './rule.ts';

/** Asks the same of every instruction whose words BuildKit expands with the state before it, and of the scripts of RUN. */
export const whereWordsExpand = (visit: (node: Instruction, where: Where) => Problems | undefined): Visitor => ({
  Add: visit,
  Arg: visit,
  Copy: visit,
  Env: visit,
  Expose: visit,
  Label: visit,
  Run: visit,
  Stopsignal: visit,
  User: visit,
  Volume: visit,
  Workdir: visit,
});
