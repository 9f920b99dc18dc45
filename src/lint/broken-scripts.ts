import type { Iechorfile } from '../ast/nodes.ts';
import type { Model } from '../model/index.ts';
import type { Range } from '../source/range.ts';
import type { Edit } from './diagnostic.ts';
import { isFormatting } from './formatting.ts';
import type { Problem, Rule } from './rule.ts';

/** The scripts that the shell cannot read, behind the keyword of their instruction: where their words begin and end is a guess. */
export const brokenScriptsIn = (file: Iechorfile, model: Model): readonly Range[] =>
  file.instructions.flatMap((instruction) => {
    const node = instruction.kind === 'Onbuild' ? instruction.trigger : instruction;
    const script = model.scriptOf(node);
    if (script === undefined || script.problems.length === 0) return [];
    return [{ start: Math.max(script.start, node.keyword.end + 1), end: script.end }];
  });

/** A problem without a fix inside such a script; what only lays out needs no more than the lines. */
export const withoutGuess = (scripts: () => readonly Range[], rule: Rule, problem: Problem): Problem =>
  problem.fix && !isFormatting(rule) && isInOne(scripts(), problem.fix.edits)
    ? { ...problem, fix: undefined }
    : problem;

const isInOne = (scripts: readonly Range[], edits: readonly Edit[]): boolean =>
  scripts.some(({ start, end }) => edits.some(({ range }) => start <= range.start && range.end <= end));
