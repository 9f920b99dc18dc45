import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openStore, type Store } from '../build/store.ts';
import { type BuildInput, isWebAddress, openInput } from './build-input.ts';
import type { BuildOptions } from './build-options.ts';
import type { Io } from './io.ts';
import { isFolderAt } from './places.ts';
import { endingInOrder } from './signals.ts';
import { storeFolder } from './store-folder.ts';

/** Looks at what a build would take; nothing is written but what comes from elsewhere, into `fetching`, meanwhile. */
export const readingInput = async (
  options: BuildOptions,
  io: Io,
  look: (input: BuildInput, store: Store, fetching: Store) => Promise<number>,
): Promise<number> => {
  const store = openStore(storeFolder(options.store, io), true);
  const looking = async (fetching: Store) => look(await openInput(options, io, fetching), store, fetching);
  return isFromHere(options, io) ? looking(store) : inScratch((folder) => looking(openStore(folder)));
};

/** Does something with a folder that is gone afterwards, also where a signal ends it. */
export const inScratch = async <T>(action: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'iechorlint-plan-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    return await endingInOrder(
      () => action(folder),
      async () => remove(),
    );
  } finally {
    remove();
  }
};

/** Whether the context is a folder of this machine. */
export const isFolder = ({ context }: BuildOptions, { cwd }: Io): boolean => isFolderAt(resolve(cwd, context));

/** Whether nothing has to be fetched. */
const isFromHere = (options: BuildOptions, io: Io): boolean =>
  !isWebAddress(options.file ?? '') &&
  [options.context, ...options.contexts.values()].every((context) => isFolder({ ...options, context }, io));
