import type { BuildEvent, StepEvent, StepInfo } from '../build/events.ts';
import type { StageInfo } from '../model/stages.ts';
import { escapeLine } from '../report/escape.ts';
import { type Paint, paintOf } from '../report/paint.ts';
import { hasColors } from './colors.ts';
import { failureText } from './failure.ts';
import type { Io } from './io.ts';
import { liveArea } from './live-area.ts';
import { cutTo, type Picture, pictureLines } from './live-lines.ts';
import type { Progress, ProgressOptions, Transfer } from './progress.ts';
import { type StepLogs, stepLogs } from './step-logs.ts';
import { asNames, forPlatforms, isTold, labelOf, seconds, titleOf } from './step-words.ts';

/** A stage that is not done. */
interface Live {
  readonly stage: StageInfo;
  readonly platform: string | undefined;
  readonly step: StepInfo | undefined;
  readonly since: number;
  readonly waitsFor: readonly StageInfo[];
  readonly reason?: string;
}

/** How often the time goes on, and how long a picture stands at least, in milliseconds. */
const TICK = 100;
const LEAST = 40;

/** What goes on as a tree at the bottom of the terminal; what is done stays above it. */
export const liveProgress = async (options: ProgressOptions, io: Io): Promise<Progress> => {
  const paint = await paintOf(hasColors(io.stderr, io));
  const state = newState();
  const screen = openScreen(state, paint, io);
  const { logs, transfers } = state;
  const { close } = screen;
  return {
    io: { ...io, stderr: { ...io.stderr, write: (data) => screen.above(Buffer.from(data).toString()) } },
    report(event) {
      const lines = taken(state, event, screen.columns(), paint);
      if (lines.length > 0) screen.above(`${lines.join('\n')}\n`);
      screen.drawSoon();
    },
    transfer(event) {
      if (event.end === undefined) transfers.set(event.layer, event);
      else transfers.delete(event.layer);
      screen.drawSoon();
    },
    aside: screen.aside,
    finish(id, names, platforms = []) {
      close();
      const what = `${id.slice(0, 19)}${forPlatforms(platforms)}${asNames(names)}`;
      io.stderr.write(`${paint.bold('built')} ${what} in ${seconds(performance.now() - state.began)}\n`);
    },
    fail(error, document) {
      logs.end();
      close();
      const step = logs.failedAt(error.range);
      io.stderr.write(failureText(error, { document, last: step ? logs.last(step) : [], ...options }, io));
    },
    close,
  };
};

/** What is known of the build at a moment. */
interface State {
  readonly began: number;
  readonly stages: Map<string, Live>;
  readonly transfers: Map<string, Transfer>;
  readonly counts: { steps: number; done: number; cached: number };
  readonly logs: StepLogs;
}

const newState = (): State => ({
  began: performance.now(),
  stages: new Map(),
  transfers: new Map(),
  counts: { steps: 0, done: 0, cached: 0 },
  logs: stepLogs(() => {}),
});

const pictureOf = ({ began, stages, transfers, counts, logs }: State, now: number): Picture => {
  const running = Array.from(stages.values(), (live) => ({
    ...live,
    milliseconds: now - live.since,
    output: live.step ? logs.now(live.step) : [],
  })).toSorted((a, b) => a.stage.index - b.stage.index || ((a.platform ?? '') < (b.platform ?? '') ? -1 : 1));
  return { ...counts, milliseconds: now - began, stages: running, transfers: [...transfers.values()] };
};

/** The pictures of a build, as long as nothing else has the terminal. */
interface Screen extends Pick<Progress, 'aside' | 'close'> {
  readonly columns: () => number;
  readonly above: (text: string) => void;
  /** Unless there is a picture of just now. */
  readonly drawSoon: () => void;
}

const openScreen = (state: State, paint: Paint, io: Io): Screen => {
  const area = liveArea(io.stderr);
  let drawn = 0;
  let isAside = false;
  const draw = () => {
    if (isAside) return;
    drawn = performance.now();
    if (state.stages.size + state.transfers.size === 0) return area.clear();
    area.draw(pictureLines(pictureOf(state, drawn), area.columns(), area.rows(), paint));
  };
  const timer = setInterval(draw, TICK).unref();
  const close = () => {
    process.off('exit', close);
    clearInterval(timer);
    area.clear();
  };
  process.on('exit', close);
  return {
    columns: area.columns,
    above: (text) => (isAside ? io.stderr.write(text) : area.above(text)),
    drawSoon() {
      if (performance.now() - drawn >= LEAST) draw();
    },
    async aside(action) {
      area.clear();
      isAside = true;
      try {
        return await action();
      } finally {
        isAside = false;
      }
    },
    close,
  };
};

/** Takes what happens into the state; gives the lines that stay of it. */
const taken = (state: State, event: BuildEvent, columns: number, paint: Paint): readonly string[] => {
  const { stages, counts, logs } = state;
  if (event.kind === 'begin') {
    Object.assign(counts, { steps: event.steps, done: 0, cached: 0 });
    return [];
  }
  if (event.kind === 'wait') {
    const { stage, platform, on } = event;
    stages.set(liveKey(event), { stage, platform, step: undefined, since: performance.now(), waitsFor: on });
    return [];
  }
  logs.take(event);
  follow(stages, event);
  if (event.kind === 'end') {
    counts.done++;
    if (event.cached) counts.cached++;
  }
  const lines = linesAbove(event, stages, columns, paint);
  if (event.kind === 'end' || event.kind === 'fail') stages.delete(liveKey(event.step));
  return lines;
};

/** A stage goes on for several platforms at once. */
const liveKey = ({ stage, platform = '' }: Pick<StepInfo, 'stage' | 'platform'>): string =>
  `${platform} ${stage.index}`;

const follow = (stages: Map<string, Live>, event: StepEvent): void => {
  const { stage, platform } = event.step;
  const key = liveKey(event.step);
  if (event.kind === 'start')
    stages.set(key, { stage, platform, step: event.step, since: performance.now(), waitsFor: [] });
  const live = stages.get(key);
  if (event.kind === 'miss' && live && isTold(event.reason)) stages.set(key, { ...live, reason: event.reason.text });
};

/** A shorter one says nothing. */
const LEAST_TITLE = 4;

/** What stays of a step: how it ended, and why it was built. */
const linesAbove = (
  event: StepEvent,
  stages: ReadonlyMap<string, Live>,
  columns: number,
  paint: Paint,
): readonly string[] => {
  if (event.kind === 'warning') return [paint.yellow(`${labelOf(event.step)} ${escapeLine(event.text)}`)];
  if (event.kind !== 'end' && event.kind !== 'fail') return [];
  const { step } = event;
  const isCached = event.kind === 'end' && event.cached;
  const end = isCached ? 'cached' : seconds(event.milliseconds);
  const mark = event.kind === 'fail' ? paint.red('✗') : paint.green('✓');
  const label = labelOf(step);
  const room = columns - label.length - end.length - 6;
  const title = room < LEAST_TITLE ? '' : cutTo(titleOf(step), room);
  const first = `${mark} ${paint.cyan(label)} ${title}  ${paint.dim(end)}`;
  const { reason } = stages.get(liveKey(step)) ?? {};
  return reason === undefined ? [first] : [first, paint.dim(`  ${cutTo(escapeLine(reason), columns - 3)}`)];
};
