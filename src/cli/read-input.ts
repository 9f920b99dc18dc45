import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { openStore, type Store } from '../build/store.ts';
import { isWebAddress } from '../build/web-address.ts';
import { type BuildInput, openInput } from './build-input.ts';
import type { BuildOptions } from './build-options.ts';
import type { Io } from './io.ts';
import { isFolderAt } from './places.ts';
import { endingInOrder } from './signals.ts';
import { storeFolder } from './store-folder.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Looks at what a build would take; nothing is written but what comes from elsewhere, into `fetching`, meanwhile. */
export const readingInput = async (
  options: BuildOptions,
  io: Io,
  look: (input: BuildInput, store: Store, fetching: Store) => Promise<number>,
): Promise<number> => {
  const store = openStore(storeFolder(options.store, io), true);
  const looking = async (fetching: Store, own = io) => look(await openInput(options, own, fetching), store, fetching);
  if (isFromHere(options, io)) return looking(store);
  const awaited = options.context === '-' || options.file === '-' ? withStdinBegun(io) : io;
  return inScratch((folder) => looking(openStore(folder), awaited));
};

/** More than anybody types; a program that sends more is ended by the same Ctrl-C. */
const BEGUN = 1 << 24;

/** No signal is heard while standard input is waited for, so that it is read before there is anything to delete. */
const withStdinBegun = (io: Io): Io => {
  const { chunks, rest } = beginningOf(io.stdin);
  return { ...io, stdin: () => chunks.shift() ?? rest() };
};

/** What is read now, and what comes after it: more, the end, or the error that was met. */
const beginningOf = (stdin: Io['stdin']): { readonly chunks: Uint8Array[]; readonly rest: Io['stdin'] } => {
  const chunks: Uint8Array[] = [];
  try {
    for (let size = 0; size < BEGUN; ) {
      const chunk = stdin();
      if (!chunk) return { chunks, rest: () => undefined };
      chunks.push(chunk);
      size += chunk.length;
    }
  } catch (error) {
    const rest = () => {
      throw error;
    };
    return { chunks, rest };
  }
  return { chunks, rest: stdin };
};

/** Does something with a folder that is gone afterwards, also where a signal ends it. */
export const inScratch = async <T>(action: (folder: string) => Promise<T>): Promise<T> => {
  const folder = temporaryFolder('iechorlint-plan-');
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
