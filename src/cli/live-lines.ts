import type { StepInfo } from '../build/events.ts';
import type { StageInfo } from '../model/stages.ts';
import { truncate, widthOf } from '../report/cells.ts';
import type { Paint } from '../report/paint.ts';
import { bytes } from './bytes.ts';
import type { Transfer } from './progress.ts';
import { stageLabel, stageName, titleOf } from './step-words.ts';

/** What goes on in a build at a moment. */
export interface Picture {
  /** Steps that make layers: in all, done, and of those from the cache. */
  readonly steps: number;
  readonly done: number;
  readonly cached: number;
  readonly milliseconds: number;
  readonly stages: readonly RunningStage[];
  readonly transfers: readonly Transfer[];
}

/** A stage that is being built, or waits. */
export interface RunningStage {
  readonly stage: StageInfo;
  /** Where several are built for. */
  readonly platform?: string | undefined;
  readonly step: StepInfo | undefined;
  readonly milliseconds: number;
  readonly waitsFor: readonly StageInfo[];
  /** What its step has printed last. */
  readonly output: readonly string[];
}

/** So many lines of what a step prints are shown. */
const MOST_OUTPUT = 4;

/** The tree of what goes on, no wider and no higher than told. */
export const pictureLines = (picture: Picture, columns: number, rows: number, paint: Paint): readonly string[] => {
  const width = columns - 1;
  const { stages, transfers } = picture;
  const room = Math.max(0, rows - 3);
  const shown = [
    ...stages.map((stage) => () => stageLine(stage, stages, width, paint)),
    ...transfers.map((transfer) => () => transferLine(transfer, width, paint)),
  ].slice(0, room);
  const hidden = stages.length + transfers.length - shown.length;
  const running = stages.filter(({ output }) => output.length > 0).length;
  const each = running === 0 ? 0 : Math.max(0, Math.min(MOST_OUTPUT, Math.floor((room - shown.length) / running)));
  const lines = [headLine(picture, width, paint)];
  for (const [at, line] of shown.entries()) {
    const isLast = at === shown.length - 1 && hidden === 0;
    lines.push(`${isLast ? '└' : '├'} ${line()}`);
    for (const text of each > 0 ? (stages[at]?.output.slice(-each) ?? []) : [])
      lines.push(`${isLast ? ' ' : '│'}   ${paint.dim(cutTo(text, width - 4))}`);
  }
  if (hidden > 0) lines.push(`└ ${paint.dim(`and ${hidden} more`)}`);
  return lines;
};

const headLine = ({ steps, done, cached, milliseconds, transfers }: Picture, width: number, paint: Paint): string => {
  const from = cached > 0 ? `, ${cached} from the cache` : '';
  const text = steps > 0 ? `building: ${done} of ${steps} steps done${from}` : `${transfers[0]?.kind ?? 'build'}ing`;
  const time = clock(milliseconds);
  const shown = cutTo(text, width - time.length - 1);
  return `${paint.bold(shown)}${gap(width, shown, time)}${paint.dim(time)}`;
};

const stageLine = (
  { stage, platform, step, milliseconds, waitsFor }: RunningStage,
  stages: readonly RunningStage[],
  all: number,
  paint: Paint,
): string => {
  const width = all - 2;
  const column = Math.min(Math.floor(width / 3), Math.max(...stages.map((each) => widthOf(stageLabel(each)))));
  const name = cutTo(stageLabel({ stage, platform }), column);
  const label = `${paint.cyan(name)}${' '.repeat(Math.max(0, column - widthOf(name)))}`;
  if (!step)
    return `${label} ${paint.dim(cutTo(`waits for ${waitsFor.map(stageName).join(', ')}`, width - column - 1))}`;
  const place = `${step.number}/${step.of}`;
  const time = clock(milliseconds);
  const rest = width - column - place.length - 2;
  const title = cutTo(titleOf(step), rest - time.length - 1);
  return `${label} ${paint.dim(place)} ${title}${gap(rest, title, time)}${paint.dim(time)}`;
};

const WIDEST_BAR = 24;

const transferLine = ({ kind, image, layer, bytes: done, total }: Transfer, width: number, paint: Paint): string => {
  const amount = total === undefined ? bytes(done) : `${bytes(done)} of ${bytes(total)}`;
  const title = `${kind} ${image} ${layer.slice(7, 19)}`;
  const room = width - 2 - widthOf(amount) - 2;
  const bar = Math.min(WIDEST_BAR, Math.floor(room / 3));
  const text = cutTo(title, room - bar - 1).padEnd(Math.max(0, room - bar - 1));
  const part = total === undefined || total === 0 ? 0 : Math.min(1, done / total);
  const full = Math.round(part * bar);
  return `${text} ${paint.green('█'.repeat(full))}${paint.dim('░'.repeat(bar - full))} ${amount}`;
};

/** What is between a text and another at the right edge. */
const gap = (width: number, left: string, right: string): string =>
  ' '.repeat(Math.max(1, width - widthOf(left) - widthOf(right)));

const clock = (milliseconds: number): string => {
  const all = Math.floor(milliseconds / 1000);
  return all < 60
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : `${Math.floor(all / 60)} m ${String(all % 60).padStart(2, '0')} s`;
};

/** Cut to so many columns. */
export const cutTo = (text: string, width: number): string =>
  widthOf(text) <= width ? text : truncate(text, Math.max(1, width - 1));
