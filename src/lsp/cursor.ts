import type { Instruction } from '../ast/nodes.ts';
import type { Binding, Model, State } from '../model/index.ts';
import { instructionAt, type OpenFile } from './open-file.ts';

/** Where something is being written: the words of the instruction up to there, which need not be whole. */
export interface Cursor {
  readonly offset: number;
  /** The instruction's word in upper case, that of the trigger behind ONBUILD; empty while it is being written. */
  readonly keyword: string;
  /** The flags before the cursor, such as `--from=build`. */
  readonly flags: readonly string[];
  /** The other words before it. */
  readonly words: readonly string[];
  /** The word that ends at the cursor, perhaps empty. */
  readonly word: string;
}

export const cursorAt = ({ file: { text, escape } }: OpenFile, offset: number): Cursor => {
  const before = joinedBefore(text, offset, escape);
  const all = before.trimStart().split(/\s+/);
  const word = all.pop() ?? '';
  if (all[0]?.toUpperCase() === 'ONBUILD') all.shift();
  const keyword = all.shift()?.toUpperCase() ?? '';
  const flags = all.filter((each, index) => each.startsWith('--') && all.slice(0, index).every(isFlag));
  return { offset, keyword, flags, words: all.slice(flags.length), word };
};

const isFlag = (word: string): boolean => word.startsWith('--');

/** The line up to the offset, with those that it continues; comments between them left out. */
const joinedBefore = (text: string, offset: number, escape: string): string => {
  let joined = '';
  let end = offset;
  for (;;) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(start, end);
    const isPassed = end !== offset && /^[\t ]*(?:#|\r?$)/.test(line);
    const continued = line.trimEnd().endsWith(escape);
    if (end !== offset && !isPassed && !continued) return joined;
    if (!isPassed) joined = (end === offset ? line : `${line.trimEnd().slice(0, -1)} `) + joined;
    if (start <= 1) return joined;
    end = start - 1;
  }
};

/** The variables that can be put in at the cursor. */
export const bindingsAt = (
  { file, model }: OpenFile,
  { offset, keyword }: Cursor,
): Iterable<readonly [string, Binding]> => {
  if (keyword === 'FROM') return model.globals.bindings;
  const node = instructionAt(file, offset);
  if (node) return stateMet(model, node).bindings;
  const last = lastBefore(file.instructions, offset);
  return last ? model.stateLeftBy(last).bindings : model.globals.bindings;
};

const stateMet = (model: Model, node: Instruction): State => model.stateBefore(node);

/** The instruction above the offset. */
export const lastBefore = (instructions: readonly Instruction[], offset: number): Instruction | undefined =>
  instructions.findLast(({ end }) => end <= offset);
