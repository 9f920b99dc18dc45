import type { BuildError } from '../build/error.ts';
import { escapeLine } from '../report/escape.ts';
import { frameOf } from '../report/frame.ts';
import type { Document } from '../source/document.ts';
import { lineIndexOf } from '../source/text.ts';

/** Where and why a build cannot go on: a line to be found, and the code that it is about. */
export const failureLines = (error: BuildError, document: Document, width = 100): readonly string[] => {
  const style = { width, context: 0, mark: '^', paintMark: same, paintGutter: same };
  const index = lineIndexOf(document.text);
  const place = `${document.path}:${index.positionAt(error.range.start).line}`;
  const frame = frameOf({ text: document.text, lines: index }, error.range, style);
  return [`iechorlint: ${escapeLine(`${place}: ${error.message}`)}`, ...frame];
};

const same = (text: string): string => text;
