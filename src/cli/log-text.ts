import { defuse } from '../report/defuse.ts';
import type { Io } from './io.ts';
import { readsCommands } from './print.ts';

/** What we say of files and steps, with nothing in it that the CI system in whose log it ends would do. */
export const logText = (text: string, { env }: Pick<Io, 'env'>): string => (readsCommands(env) ? defuse(text) : text);
