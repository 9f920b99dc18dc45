import type { StepEvent, StepInfo } from '../build/events.ts';
import { escapeLine } from '../report/escape.ts';
import { bytes } from './bytes.ts';
import { failureText } from './failure.ts';
import type { Io } from './io.ts';
import { logText } from './log-text.ts';
import type { Progress, ProgressOptions, Transfer } from './progress.ts';
import { say } from './say.ts';
import { LAST_LINES, stepLogs } from './step-logs.ts';
import { asNames, forPlatforms, isTold, labelOf, seconds, titleOf } from './step-words.ts';

/** Plain lines: each step as it starts and ends, and what it prints. With `quiet` the image's id alone. */
export const plainProgress = (options: ProgressOptions, io: Io): Progress => {
  const { quiet } = options;
  const { printers, line } = linePrinter(io, quiet);
  const logs = stepLogs((step, text) => line(`${labelOf(step)} | ${text}`, step));
  const begun = new Set<string>();
  return {
    io,
    report(event) {
      if (event.kind === 'begin' || event.kind === 'wait') return;
      logs.take(event);
      const text = lineOf(event);
      if (text !== undefined) line(`${labelOf(event.step)} ${text}`);
    },
    transfer(event) {
      if (event.end === undefined && begun.has(event.layer)) return;
      begun.add(event.layer);
      const text = transferLine(event);
      if (!quiet && text !== undefined) say(io, text);
    },
    aside: (action) => action(),
    finish(id, names, platforms = []) {
      if (quiet) io.stdout.write(`${id}\n`);
      else line(`built ${id.slice(0, 19)}${forPlatforms(platforms)}${asNames(names)}`);
    },
    fail(error, document) {
      logs.end();
      const step = logs.failedAt(error.range);
      const last = step ? logs.last(step) : [];
      const isSeen = !quiet && printers.slice(-last.length - 1, -1).every((each) => each === step);
      io.stderr.write(failureText(error, { document, last: isSeen ? [] : last, ...options }, io));
    },
    close: () => undefined,
  };
};

/** Prints lines, and knows who printed the last: what is seen already is not shown again. */
const linePrinter = (io: Io, quiet: boolean) => {
  const printers: (StepInfo | undefined)[] = [];
  const line = (text: string, step?: StepInfo) => {
    if (quiet) return;
    // What a step prints goes on as it is, behind the step's name.
    io.stderr.write(`${step ? text : logText(text, io)}\n`);
    if (printers.push(step) > 2 * LAST_LINES) printers.splice(0, LAST_LINES);
  };
  return { printers, line };
};

const lineOf = (event: StepEvent): string | undefined => {
  switch (event.kind) {
    case 'start':
      return titleOf(event.step);
    case 'miss':
      return isTold(event.reason) ? escapeLine(event.reason.text) : undefined;
    case 'warning':
      return `| ${escapeLine(event.text)}`;
    case 'end':
      return event.cached ? 'cached' : `done in ${seconds(event.milliseconds)}`;
    case 'fail':
      return `failed after ${seconds(event.milliseconds)}`;
    default:
      return undefined;
  }
};

/** Each layer is told once: as it begins to come, or when it is gone. */
const transferLine = ({ kind, image, layer, place, total, end }: Transfer): string | undefined => {
  if (kind === 'push') return end && `${image}: ${layer.slice(7, 19)} ${end}`;
  if (end !== undefined) return undefined;
  return `pulling ${image}: layer ${place}, ${total === undefined ? 'of unknown size' : bytes(total)}`;
};
