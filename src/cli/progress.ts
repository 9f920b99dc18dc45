import type { BuildError } from '../build/error.ts';
import type { BuildEvent, StepInfo } from '../build/execute.ts';
import type { Reason } from '../build/reasons.ts';
import { escapeLine } from '../report/escape.ts';
import type { Document } from '../source/document.ts';
import type { BuildOptions } from './build-options.ts';
import { failureLines } from './failure.ts';
import { shortName } from './image-names.ts';
import type { Io } from './io.ts';
import { type StepOutput, stepOutput } from './step-output.ts';
import { labelOf, seconds, titleOf } from './step-words.ts';

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
      } else if (event.kind === 'end')
        line(`${labelOf(step)} ${event.cached ? 'cached' : `done in ${seconds(event.milliseconds)}`}`);
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
      const failure = failureLines(error, document, io.stderr.columns());
      io.stderr.write([...lines, ...failure, ...runner, ''].join('\n'));
    },
  };
};

/** What is new, and what was asked for, surprises nobody. */
const isTold = ({ kind }: Reason): boolean => kind !== 'first' && kind !== 'asked';
