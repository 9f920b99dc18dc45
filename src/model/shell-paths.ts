import type { Instruction } from '../ast/nodes.ts';
import { type ShellCommand, type ShellWord, type ShellWordPart, variablesOf } from '../shell/index.ts';
import type { Model } from './index.ts';
import { cleanPath, isAbsolutePath } from './paths.ts';

/** The value of a shell word where the instructions above tell it: ARG and ENV put in, patterns as written. */
export const shellValue = (model: Model, node: Instruction, word: ShellWord): string | undefined => {
  if (word.text !== undefined) return word.text;
  let value = '';
  for (const part of word.parts) {
    const piece = partValue(model, node, part);
    if (piece === undefined) return undefined;
    value += piece;
  }
  return value;
};

const partValue = (model: Model, node: Instruction, part: ShellWordPart): string | undefined => {
  if (part.kind === 'Literal' || part.kind === 'Pattern') return part.value;
  if (part.kind !== 'Variable' || part.operator !== undefined) return undefined;
  const script = model.scriptOf(node);
  if (script && isSetIn(script, part.name)) return undefined;
  const value = model.stateBefore(node).bindings.get(part.name)?.value;
  // Without quotes the shell would split it.
  return value !== undefined && (part.quoted || !/[\s*?[]/.test(value)) ? value : undefined;
};

const isSetIn = (script: Parameters<typeof variablesOf>[0], name: string): boolean => {
  const { assigned, opaque } = variablesOf(script);
  return opaque || assigned.some((assignment) => assignment.name === name);
};

/** The directory that a command of a RUN works in; undefined when the file does not tell. `start` is that of the RUN. */
export const directoryOf = (
  model: Model,
  node: Instruction,
  command: ShellCommand,
  start = model.stateBefore(node).workdir,
): string | undefined => {
  let directory = start;
  for (const before of model.commandsOf(node)) {
    if (before === command) return directory;
    if (before.name !== 'cd' && before.name !== 'pushd' && before.name !== 'popd') continue;
    const [target] = before.operands;
    const path = target && shellValue(model, node, target);
    if (path === undefined || before.isolated || before.conditional) return undefined;
    directory = isAbsolutePath(path) ? path : directory && cleanPath(`${directory}/${path}`);
  }
  return undefined;
};

/** The absolute path that a word of a command names; undefined when the file does not tell. */
export const shellPath = (
  model: Model,
  node: Instruction,
  command: ShellCommand,
  word: ShellWord,
): string | undefined => {
  const path = shellValue(model, node, word);
  if (path === undefined || path.startsWith('~')) return undefined;
  if (isAbsolutePath(path)) return cleanPath(path);
  const directory = directoryOf(model, node, command);
  return directory && cleanPath(`${directory}/${path}`);
};

/** Whether a clean path is the directory or lies in it. */
export const isWithin = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
