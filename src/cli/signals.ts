import { constants } from 'node:os';
import { setImmediate } from 'node:timers/promises';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs to the end what must not stop half-way; a signal that comes meanwhile ends the process right after. */
export const undisturbed = async <T>(action: () => T): Promise<T> => {
  const end = (signal: NodeJS.Signals) => {
    for (const each of SIGNALS) process.off(each, end);
    process.kill(process.pid, signal);
  };
  for (const each of SIGNALS) process.on(each, end);
  try {
    const result = action();
    // The event loop hands signals out once a turn, and the first of the two may be its end.
    await setImmediate();
    await setImmediate();
    return result;
  } finally {
    for (const each of SIGNALS) process.off(each, end);
  }
};

/** While it goes on, each of the signals ends this process in order: after `end` what was begun is deleted. */
export const endingInOrder = async <T>(
  action: () => Promise<T>,
  end: () => Promise<void>,
  signals: readonly NodeJS.Signals[] = SIGNALS,
): Promise<T> => {
  const stop = (signal: NodeJS.Signals) => {
    void end().finally(() => process.exit(128 + constants.signals[signal]));
  };
  for (const each of signals) process.on(each, stop);
  try {
    return await action();
  } finally {
    for (const each of signals) process.off(each, stop);
  }
};
