import type { Run } from '../ast/nodes.ts';
import type { ShellCommand, ShellWord } from '../shell/index.ts';
import { isFree, solidRanges } from './continued-lines.ts';
import type { Model } from './index.ts';
import { installOf, type PackageManager } from './packages.ts';

/** Packages of one install between which nothing stands but white space, or a continuation. */
export interface PackageList {
  readonly command: ShellCommand;
  readonly manager: PackageManager;
  /** Two or more. */
  readonly words: readonly ShellWord[];
}

/** The lists of packages that a RUN installs, outside of heredocs and of what it gives to another shell. */
export const packageLists = (model: Model, node: Run): readonly PackageList[] => {
  if (node.heredocs.length > 0 || node.command.kind === 'ExecForm') return [];
  const solid = solidRanges(model, node);
  const lists: PackageList[] = [];
  for (const command of model.commandsOf(node)) {
    const install = installOf(command);
    if (install === undefined) continue;
    for (const words of runsOf(model, install.packages, solid))
      if (words.length > 1) lists.push({ command, manager: install.manager, words });
  }
  return lists;
};

type Solid = ReturnType<typeof solidRanges>;

const runsOf = (model: Model, words: readonly ShellWord[], solid: Solid): readonly (readonly ShellWord[])[] => {
  const runs: ShellWord[][] = [];
  for (const word of words) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run && last && isNext(model, last, word, solid)) run.push(word);
    else runs.push([word]);
  }
  return runs;
};

const isNext = ({ file }: Model, { end }: ShellWord, { start }: ShellWord, solid: Solid): boolean =>
  end < start && isFree({ start: end, end: start }, solid) && isGap(file.text.slice(end, start), file.escape);

/** Whether it is white space, with at most one continuation: a line with nothing else sets parts of a list apart. */
const isGap = (text: string, escape: string): boolean => {
  const [first = '', second, ...more] = text.split('\n');
  if (second === undefined) return /^[\t ]*$/.test(first);
  return more.length === 0 && first.trim() === escape && /^[\t ]*$/.test(second);
};
