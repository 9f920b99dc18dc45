import type { ShellCommand } from './command.ts';
import { commandsOf } from './commands.ts';
import type { Script } from './nodes.ts';

/** Options of the shell that decide what becomes of a failure. */
export interface ShellOptions {
  readonly errexit: boolean;
  readonly nounset: boolean;
  readonly xtrace: boolean;
  readonly pipefail: boolean;
}

const OFF: ShellOptions = { errexit: false, nounset: false, xtrace: false, pipefail: false };

const LETTERS: Readonly<Record<string, keyof ShellOptions>> = { e: 'errexit', u: 'nounset', x: 'xtrace' };

/** What the arguments of `set`, or of a shell before its `-c`, turn on and off. */
export const withOptions = (options: ShellOptions, words: readonly (string | undefined)[]): ShellOptions => {
  const changed = { ...options };
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === undefined || !/^[-+]\w/.test(word)) break;
    const on = word.startsWith('-');
    for (const letter of word.slice(1)) {
      const name = letter === 'o' ? words[++index] : LETTERS[letter];
      if (isOptionName(name)) changed[name] = on;
    }
  }
  return changed;
};

const isOptionName = (name: string | undefined): name is keyof ShellOptions =>
  name !== undefined && Object.hasOwn(OFF, name);

/** The options that the script's leading `set` commands put in force for all that follows. */
export const setOptions = (script: Script, before: ShellOptions = OFF): ShellOptions => {
  let options = before;
  for (const command of commandsOf(script)) {
    if (command.name !== 'set' || command.isolated || command.conditional) break;
    options = withOptions(
      options,
      command.arguments.map((word) => word.text),
    );
  }
  return options;
};

/** A command that changes the directory for what follows; no target where only the run will tell. */
export interface DirectoryChange {
  readonly command: ShellCommand;
  readonly target: string | undefined;
}

/** Every `cd` and `pushd`; in a subshell (`command.isolated`) it holds for that alone. */
export const directoryChanges = (script: Script): readonly DirectoryChange[] =>
  commandsOf(script)
    .filter(({ name }) => name === 'cd' || name === 'pushd')
    .map((command) => ({ command, target: command.operands[0]?.text }));
