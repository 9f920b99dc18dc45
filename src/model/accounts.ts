import type { Instruction } from '../ast/nodes.ts';
import type { ShellCommand, ShellWord } from '../shell/index.ts';
import { stageChain } from './chain.ts';
import type { Model } from './index.ts';
import { shellValue } from './shell-paths.ts';
import type { StageInfo } from './stages.ts';

/** An account that a RUN makes. */
export interface Account {
  readonly name: string;
  readonly node: Instruction;
  readonly command: ShellCommand;
  /** Where its name stands. */
  readonly word: ShellWord;
  /** Whether it is made for a service and not for a person. */
  readonly isSystem: boolean;
}

/** The accounts that a stage and those below it make, in order; those whose name a variable hides are left out. */
export const accountsOf = (model: Model, stage: StageInfo): readonly Account[] =>
  stageChain(stage).flatMap(({ node: { instructions } }) =>
    instructions.flatMap((node) => (node.kind === 'Run' ? accountsIn(model, node) : [])),
  );

const accountsIn = (model: Model, node: Instruction): readonly Account[] => {
  // Reading the shell text costs more than looking at it.
  if (!/useradd|adduser/.test(model.file.text.slice(node.start, node.end))) return [];
  return model.commandsOf(node).flatMap((command) => {
    const word = nameWord(command);
    const name = word && shellValue(model, node, word);
    if (!word || !name || !/^[a-z_][\w.-]*\$?$/i.test(name)) return [];
    return [{ name, node, command, word, isSystem: command.has('-r', '-S', '--system') }];
  });
};

const nameWord = (command: ShellCommand): ShellWord | undefined => {
  if (command.name === 'useradd') return command.has('-D', '--defaults') ? undefined : command.operands.at(-1);
  // With two operands it puts an account into a group.
  return command.name === 'adduser' && command.operands.length === 1 ? command.operands[0] : undefined;
};
