import { widthOf } from '../report/cells.ts';
import type { Output } from './io.ts';

/** The last lines of a terminal, which are drawn anew; what stays is written above them. */
export interface LiveArea {
  readonly columns: () => number;
  readonly rows: () => number;
  /** No line may be wider than the terminal. */
  readonly draw: (lines: readonly string[]) => void;
  /** Whole lines that stay. */
  readonly above: (text: string) => void;
  readonly clear: () => void;
}

/**
 * What is sent for one picture is sent at once, and lines that are the same stay as they are, so that nothing flickers. The
 * cursor is left where it is seen, so that a process that is killed has nothing to put back.
 */
export const liveArea = (output: Output): LiveArea => {
  let shown: readonly string[] = [];
  let width = 0;
  const columns = () => Math.max(20, output.columns() ?? 80);
  const rows = () => Math.max(4, output.rows() ?? 24);
  const send = (text: string) => output.write(`${BEGIN}${text}${END}`);
  const back = () => backOver(shown, columns());
  const drawn = (lines: readonly string[], isWhole: boolean): string => {
    const parts = lines.map((line, at) => (isWhole || line !== shown[at] ? `${line}${ESCAPE}[K\n` : '\n'));
    return `${parts.join('')}${ESCAPE}[J`;
  };
  return {
    columns,
    rows,
    draw(lines) {
      const now = columns();
      const fitting = lines.slice(0, rows() - 1);
      const isSame =
        now === width && fitting.length === shown.length && fitting.every((line, at) => line === shown[at]);
      if (isSame) return;
      send(`${back()}${drawn(fitting, now !== width)}`);
      shown = fitting;
      width = now;
    },
    above(text) {
      send(`${back()}${ESCAPE}[J${text}${drawn(shown, true)}`);
      width = columns();
    },
    clear() {
      if (shown.length > 0) send(`${back()}${ESCAPE}[J`);
      shown = [];
    },
  };
};

/** To the first of the lines; a terminal that became narrower has broken some of them. */
const backOver = (lines: readonly string[], columns: number): string => {
  let count = 0;
  for (const line of lines) count += Math.max(1, Math.ceil(widthOf(line.replace(STYLES, '')) / columns));
  return count === 0 ? '\r' : `\r${ESCAPE}[${count}A`;
};

const ESCAPE = '\u001b';
/** Terminals that know of it show all between the two at once; others pass over it. */
const BEGIN = `${ESCAPE}[?2026h`;
const END = `${ESCAPE}[?2026l`;
const STYLES = new RegExp(`${ESCAPE}\\[[0-9;]*m`, 'g');
