import type { Instruction } from '../ast/nodes.ts';
import type { ShellCommand } from '../shell/index.ts';
import { instructionsBefore } from './chain.ts';
import type { Model } from './index.ts';
import { managerOf } from './packages.ts';
import { shellReader } from './sh-program.ts';

/** Whether the `wget` that a command of the instruction runs is that of GNU; undefined where the file does not tell. */
export const isGnuWget = (model: Model, node: Instruction, command: ShellCommand): boolean | undefined => {
  const before = instructionsBefore(model, node).filter(({ kind }) => kind === 'Run');
  const own = model.commandsOf(node);
  const commands = [...before.flatMap((run) => model.commandsOf(run)), ...own.slice(0, own.indexOf(command))];
  const managed = commands.filter(managerOf);
  const managers = new Set(managed.map((each) => managerOf(each)?.name));
  if (managers.has('apk'))
    return managed.some((each) => managerOf(each)?.name === 'apk' && installsWget(each)) || undefined;
  if (['apt', 'yum', 'dnf', 'microdnf', 'zypper'].some((name) => managers.has(name))) return true;
  const { program } = shellReader(model, node);
  return program === undefined ? undefined : program !== 'busybox';
};

const installsWget = ({ operands }: ShellCommand): boolean => operands.some(({ text }) => text === 'wget');
