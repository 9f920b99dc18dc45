import type { Iechorfile, Run } from '../ast/nodes.ts';
import type { Model, ShellCommand } from '../model/index.ts';
import { isShell } from '../model/index.ts';
import type { Edit } from './diagnostic.ts';
import { indentOf, lineEndOf, replace } from './edits.ts';

/** What makes one RUN of two that follow on each other; undefined where the result might do something else. */
export const joinedRuns = (file: Iechorfile, model: Model, first: Run, second: Run): readonly Edit[] | undefined => {
  if (!isPlainRun(model, first) || !isPlainRun(model, second) || second.comments.length > 0) return undefined;
  if (/(?:^|\s)#/.test(file.text.slice(first.start, first.end))) return undefined;
  const end = first.start + file.text.slice(first.start, first.end).trimEnd().length;
  const text = jointOf(file, first, second);
  // The last character is taken along, so that no other fix replaces the first RUN at the same time.
  return [replace({ start: end - 1, end: second.command.start }, `${file.text[end - 1]}${text}`)];
};

/** `&&` on a line end or start and with an indentation as they have it. */
const jointOf = (file: Iechorfile, first: Run, second: Run): string => {
  const text = [first, second].map(({ start, end }) => file.text.slice(start, end)).join('\n');
  const leading = /\n([\t ]*)&&/.exec(text);
  const trailing = leading ? undefined : /&&[\t ]*[\\`][\t ]*\r?\n([\t ]*)/.exec(text);
  const indent = (leading ?? trailing)?.[1] ?? `${indentOf(file, first)}    `;
  const newline = `${file.escape}${lineEndOf(file, first)}${indent}`;
  return trailing ? ` && ${newline}` : ` ${newline}&& `;
};

/** Whether the RUN is commands joined by `&&` alone, after which the shell is as before. */
export const isPlainRun = (model: Model, run: Run): boolean => {
  const script = run.heredocs.length === 0 ? model.scriptOf(run) : undefined;
  if (!script || script.statements.some(({ terminator }) => terminator !== undefined)) return false;
  return model.commandsOf(run).every(isPlain);
};

const isPlain = ({ name, connector, conditional, isolated, wrappers }: ShellCommand): boolean =>
  (connector === undefined || connector.text === '&&') &&
  !(conditional || isolated || wrappers.some((wrapper) => isShell(wrapper.name))) &&
  name !== undefined &&
  !STATEFUL.has(name);

const STATEFUL = new Set([
  ...['cd', 'pushd', 'export', 'set', 'umask', 'ulimit', 'alias', 'shopt', 'unset', 'exec', 'exit'],
]);
