import type { BuildError } from '../build/error.ts';
import { escapeLine } from '../report/escape.ts';
import { frameOf } from '../report/frame.ts';
import type { Document } from '../source/document.ts';
import { lineIndexOf } from '../source/text.ts';
import type { Io } from './io.ts';

/** Where and why a build cannot go on: a line to be found, and the code that it is about. */
export const failureLines = (error: BuildError, document: Document, width = 100): readonly string[] => {
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

/** As `failureLines`; of a step's own program also its last lines, what ran it, and how to look at what it has left. */
export const failureText = (
  error: BuildError,
  { document, last, runner, hasShell = false }: Circumstances,
  { stderr }: Io,
): string => {
  const lines = [...last, ...failureLines(error, document, stderr.columns())];
  if (error.exitCode !== undefined) {
    if (!hasShell) lines.push('iechorlint: --on-failure shell opens a shell in the files as the step has left them');
    if (runner !== undefined) lines.push(`iechorlint: ${runner}`);
  }
  return `${lines.join('\n')}\n`;
};
