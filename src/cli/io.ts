import { fstatSync, readSync, statSync, writeSync } from 'node:fs';
import { codeOf, reasonOf } from './system-error.ts';

/** Where a run writes to. A reader that went away is no failure: what is written from then on is dropped. */
export interface Output {
  readonly isTerminal: () => boolean;
  /** Of the terminal; `undefined` where there is none. */
  readonly columns: () => number | undefined;
  readonly rows: () => number | undefined;
  readonly write: (data: string | Uint8Array) => void;
  /** Why something written did not get out; `undefined` if all did. */
  readonly failure: () => string | undefined;
}

/** All of the world that a command sees besides files. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The next bytes of standard input, `undefined` at its end; throws the system's error. */
  readonly stdin: () => Uint8Array | undefined;
  /** Whether somebody sits there who can be asked. */
  readonly isInteractive: () => boolean;
}

export const processIo = (): Io => ({
  cwd: currentFolder(),
  env: process.env,
  isInteractive: () => process.stdin.isTTY === true && process.stdout.isTTY === true,
  stdout: outputTo(1, () => process.stdout),
  stderr: outputTo(2, () => process.stderr),
  stdin: () => retried(() => readChunk(0)),
});

/** One that was deleted meanwhile goes by the name that the shell has for it: nothing is found there, which is told. */
const currentFolder = (): string => {
  try {
    return process.cwd();
  } catch {
    return process.env.PWD ?? '/';
  }
};

/**
 * Writes to a descriptor at once and in full, so that nothing is pending when the process ends. A terminal on Windows
 * is written through its stream, which alone knows its character set.
 */
const outputTo = (descriptor: 1 | 2, stream: () => NodeJS.WriteStream): Output => {
  let isOpen = true;
  let failure: string | undefined;
  // The stream is slow to make, and no pipe or file needs it, nor what is thrown away.
  const isTerminal = () => mayBeTerminal(descriptor) && stream().isTTY === true;
  const writeAll = (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length; ) at += retried(() => writeSync(descriptor, bytes, at));
  };
  return {
    isTerminal,
    // A terminal that knows no size says 0.
    columns: () => (isTerminal() && stream().columns) || undefined,
    rows: () => (isTerminal() && stream().rows) || undefined,
    failure: () => failure,
    write: (data) => {
      if (!isOpen) return;
      try {
        if (process.platform === 'win32' && isTerminal()) stream().write(data);
        else writeAll(typeof data === 'string' ? Buffer.from(data) : data);
      } catch (error) {
        isOpen = false;
        if (codeOf(error) !== 'EPIPE' && codeOf(error) !== 'EOF') failure = reasonOf(error);
      }
    },
  };
};

const mayBeTerminal = (descriptor: number): boolean => {
  try {
    const stat = fstatSync(descriptor);
    return stat.isCharacterDevice() && stat.rdev !== statSync('/dev/null', { throwIfNoEntry: false })?.rdev;
  } catch {
    return false;
  }
};

const CHUNK = 65_536;

const readChunk = (descriptor: number): Uint8Array | undefined => {
  const bytes = Buffer.allocUnsafe(CHUNK);
  try {
    const length = readSync(descriptor, bytes);
    return length === 0 ? undefined : bytes.subarray(0, length);
  } catch (error) {
    if (codeOf(error) === 'EOF') return undefined;
    throw error;
  }
};

/** A pipe that another process made non-blocking is waited for. */
const retried = <T>(call: () => T): T => {
  for (let pause = 1; ; pause = Math.min(2 * pause, 50)) {
    try {
      return call();
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    }
  }
};
