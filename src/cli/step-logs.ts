import type { StepEvent, StepInfo } from '../build/events.ts';
import { escapeLine } from '../report/escape.ts';
import type { Range } from '../source/range.ts';
import { stepOutput } from './step-output.ts';

/** What steps print, line by line, and the last lines of each. */
export interface StepLogs {
  readonly take: (event: StepEvent) => void;
  /** Hands on what has no line end. */
  readonly end: () => void;
  /** The step that failed at a place in the file, or the first that failed. */
  readonly failedAt: (place: Range) => StepInfo | undefined;
  readonly last: (step: StepInfo) => readonly string[];
  /** As `last`, with the line that has no end yet, such as a bar. */
  readonly now: (step: StepInfo) => readonly string[];
}

/** How many lines of a failed step are shown again. */
export const LAST_LINES = 20;

/** Lines are handed on as they are to be shown. */
export const stepLogs = (line: (step: StepInfo, text: string) => void): StepLogs => {
  const logs = new Map<StepInfo, { readonly output: ReturnType<typeof stepOutput>; readonly last: string[] }>();
  const failed: StepInfo[] = [];
  const logOf = (step: StepInfo) => {
    const known = logs.get(step);
    if (known) return known;
    const last: string[] = [];
    const output = stepOutput((text) => {
      const shown = shownAs(text);
      if (last.push(shown) > 2 * LAST_LINES) last.splice(0, LAST_LINES);
      line(step, shown);
    });
    const log = { output, last };
    logs.set(step, log);
    return log;
  };
  return {
    take(event) {
      const { step } = event;
      if (event.kind === 'output') return logOf(step).output.write(event.chunk);
      logs.get(step)?.output.end();
      if (event.kind === 'fail') failed.push(step);
    },
    end() {
      for (const { output } of logs.values()) output.end();
    },
    failedAt: ({ start }) => failed.find(({ node }) => node.start === start) ?? failed[0],
    last: (step) => logs.get(step)?.last.slice(-LAST_LINES) ?? [],
    now(step) {
      const { last = [], output } = logs.get(step) ?? {};
      const partial = shownAs(output?.partial() ?? '');
      return [...last.slice(-LAST_LINES), ...(partial === '' ? [] : [partial])];
    },
  };
};

/** Without colours, and with nothing else that a terminal would do. */
const shownAs = (text: string): string => escapeLine(text.replace(STYLES, '').replaceAll('\t', '    '));

const STYLES = /\u001b\[[0-9;]*[mK]/g;
