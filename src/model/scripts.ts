import type { Cmd, Command, Entrypoint, Healthcheck, Heredoc, Iechorfile, Instruction, Run } from '../ast/nodes.ts';
import {
  commandsOf,
  commandsOfExec,
  maskBody,
  maskShell,
  type Outline,
  outlineOf,
  parseShell,
  type Script,
  type ShellCommand,
  withoutVersion,
} from '../shell/index.ts';
import type { Range } from '../source/range.ts';
import { type ShellInForce, shebangDialect } from './shells.ts';

/** The shell text of an instruction, read; undefined where no POSIX shell or bash reads it. */
export const scriptOf = (
  file: Iechorfile,
  node: Instruction,
  shell: ShellInForce,
  dropped: () => readonly Range[],
): Script | undefined => {
  const command = commandIn(node);
  if (command?.kind !== 'ShellForm') return undefined;
  const heredoc = bodyScript(node, command);
  if (heredoc) {
    const dialect = shebangDialect(heredoc.content) ?? shell.dialect;
    return isReadable(dialect) ? parseShell(maskBody(file.text, heredoc.body), heredoc.body.start) : undefined;
  }
  if (!isReadable(shell.dialect)) return undefined;
  const masked = maskShell(file.text, command, within(dropped(), command), file.escape);
  const end = node.heredocs.at(-1)?.terminator?.end ?? command.end;
  const bodies = end > command.end ? maskBody(file.text, { start: command.end, end }) : '';
  return parseShell(masked + bodies, command.start);
};

const isReadable = (dialect: ShellInForce['dialect']): boolean => dialect === 'posix' || dialect === 'bash';

export const commandIn = (node: Instruction): Command | undefined => {
  const { kind } = node;
  return kind === 'Run' || kind === 'Cmd' || kind === 'Entrypoint' || kind === 'Healthcheck' ? node.command : undefined;
};

/** `RUN <<EOF`: the body itself is the script. */
export const bodyScript = (node: Instruction, command: Range): Heredoc | undefined => {
  const [heredoc, another] = node.heredocs;
  if (node.kind !== 'Run' || !heredoc || another) return undefined;
  return heredoc.start === command.start && heredoc.end === command.end ? heredoc : undefined;
};

/** An instruction that may hold shell text. */
export type ShellInstruction = Run | Cmd | Entrypoint | Healthcheck;

/** A script that a POSIX shell or bash reads, with its instruction. */
export interface ScriptPlace {
  readonly node: ShellInstruction;
  readonly script: Script;
  readonly outline: Outline;
  readonly dialect: 'posix' | 'bash';
}

export const placeIn = (
  node: ShellInstruction,
  script: Script | undefined,
  shell: ShellInForce,
): ScriptPlace | undefined =>
  script && { node, script, outline: outlineOf(script), dialect: shell.dialect === 'bash' ? 'bash' : 'posix' };

/** Every program that the instruction runs, as far as its text tells, in order. */
export const commandsIn = (node: Instruction, script: Script | undefined): readonly ShellCommand[] => {
  if (script) return commandsOf(script);
  const command = commandIn(node);
  if (command?.kind !== 'ExecForm' || command.elements.length === 0) return [];
  return commandsOfExec(command.elements);
};

/** The names of the programs that instructions and triggers run, with those that only run another. */
export const programsIn = (
  { instructions }: Iechorfile,
  commandsOf: (node: Instruction) => readonly ShellCommand[],
): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const each of instructions) {
    const node = each.kind === 'Onbuild' ? each.trigger : each;
    if (commandIn(node) === undefined) continue;
    for (const { name, wrappers } of commandsOf(node)) {
      if (name !== undefined) {
        names.add(name);
        names.add(withoutVersion(name));
      }
      for (const wrapper of wrappers) names.add(wrapper.name);
    }
  }
  return names;
};

/** Comment and empty lines inside continuations, line ends included, in order. */
export const droppedLines = (file: Iechorfile): readonly Range[] => {
  const comments = file.comments.filter(({ inside }) => inside).map((comment) => wholeLine(file.text, comment));
  return [...comments, ...file.emptyContinuations].toSorted((a, b) => a.start - b.start);
};

const within = (lines: readonly Range[], range: Range): readonly Range[] => {
  const from = firstFrom(lines, range.start);
  let to = from;
  while ((lines[to]?.start ?? range.end) < range.end) to++;
  return lines.slice(from, to);
};

const wholeLine = (text: string, { start, end }: Range): Range => {
  const newline = text.indexOf('\n', end);
  return { start: text.lastIndexOf('\n', start - 1) + 1, end: newline < 0 ? text.length : newline + 1 };
};

const firstFrom = (lines: readonly Range[], start: number): number => {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.start ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  return low;
};
