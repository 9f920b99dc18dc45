import type { Iechorfile, Instruction, Stage } from '../ast/nodes.ts';
import type { Range } from '../source/range.ts';
import type { Ignore, IgnoreName } from './ignores.ts';

/** Where findings are left out, and for which of its names; both ends count. */
export interface IgnoreArea extends Range {
  readonly ignore: Ignore;
  readonly names: readonly IgnoreName[];
}

/** The areas of all ignores, and the names of ends that end something. */
export interface IgnoreAreas {
  readonly areas: readonly IgnoreArea[];
  readonly endings: ReadonlySet<IgnoreName | Ignore>;
}

/** From the last ignore to the first, since one above another inside an instruction counts for the same line. */
export const areasOf = (file: Iechorfile, stages: readonly Stage[], ignores: readonly Ignore[]): IgnoreAreas => {
  const places: Places = { file, stages, froms: file.instructions.filter(({ kind }) => kind === 'From') };
  const areas: IgnoreArea[] = [];
  let line: Line | undefined;
  let stageEnd = file.text.length;
  for (const ignore of ignores.toReversed()) {
    const { scope, tool, names } = ignore;
    if (ignore.inside) line = { at: ignore.start, range: lineBelow(file.text, ignore.end, line) };
    const range = ignore.inside && scope === 'next' ? line?.range : rangeOf(ignore, places);
    if (!range || names.length === 0) continue;
    if (tool === 'hadolint' && scope === 'stage') {
      areas.push({ start: range.start, end: Math.min(range.end, stageEnd), ignore, names });
      // One that comes later replaces it.
      stageEnd = range.start - 1;
    } else areas.push({ start: range.start, end: range.end, ignore, names });
  }
  const { spans, endings } = spansOf(file, ignores);
  return { areas: [...areas, ...spans], endings };
};

interface Places {
  readonly file: Iechorfile;
  readonly stages: readonly Stage[];
  readonly froms: readonly Instruction[];
}

const rangeOf = (ignore: Ignore, places: Places): Range | undefined => {
  const { file, stages } = places;
  const { scope, tool, start } = ignore;
  if (scope === 'file') return { start: 0, end: file.text.length };
  if (tool === 'hadolint') return scope === 'stage' ? restOfStage(ignore, places) : adjacent(ignore, file);
  // Above a FROM the whole stage, within a stage all of it.
  if (scope === 'stage') return first(stages, ({ end }) => end > start);
  if (scope !== 'next') return undefined;
  const node = first(file.instructions, (each) => each.start > start);
  return node && { start, end: node.end };
};

/** The instruction on the very next line. */
const adjacent = ({ start, end }: Range, { instructions, text }: Iechorfile): Instruction | undefined => {
  const node = first(instructions, (each) => each.start > start);
  const newline = text.indexOf('\n', end);
  return node && newline >= 0 && node.start > newline && isOneLine(text.slice(newline + 1, node.start))
    ? node
    : undefined;
};

const isOneLine = (text: string): boolean => text.trim() === '' && !text.includes('\n');

/** hadolint's: what stands behind the next line, up to the next FROM. */
const restOfStage = (ignore: Range, { file, froms }: Places): Range => {
  const { text } = file;
  const newline = text.indexOf('\n', text.indexOf('\n', ignore.end) + 1);
  const start = adjacent(ignore, file)?.end ?? (newline < 0 ? text.length : newline);
  const from = first(froms, (node) => node.start > start);
  return { start: start + 1, end: from ? from.start - 1 : text.length };
};

/** The line that an ignore inside an instruction counts for, and where the ignore stands. */
interface Line {
  readonly at: number;
  readonly range: Range;
}

/** The next line that is neither blank nor a comment; that of the next ignore where there is nothing else between. */
const lineBelow = (text: string, above: number, next: Line | undefined): Range => {
  for (let newline = text.indexOf('\n', above); newline >= 0; newline = text.indexOf('\n', newline + 1)) {
    const start = newline + 1;
    const end = text.indexOf('\n', start) < 0 ? text.length : text.indexOf('\n', start);
    if (next && start <= next.at && next.at < end) return next.range;
    if (!/^\s*(?:#|$)/.test(text.slice(start, end))) return { start, end };
  }
  return { start: text.length, end: text.length };
};

/** What stands between starts and their ends; what is not ended goes on to the end of the file. */
const spansOf = (file: Iechorfile, ignores: readonly Ignore[]) => {
  const open = new Map<string, { readonly ignore: Ignore; readonly name: IgnoreName }>();
  const spans: IgnoreArea[] = [];
  const endings = new Set<IgnoreName | Ignore>();
  const close = (key: string, end: number, by: IgnoreName | Ignore): void => {
    const started = open.get(key);
    if (!started) return;
    open.delete(key);
    endings.add(by);
    spans.push({ start: started.ignore.start, end, ignore: started.ignore, names: [started.name] });
  };
  for (const ignore of ignores) {
    if (ignore.scope === 'end') {
      if (ignore.names.length === 0) for (const key of [...open.keys()]) close(key, ignore.end, ignore);
      for (const name of ignore.names) close(name.text.toLowerCase(), ignore.end, name);
    } else if (ignore.scope === 'start') {
      for (const name of ignore.names) {
        const key = name.text.toLowerCase();
        if (!open.has(key)) open.set(key, { ignore, name });
      }
    }
  }
  for (const key of [...open.keys()]) close(key, file.text.length, END_OF_FILE);
  return { spans, endings };
};

const END_OF_FILE: IgnoreName = { text: '', start: 0, end: 0 };

/** The first for which it holds, where it holds for all behind that too. */
const first = <T>(nodes: readonly T[], holds: (node: T) => boolean): T | undefined => {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const node = nodes[middle];
    if (node !== undefined && holds(node)) high = middle;
    else low = middle + 1;
  }
  return nodes[low];
};
