import type { ChildProcess } from 'node:child_process';

const running = new Set<ChildProcess>();

/** Ends a step with this process, whatever ends it: all that it started goes with it. */
export const endWithUs = (child: ChildProcess): void => {
  if (running.size === 0) process.once('exit', endAll);
  running.add(child);
  child.once('close', () => {
    running.delete(child);
    if (running.size === 0) process.off('exit', endAll);
  });
};

const endAll = (): void => {
  for (const child of running) child.kill('SIGKILL');
};
