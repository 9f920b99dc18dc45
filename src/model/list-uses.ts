import type { Run } from '../ast/nodes.ts';
import { isShell, type ShellCommand, subcommandOf } from '../shell/index.ts';
import type { Model } from './index.ts';
import { installOf, isIndexUpdate, managerOf } from './packages.ts';
import type { StageInfo } from './stages.ts';

/** Whether apt's lists are read: by an install, or perhaps, by a script. */
export type ListUse = 'certain' | 'possible';

/** Whether something behind a RUN, in its stage or one that is built on it, reads the lists that it leaves. */
export const laterListUses = (model: Model): ReadonlyMap<Run, ListUse> => {
  const uses = new Map<Run, ListUse>();
  const behind = new Map<StageInfo, ListUse>();
  // From the end: what is built on a stage stands below it.
  for (const stage of model.stages.toReversed()) {
    const first = usesInStage(model, stage, behind.get(stage), uses);
    const base = stage.base.kind === 'stage' ? stage.base.stage : undefined;
    if (base && first && behind.get(base) !== 'certain') behind.set(base, first);
  }
  return uses;
};

/** What the stage's first command with a say in it makes of lists that it finds. */
const usesInStage = (
  model: Model,
  stage: StageInfo,
  behind: ListUse | undefined,
  uses: Map<Run, ListUse>,
): ListUse | undefined => {
  let use = behind;
  for (const node of stage.node.instructions.toReversed()) {
    if (node.kind !== 'Run') continue;
    if (use) uses.set(node, use);
    for (const command of model.commandsOf(node).toReversed()) use = useOf(command, use);
  }
  return use;
};

const useOf = (command: ShellCommand, behind: ListUse | undefined): ListUse | undefined => {
  if (isListUse(command)) return 'certain';
  if (managerOf(command)?.name === 'apt' && isIndexUpdate(command)) return undefined;
  return isListReader(command) || isScript(command) ? 'possible' : behind;
};

/** Whether the command installs from the lists of apt. */
export const isListUse = (command: ShellCommand): boolean => {
  const manager = managerOf(command);
  if (manager?.name !== 'apt') return false;
  return manager.upgrade.includes(subcommandOf(command) ?? '') || (installOf(command)?.packages.length ?? 0) > 0;
};

const READERS = new Set(['apt-cache', 'apt-file', 'gdebi', 'mk-build-deps', 'rosdep', 'tasksel', 'apt-rdepends']);

/** Whether the command reads them for something else. */
export const isListReader = ({ name }: ShellCommand): boolean => READERS.has(name ?? '');

const isScript = ({ name, word }: ShellCommand): boolean =>
  isShell(name) || /\.sh$|install|setup|bootstrap/.test(word?.raw ?? '');
