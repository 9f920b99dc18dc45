import type { BuildError } from '../build/error.ts';
import type { BuildEvent } from '../build/events.ts';
import type { Document } from '../source/document.ts';
import type { Io } from './io.ts';
import { plainProgress } from './plain-progress.ts';
import type { PROGRESS } from './progress-names.ts';

/** What a build tells while it goes on. */
export interface Progress {
  /** The outputs, for whoever has something to say meanwhile. */
  readonly io: Io;
  readonly report: (event: BuildEvent) => void;
  readonly transfer: (event: Transfer) => void;
  /** While it goes on, the terminal is another's. */
  readonly aside: <T>(action: () => Promise<T>) => Promise<T>;
  /** `platforms`: where there are several. */
  readonly finish: (id: string, names: readonly string[], platforms?: readonly string[]) => void;
  readonly fail: (error: BuildError, document: Document) => void;
  /** Leaves the terminal to others. */
  readonly close: () => void;
}

/** A layer on its way from a registry or to one. */
export interface Transfer {
  readonly kind: 'pull' | 'push';
  /** The name of the image. */
  readonly image: string;
  /** A digest. */
  readonly layer: string;
  /** Which of how many it is, where that is known. */
  readonly place: string;
  readonly bytes: number;
  /** Undefined where it is not known. */
  readonly total: number | undefined;
  /** What was done with it in the end; undefined before. */
  readonly end?: string;
}

export interface ProgressOptions {
  readonly progress: (typeof PROGRESS)[number];
  readonly quiet: boolean;
  /** What ran the steps, and what that lacks. */
  readonly runner?: string;
  /** Whether a shell is opened where a step fails. */
  readonly hasShell?: boolean;
}

/** A tree that is drawn anew on a terminal, plain lines elsewhere, or what was asked for. */
export const progressOf = async (options: ProgressOptions, io: Io): Promise<Progress> => {
  const { progress, quiet } = options;
  if (progress === 'json' && !quiet) return (await import('./json-progress.ts')).jsonProgress(options, io);
  const isLive = progress === 'auto' && !quiet && io.stderr.isTerminal() && io.env.TERM !== 'dumb';
  if (isLive) return (await import('./live-progress.ts')).liveProgress(options, io);
  return plainProgress(options, io);
};
