import type { Run } from '../ast/nodes.ts';
import type { ShellCommand } from '../shell/index.ts';
import type { Model } from './index.ts';

/** Text to put at an offset. */
export interface Insertion {
  readonly at: number;
  readonly text: string;
}

/** Another command behind one of a RUN, joined and laid out as the others are; undefined where that is not plain. */
export const appendedCommand = (model: Model, run: Run, command: ShellCommand, text: string): Insertion | undefined => {
  if (!model.scriptOf(run) || command.conditional || (command.isolated && !command.pipeline)) return undefined;
  if (
    command.wrappers.some(({ name }) => name !== 'sudo') ||
    command.pipeline?.segments.some((each) => each.length > 1)
  )
    return undefined;
  const { end: at } = command.pipeline ?? command.whole;
  const all = model.commandsOf(run);
  const next = all.find(({ whole, connector }) => whole.start >= at && connector !== undefined);
  const joint = (next ?? command).connector?.text ?? '&&';
  const whole = command.wrappers.length > 0 ? `sudo ${text}` : text;
  if (joint === '\n') return { at, text: `\n${indentAt(model, command.whole.start)}${whole}` };
  return joint === '&&' || joint === ';' ? { at, text: laidOut(model, run, command, joint, whole) } : undefined;
};

const laidOut = (model: Model, run: Run, command: ShellCommand, joint: string, text: string): string => {
  const source = model.file.text.slice(run.start, run.end);
  const lineEnd = /\r?\n/.exec(source)?.[0];
  if (lineEnd === undefined) return joint === ';' ? `; ${text}` : ` && ${text}`;
  const { escape } = model.file;
  const leading = /\n([\t ]*)&&/.exec(source)?.[1];
  const isTrailing = /&&[\t ]*[\\`]?[\t ]*\r?\n/.test(source);
  if (joint === '&&' && !isTrailing) return ` ${escape}${lineEnd}${leading ?? '    '}&& ${text}`;
  const own = indentAt(model, command.whole.start);
  const indent = model.file.text.lastIndexOf('\n', command.whole.start - 1) >= run.start ? own : '    ';
  return `${joint === ';' ? ';' : ' &&'} ${escape}${lineEnd}${indent}${text}`;
};

/** White space at the start of the line that holds the offset. */
const indentAt = ({ file: { text } }: Model, offset: number): string =>
  /^[\t ]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset))?.[0] ?? '';
