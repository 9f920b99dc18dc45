import { wrap } from '../report/prose.ts';
import { type Check, checksOf } from './doctor-checks.ts';
import type { Io } from './io.ts';
import { printJson } from './print-json.ts';
import { storeFolder } from './store-folder.ts';
import { type Terminal, terminalOf } from './terminal.ts';

export interface DoctorOptions {
  readonly store: string | undefined;
  readonly format: 'pretty' | 'json';
}

/** `iechorlint doctor`: says what is missing for building here. 1: something without which no RUN can be built. */
export const examine = ({ store, format }: DoctorOptions, io: Io): number => {
  const checks = checksOf({ io, store: storeFolder(store, io) });
  const lacking = checks.filter(({ state }) => state === 'lacking');
  const canBuild = lacking.length === 0;
  if (format === 'json') printJson({ canBuild, checks }, io);
  else
    io.stdout.write(
      `${[...checks.flatMap((each) => linesOf(each, terminalOf(io))), '', verdictOf(lacking)].join('\n')}\n`,
    );
  return canBuild ? 0 : 1;
};

const verdictOf = (lacking: readonly Check[]): string =>
  lacking.length === 0
    ? 'Images can be built here.'
    : `No RUN can be built here before this is mended: ${lacking.map(({ name }) => name).join(', ')}.`;

const MARGIN = 24;

const linesOf = ({ name, state, says, mend }: Check, { paint, width }: Terminal): readonly string[] => {
  const painted = { ok: paint.green, lacking: paint.red, optional: paint.yellow }[state];
  const indent = ' '.repeat(MARGIN);
  const head = `${painted(state.padEnd(10))}${name.padEnd(MARGIN - 10)}`;
  const lines = wrap(says, Math.max(20, width - MARGIN));
  return [
    ...lines.map((line, at) => `${at === 0 ? head : indent}${line}`),
    // A command is never broken, so that it can be copied.
    ...(mend === undefined ? [] : [`${indent}${paint.dim('$')} ${mend}`]),
  ];
};
