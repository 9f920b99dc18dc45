import { watch } from 'node:fs';
import type { InlayHint } from 'vscode-languageserver/node';
import type { Instruction } from '../ast/nodes.ts';
import { buildsFolder, instructionText, lastBuildOf, type StepNote } from '../build/notes.ts';
import { openStore } from '../build/store.ts';
import { bytes } from '../cli/bytes.ts';
import { type HistoryRow, historyRows } from '../cli/images.ts';
import { storeFolder } from '../cli/store-folder.ts';
import type { Range } from '../source/range.ts';
import { positionOf } from './convert.ts';
import { type OpenFile, pathOf } from './open-file.ts';
import { guard, type Session } from './session.ts';

/** What the last build knows of the instructions in a range: size, time, and whether they were there already. */
export const hintsOf = (open: OpenFile, range: Range, session: Session): InlayHint[] => {
  const rows = rowsOfLastBuild(open, session);
  if (rows.length === 0) return [];
  const hints: InlayHint[] = [];
  for (const node of open.file.instructions) {
    if (node.end < range.start || node.start > range.end) continue;
    const row = rowOf(open, node, rows);
    const label = row && labelOf(row);
    if (!row || label === undefined) continue;
    const tooltip = `Last build${row.reason === undefined ? '' : `: ${row.reason}`}`;
    hints.push({ position: positionOf(open, endOfFirstLine(open, node)), label, tooltip, paddingLeft: true });
  }
  return hints;
};

/** A step of any stage; of those of the image the size of its layer is known. */
type Row = Partial<HistoryRow> & Partial<StepNote>;

/** Those of the image first. */
const rowsOfLastBuild = ({ source }: OpenFile, { io, preferences }: Session): readonly Row[] => {
  const file = pathOf(source.uri);
  if (file === undefined) return [];
  try {
    const store = openStore(storeFolder(preferences().store, io), true);
    const build = lastBuildOf(store, file);
    const image = build && store.image(build.id);
    return [...(image ? historyRows(store, image) : []), ...(build?.steps ?? [])];
  } catch {
    // Hints are no reason to complain of a store.
    return [];
  }
};

/** Has the hints asked for again after each build that ends, from now on; gives how to stop that. */
export const followBuilds = ({ connection, client, io, preferences }: Session): (() => void) => {
  const folder = storeFolder(preferences().store, io);
  if (!client.refreshesHints) return () => {};
  let timer: NodeJS.Timeout | undefined;
  try {
    const watcher = watch(buildsFolder(openStore(folder, true)), { persistent: false }, () => {
      clearTimeout(timer);
      timer = setTimeout(() => guard(connection.languages.inlayHint.refresh(), { connection }), QUIET);
    });
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    // Nothing was built yet, or the system has no watchers left; the next edit brings the hints.
    return () => {};
  }
};

/** Milliseconds without another build. */
const QUIET = 200;

/** The step of the same text, the nearest where there are several: lines may have moved since. */
const rowOf = ({ file }: OpenFile, node: Instruction, rows: readonly Row[]): Row | undefined => {
  const text = instructionText(file.text, node);
  const distance = ({ line = 0 }: Row) => Math.abs(line - node.lines.first);
  return rows.filter(({ instruction }) => instruction === text).toSorted((a, b) => distance(a) - distance(b))[0];
};

/** Nothing is said of steps that cost nothing. */
const labelOf = ({ size, milliseconds, cached }: Row): string | undefined => {
  if (milliseconds === undefined) return undefined;
  const time = cached ? 'cached' : `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 0)} s`;
  return size === undefined ? time : `${bytes(size)}, ${time}`;
};

const endOfFirstLine = ({ file: { text } }: OpenFile, { start, end }: Instruction): number => {
  const newline = text.indexOf('\n', start);
  const stop = newline < 0 || newline > end ? end : newline;
  return text[stop - 1] === '\r' ? stop - 1 : stop;
};
