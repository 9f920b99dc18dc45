import type { BuildError } from '../build/error.ts';
import type { StepEvent, StepInfo } from '../build/events.ts';
import type { Diagnostic } from '../lint/diagnostic.ts';
import { escapeJson } from '../report/escape.ts';
import type { Document } from '../source/document.ts';
import { lineIndexOf } from '../source/text.ts';
import type { Io } from './io.ts';
import type { Progress, ProgressOptions, Transfer } from './progress.ts';
import { stepLogs } from './step-logs.ts';
import { instructionOf, stageName } from './step-words.ts';

/** An object a line, each with the time and the state that it tells of. */
export const jsonProgress = (_options: ProgressOptions, io: Io): Progress => {
  const began = performance.now();
  const write = jsonLines(io);
  const logs = stepLogs((step, text) => write({ state: 'output', ...placeOf(step), text }));
  const told = new Map<string, number>();
  return {
    io: { ...io, stderr: { ...io.stderr, write: (data) => write({ state: 'message', text: textOf(data) }) } },
    report(event) {
      if (event.kind === 'begin') return write({ state: 'began', steps: event.steps });
      if (event.kind === 'wait') return write({ state: 'waiting', ...stageView(event), on: event.on.map(stageName) });
      logs.take(event);
      if (event.kind !== 'output') write(stepView(event));
    },
    transfer(event) {
      const now = performance.now();
      if (event.end === undefined && now - (told.get(event.layer) ?? Number.NEGATIVE_INFINITY) < EACH) return;
      told.set(event.layer, now);
      write(transferView(event));
    },
    aside: (action) => action(),
    finish: (id, names, platforms = []) =>
      write({
        ...{ state: 'built', id, names },
        ...(platforms.length > 0 ? { platforms } : {}),
        ...secondsOf(performance.now() - began),
      }),
    fail(error, document) {
      logs.end();
      const step = logs.failedAt(error.range);
      const last = step ? { ...placeOf(step), last: logs.last(step) } : {};
      write({ state: 'stopped', ...last, ...failureView(error, document) });
    },
    close: () => undefined,
  };
};

const failureView = ({ range, message, exitCode }: BuildError, { path, text }: Document): object => ({
  file: path,
  line: lineIndexOf(text).positionAt(range.start).line,
  message,
  ...(exitCode === undefined ? {} : { exitCode }),
});

/** What the linter has found, before anything is built. */
export const writeFindings = (diagnostics: readonly Diagnostic[], { path, text }: Document, io: Io): void => {
  const write = jsonLines(io);
  const lines = lineIndexOf(text);
  for (const { rule, severity, message, range } of diagnostics) {
    const { line, column } = lines.positionAt(range.start);
    write({ state: 'finding', file: path, line, column, rule, severity, message });
  }
};

/** How often a transfer is told of, in milliseconds. */
const EACH = 250;

/** Writes an object as a line of its own on standard error. */
const jsonLines =
  ({ stderr }: Io) =>
  (value: object): void =>
    stderr.write(`${escapeJson(JSON.stringify({ time: new Date().toISOString(), ...value }))}\n`);

const textOf = (data: string | Uint8Array): string =>
  (typeof data === 'string' ? data : Buffer.from(data).toString()).trimEnd();

/** With the platform, where several are built for. */
const stageView = ({ stage, platform }: Pick<StepInfo, 'stage' | 'platform'>) => ({
  stage: stageName(stage),
  ...(platform === undefined ? {} : { platform }),
});

const placeOf = (step: StepInfo) => ({
  ...stageView(step),
  step: step.number,
  of: step.of,
  line: step.node.lines.first,
  instruction: instructionOf(step),
});

const secondsOf = (milliseconds: number) => ({ seconds: Math.round(milliseconds) / 1000 });

const stepView = (event: Exclude<StepEvent, { kind: 'output' }>): object => {
  const place = placeOf(event.step);
  switch (event.kind) {
    case 'start':
      return { state: 'started', ...place };
    case 'miss':
      return { state: 'missed', ...place, reason: event.reason };
    case 'warning':
      return { state: 'warning', ...place, text: event.text };
    case 'end':
      return { state: event.cached ? 'cached' : 'done', ...place, ...secondsOf(event.milliseconds) };
    case 'fail': {
      const { message, exitCode } = event.error;
      return {
        state: 'failed',
        ...place,
        ...secondsOf(event.milliseconds),
        message,
        ...(exitCode === undefined ? {} : { exitCode }),
      };
    }
  }
};

const transferView = ({ kind, image, layer, bytes, total, end }: Transfer): object => ({
  state: { pull: ['pulling', 'pulled'], push: ['pushing', 'pushed'] }[kind][end === undefined ? 0 : 1],
  ...{ image, layer, bytes },
  ...(total === undefined ? {} : { total }),
  ...(end === undefined ? {} : { how: end }),
});
