import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openStore, type Store } from '../build/store.ts';
import { type BuildInput, isWebAddress, openInput } from './build-input.ts';
import type { BuildOptions } from './build-options.ts';
import type { Io } from './io.ts';
import { storeFolder } from './store-folder.ts';

/** Looks at what a build would take; nothing is written but what comes from elsewhere, into `fetching`, meanwhile. */
export const readingInput = async (
  options: BuildOptions,
  io: Io,
  look: (input: BuildInput, store: Store, fetching: Store) => Promise<number>,
): Promise<number> => {
  const store = openStore(storeFolder(options.store, io), true);
  const scratch = isFromHere(options, io) ? undefined : mkdtempSync(join(tmpdir(), 'iechorlint-plan-'));
  try {
    const fetching = scratch === undefined ? store : openStore(scratch);
    return await look(await openInput(options, io, fetching), store, fetching);
  } finally {
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  }
};

/** Whether the context is a folder of this machine. */
export const isFolder = ({ context }: BuildOptions, { cwd }: Io): boolean =>
  statSync(resolve(cwd, context), { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Whether nothing has to be fetched. */
const isFromHere = (options: BuildOptions, io: Io): boolean =>
  !isWebAddress(options.file ?? '') &&
  [options.context, ...options.contexts.values()].every((context) => isFolder({ ...options, context }, io));
