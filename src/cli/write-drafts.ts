import { lstatSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config/error.ts';
import { plural } from '../report/prose.ts';
import type { Io } from './io.ts';
import { writeOutputFile } from './output-file.ts';
import { say } from './say.ts';
import { reasonOf } from './system-error.ts';
import { terminalOf } from './terminal.ts';

/** A file that is to be written. */
export interface Draft {
  readonly name: string;
  readonly text: string;
  /** What there is already of its kind, perhaps under another name. */
  readonly standing: string | undefined;
}

/** How drafts are written. */
export interface WriteOptions {
  readonly yes: boolean;
  readonly force: boolean;
  readonly dryRun: boolean;
  /** What can be done with the files once they are there. */
  readonly next?: string | undefined;
}

/** Shows the drafts, and writes them when it is told to; what is there stays. 2: nobody could be asked. */
export const writeDrafts = (drafts: readonly Draft[], place: string, options: WriteOptions, io: Io): number => {
  const wanted = drafts.filter(({ standing }) => standing === undefined || options.force);
  for (const { standing } of drafts)
    if (standing !== undefined && !options.force) say(io, `${standing} is there and stays; --force writes it anew`);
  if (wanted.length === 0) return 0;
  show(wanted, io);
  if (options.dryRun) return 0;
  const names = wanted.map(({ name }) => name).join(', ');
  if (!options.yes && !io.isInteractive()) {
    say(io, `nothing was written, for nobody can be asked; add --yes to write ${names}`);
    return 2;
  }
  if (!options.yes && !isAgreed(wanted.length, io)) {
    say(io, 'nothing was written');
    return 0;
  }
  for (const draft of wanted) write(draft, place, options.force);
  say(io, `wrote ${names}`);
  if (options.next !== undefined && wanted.length === drafts.length) say(io, options.next);
  return 0;
};

const show = (drafts: readonly Draft[], io: Io): void => {
  const { paint, width } = terminalOf(io);
  for (const { name, text } of drafts) {
    const line = '─'.repeat(Math.max(2, width - name.length - 4));
    io.stdout.write(`${paint.dim('──')} ${paint.bold(name)} ${paint.dim(line)}\n${text}\n`);
  }
};

const isAgreed = (count: number, { stdout, stdin }: Io): boolean => {
  stdout.write(`Write ${count === 1 ? 'this file' : `these ${plural(count, 'file')}`}? [Y/n] `);
  const bytes = stdin();
  if (bytes === undefined) stdout.write('\n');
  return bytes !== undefined && /^(?:y|yes|)$/i.test(Buffer.from(bytes).toString().trim());
};

/** A file that came into being meanwhile is not written over. */
const write = ({ name, text }: Draft, place: string, force: boolean): void => {
  const path = join(place, name);
  if (force && lstatSync(path, { throwIfNoEntry: false })) {
    const failure = writeOutputFile(path, [text]);
    if (failure !== undefined) throw new ConfigError(`cannot write ${name}: ${failure}`);
    return;
  }
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    throw new ConfigError(`cannot write ${name}: ${reasonOf(error)}`);
  }
};
