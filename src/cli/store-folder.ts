import { resolve } from 'node:path';
import { usualStoreFolder } from '../build/store.ts';
import type { Io } from './io.ts';

/** Where images are kept: what --store names, or the usual place. */
export const storeFolder = (given: string | undefined, io: Pick<Io, 'cwd' | 'env'>): string =>
  resolve(io.cwd, given ?? usualStoreFolder(io.env));
