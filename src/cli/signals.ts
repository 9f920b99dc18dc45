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
    // Signals are handed out by the event loop, which has to turn once.
    await setImmediate();
    return result;
  } finally {
    for (const each of SIGNALS) process.off(each, end);
  }
};
