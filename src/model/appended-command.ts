import type { Run } from '../ast/nodes.ts';
import { type ShellCommand, setOptions } from '../shell/index.ts';
import type { Model } from './index.ts';

/** Text to put at an offset. */
export interface Insertion {
  readonly at: number;
  readonly text: string;
}

/** Another command behind one of a RUN, joined and laid out as the others are; undefined where that is not plain. */
export const appendedCommand = (model: Model, run: Run, command: ShellCommand, text: string): Insertion | undefined => {
  const script = model.scriptOf(run);
  if (!script || command.conditional || (command.isolated && !command.pipeline)) return undefined;
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
  // Whether the last command fails is what the RUN returns, and another behind it must not hide that.
  const isGuarded = next !== undefined || setOptions(script).errexit;
  if (joint === '\n') {
    const lineEnd = lineEndIn(model, run) ?? '\n';
    return { at, text: `${isGuarded ? '' : ' &&'}${lineEnd}${indentAt(model, command.whole.start)}${whole}` };
  }
  if (joint !== '&&' && joint !== ';') return undefined;
  return { at, text: laidOut(model, run, command, isGuarded ? joint : '&&', whole) };
};

const laidOut = (model: Model, run: Run, command: ShellCommand, joint: string, text: string): string => {
  const source = model.file.text.slice(run.start, run.end);
  const lineEnd = lineEndIn(model, run);
  if (lineEnd === undefined) return joint === ';' ? `; ${text}` : ` && ${text}`;
  const { escape } = model.file;
  const leading = /\n([\t ]*)&&/.exec(source)?.[1];
  const isTrailing = (leading === undefined ? /(?:&&|;)[\t ]*[\\`]?[\t ]*\r?\n/ : /&&[\t ]*[\\`]?[\t ]*\r?\n/).test(
    source,
  );
  if (joint === '&&' && !isTrailing) return ` ${escape}${lineEnd}${leading ?? '    '}&& ${text}`;
  const own = indentAt(model, command.whole.start);
  const indent = model.file.text.lastIndexOf('\n', command.whole.start - 1) >= run.start ? own : '    ';
  return `${joint === ';' ? ';' : ' &&'} ${escape}${lineEnd}${indent}${text}`;
};

const lineEndIn = ({ file: { text } }: Model, { start, end }: Run): string | undefined =>
  /\r?\n/.exec(text.slice(start, end))?.[0];

/** White space at the start of the line that holds the offset. */
const indentAt = ({ file: { text } }: Model, offset: number): string =>
  /^[\t ]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset))?.[0] ?? '';
