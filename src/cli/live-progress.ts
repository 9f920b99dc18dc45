import type { StepEvent, StepInfo } from '../build/events.ts';
import type { StageInfo } from '../model/stages.ts';
import { escapeLine } from '../report/escape.ts';
import { type Paint, paintOf } from '../report/paint.ts';
import { hasColors } from './colors.ts';
import { failureText } from './failure.ts';
import type { Io } from './io.ts';
import { liveArea } from './live-area.ts';
import { cutTo, pictureLines } from './live-lines.ts';
import type { Progress, ProgressOptions, Transfer } from './progress.ts';
import { stepLogs } from './step-logs.ts';
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
  const area = liveArea(io.stderr);
  const began = performance.now();
  const stages = new Map<string, Live>();
  const transfers = new Map<string, Transfer>();
  const counts = { steps: 0, done: 0, cached: 0 };
  const logs = stepLogs(() => {});
  let drawn = 0;
  let isAside = false;
  const draw = () => {
    if (isAside) return;
    const now = performance.now();
    drawn = now;
    if (stages.size + transfers.size === 0) return area.clear();
    const running = Array.from(stages.values(), (live) => ({
      ...live,
      milliseconds: now - live.since,
      output: live.step ? logs.now(live.step) : [],
    })).toSorted((a, b) => a.stage.index - b.stage.index || ((a.platform ?? '') < (b.platform ?? '') ? -1 : 1));
    const picture = { ...counts, milliseconds: now - began, stages: running, transfers: [...transfers.values()] };
    area.draw(pictureLines(picture, area.columns(), area.rows(), paint));
  };
  const drawSoon = () => {
    if (performance.now() - drawn >= LEAST) draw();
  };
  const timer = setInterval(draw, TICK).unref();
  const above = (text: string) => (isAside ? io.stderr.write(text) : area.above(text));
  const close = () => {
    process.off('exit', close);
    clearInterval(timer);
    area.clear();
  };
  process.on('exit', close);
  return {
    io: { ...io, stderr: { ...io.stderr, write: (data) => above(Buffer.from(data).toString()) } },
    report(event) {
      if (event.kind === 'begin') Object.assign(counts, { steps: event.steps, done: 0, cached: 0 });
      else if (event.kind === 'wait')
        stages.set(liveKey(event), {
          stage: event.stage,
          platform: event.platform,
          step: undefined,
          since: performance.now(),
          waitsFor: event.on,
        });
      else {
        logs.take(event);
        follow(stages, event);
        if (event.kind === 'end') {
          counts.done++;
          if (event.cached) counts.cached++;
        }
        const lines = linesAbove(event, stages, area.columns(), paint);
        if (event.kind === 'end' || event.kind === 'fail') stages.delete(liveKey(event.step));
        if (lines.length > 0) above(`${lines.join('\n')}\n`);
      }
      drawSoon();
    },
    transfer(event) {
      if (event.end === undefined) transfers.set(event.layer, event);
      else transfers.delete(event.layer);
      drawSoon();
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
    finish(id, names, platforms = []) {
      close();
      const what = `${id.slice(0, 19)}${forPlatforms(platforms)}${asNames(names)}`;
      io.stderr.write(`${paint.bold('built')} ${what} in ${seconds(performance.now() - began)}\n`);
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
