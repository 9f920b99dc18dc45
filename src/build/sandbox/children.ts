import type { ChildProcess } from 'node:child_process';

const running = new Set<ChildProcess>();

/** Ends a process with this one, whatever ends it: all that it has started goes with it. */
export const endWithUs = (child: ChildProcess): void => {
  if (running.size === 0) process.on('exit', killAll);
  running.add(child);
  child.once('close', () => {
    running.delete(child);
    if (running.size === 0) process.off('exit', killAll);
  });
};

const killAll = (): void => {
  for (const child of running) child.kill('SIGKILL');
};

/** Ends all steps, and waits until nothing of them is left. */
export const endSteps = async (): Promise<void> => {
  const ended = Array.from(running, (child) => new Promise((resolve) => child.once('close', resolve)));
  // Those that do nothing at the time do not keep this process from its end.
  const awake = setInterval(() => undefined, 1000);
  killAll();
  await Promise.all(ended);
  clearInterval(awake);
};
