import { type ChildProcess, spawn } from 'node:child_process';

/** Something that one process has at a time. */
export interface Lock {
  readonly release: () => void;
}

/** `flock`'s own code for a lock that somebody else has. */
const BUSY = 75;

/** Takes the lock, after others or not at all. The kernel gives it back whenever this process ends. */
export const lockFile = (path: string, waits: boolean): Promise<Lock | 'busy'> => {
  const options = waits ? [] : ['-n'];
  const child: ChildProcess = spawn('flock', [...options, '-E', String(BUSY), '-o', path, '-c', 'echo; read _'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`a cache that is not shared needs flock: ${error.message}`)));
    child.stdout?.once('data', () => resolve({ release: () => child.stdin?.end() }));
    child.once('exit', (code) => (code === BUSY ? resolve('busy') : reject(new Error(`cannot lock ${path}`))));
  });
};
