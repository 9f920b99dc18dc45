import type { BuildError } from '../build/error.ts';
import type { BuildEvent, StepInfo } from '../build/execute.ts';
import type { Reason } from '../build/reasons.ts';
import { escapeLine } from '../report/escape.ts';
import { frameOf } from '../report/frame.ts';
import type { Document } from '../source/document.ts';
import { lineIndexOf } from '../source/text.ts';
import type { BuildOptions } from './build-options.ts';
import { shortName } from './image-names.ts';
import type { Io } from './io.ts';
import { type StepOutput, stepOutput } from './step-output.ts';

/** What a build tells while it goes on. */
export interface Progress {
  readonly report: (event: BuildEvent) => void;
  readonly finish: (id: string, names: readonly string[]) => void;
  readonly fail: (error: BuildError, document: Document) => void;
}

/** How many lines of a failed step are shown again. */
const LAST_LINES = 20;

/**
 * Plain lines: each step as it starts and ends, and what it prints. With `quiet` the image's id alone. What runs the
 * steps is told where one failed, since that may be why.
 */
export const progressOf = ({ quiet }: BuildOptions, io: Io, runnerText?: string): Progress => {
  const outputs = new Map<StepInfo, StepOutput>();
  const lastLines = new Map<StepInfo, string[]>();
  const line = (text: string) => {
    if (!quiet) io.stderr.write(`${text}\n`);
  };
  const outputOf = (step: StepInfo): StepOutput => {
    const known = outputs.get(step);
    if (known) return known;
    const last: string[] = [];
    const output = stepOutput((text) => {
      const shown = escapeLine(text.replaceAll('\t', '    '));
      if (last.push(shown) > 2 * LAST_LINES) last.splice(0, LAST_LINES);
      line(`${labelOf(step)} | ${shown}`);
    });
    outputs.set(step, output);
    lastLines.set(step, last);
    return output;
  };
  return {
    report(event) {
      const { step } = event;
      if (event.kind === 'output') return outputOf(step).write(event.chunk);
      outputs.get(step)?.end();
      if (event.kind === 'start') line(`${labelOf(step)} ${titleOf(step)}`);
      else if (event.kind === 'miss') {
        if (isTold(event.reason)) line(`${labelOf(step)} ${escapeLine(event.reason.text)}`);
      } else line(`${labelOf(step)} ${event.cached ? 'cached' : `done in ${seconds(event.milliseconds)}`}`);
    },
    finish(id, names) {
      if (quiet) io.stdout.write(`${id}\n`);
      else line(`built ${id.slice(0, 19)}${names.length ? ` as ${names.map(shortName).join(', ')}` : ''}`);
    },
    fail(error, document) {
      for (const each of outputs.values()) each.end();
      const last = [...lastLines].find(([{ node }]) => node.start === error.range.start)?.[1];
      const runner = error.exitCode !== undefined && runnerText ? [`iechorlint: ${runnerText}`] : [];
      const lines = quiet && last ? last.slice(-LAST_LINES) : [];
      const style = { width: io.stderr.columns() ?? 100, context: 0, mark: '^', paintMark: same, paintGutter: same };
      const index = lineIndexOf(document.text);
      const place = `${document.path}:${index.positionAt(error.range.start).line}`;
      const frame = frameOf({ text: document.text, lines: index }, error.range, style);
      io.stderr.write([...lines, `iechorlint: ${place}: ${error.message}`, ...frame, ...runner, ''].join('\n'));
    },
  };
};

/** What is new, and what was asked for, surprises nobody. */
const isTold = ({ kind }: Reason): boolean => kind !== 'first' && kind !== 'asked';

const same = (text: string): string => text;

const labelOf = ({ stage, number, of }: StepInfo): string =>
  `[${stage.name ?? `stage-${stage.index}`} ${number}/${of}]`;

const titleOf = ({ node }: StepInfo): string =>
  escapeLine(`${node.keyword.text.toUpperCase()} ${node.arguments.join(' ')}`.replace(/\s+/g, ' ').slice(0, 120));

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;
