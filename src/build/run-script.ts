import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '../ast/nodes.ts';
import { runText } from '../model/history.ts';
import type { MountSetup } from './run-mounts.ts';

/** Where BuildKit puts a script that is its own program. */
const PIPES = '/dev/pipes';

export interface ScriptFile {
  readonly name: string;
  readonly text: string;
}

/** `RUN <<EOF` whose body begins with `#!` is a program of its own. */
export const scriptFile = (node: Run): ScriptFile | undefined => {
  const [heredoc, another] = node.heredocs;
  if (node.command.kind === 'ExecForm' || !heredoc || another) return undefined;
  if (heredoc.start !== node.command.start || heredoc.end !== node.command.end) return undefined;
  const text = runText(node, node.command.text);
  return text.startsWith('#!') ? { name: heredoc.name, text } : undefined;
};

/** The program of a RUN, its own script if it has one, with its arguments. */
export const argvOf = (node: Run, script: ScriptFile | undefined, shell: readonly string[]): readonly string[] => {
  const { command } = node;
  if (script) return [`${PIPES}/${script.name}`];
  return command.kind === 'ExecForm'
    ? command.elements.map(({ value }) => value)
    : [...shell, runText(node, command.text)];
};

/** Puts the script into a step's work folder, from which it is mounted. */
export const scriptMount = (work: string, { name, text }: ScriptFile): NonNullable<MountSetup['mount']> => {
  const source = join(work, 'pipes');
  mkdirSync(source);
  writeFileSync(join(source, name), text);
  chmodSync(join(source, name), 0o755);
  return { type: 'bind', source, target: PIPES, isFolder: true, isReadOnly: true };
};
