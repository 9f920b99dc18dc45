import type { BuildError } from '../build/error.ts';
import { escapeLine } from '../report/escape.ts';
import { frameOf } from '../report/frame.ts';
import type { Document } from '../source/document.ts';
import { lineIndexOf } from '../source/text.ts';
import type { Io } from './io.ts';
import { logText } from './log-text.ts';

/** Where and why a build cannot go on: a line to be found, and the code that it is about. */
const failureLines = (error: BuildError, document: Document, width = 100): readonly string[] => {
  const style = { width, context: 0, mark: '^', paintMark: same, paintGutter: same };
  const index = lineIndexOf(document.text);
  const place = `${document.path}:${index.positionAt(error.range.start).line}`;
  const frame = frameOf({ text: document.text, lines: index }, error.range, style);
  return [`iechorlint: ${escapeLine(`${place}: ${error.message}`)}`, ...frame];
};

const same = (text: string): string => text;

interface Circumstances {
  readonly document: Document;
  /** What the step has printed last, as it is to be shown. */
  readonly last: readonly string[];
  readonly runner?: string;
  readonly hasShell?: boolean;
}

/**
 * As `failureLines`; of a step's own program also its last lines, what ran it, and how to look at what it has left. Those
 * lines are text here: what of them a CI system takes for a command is not to be done a second time.
 */
export const failureText = (
  error: BuildError,
  { document, last, runner, hasShell = false }: Circumstances,
  io: Io,
): string => {
  const lines = [...last, ...failureLines(error, document, io.stderr.columns())];
  if (error.exitCode !== undefined) {
    if (!hasShell) lines.push('iechorlint: --on-failure shell opens a shell in the files as the step has left them');
    if (runner !== undefined) lines.push(`iechorlint: ${runner}`);
  }
  return logText(`${lines.join('\n')}\n`, io);
};
