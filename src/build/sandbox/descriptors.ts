import { readdirSync, readFileSync } from 'node:fs';
import { pathOf } from './programs.ts';

const CLOSE_ON_EXEC = 0o2000000;

/** What whoever started us has left open: Node closes the first of them alone for programs that it starts. */
const leaking = (): readonly number[] =>
  readdirSync('/proc/self/fd')
    .map(Number)
    .filter((descriptor) => descriptor > 3 && isLeaking(descriptor));

const isLeaking = (descriptor: number): boolean => {
  try {
    const [, flags = '0'] = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8')) ?? [];
    return (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    // It was the one that the list was read by.
    return false;
  }
};

/** Shells that can close descriptors of any number. bash takes a socket as its input for a login from elsewhere. */
const SHELLS = [
  ['bash', '--norc'],
  ['busybox', 'sh'],
] as const;

/** The command, so that it has no descriptor but the first four. */
export const withoutDescriptors = (command: readonly string[]): readonly string[] => {
  const found = leaking();
  if (found.length === 0) return command;
  for (const [name, ...words] of SHELLS) {
    const shell = pathOf(name, process.env.PATH ?? '');
    const closing = found.map((descriptor) => `${descriptor}>&-`).join(' ');
    if (shell !== undefined) return [shell, ...words, '-c', `exec ${closing}; exec "$@"`, 'sh', ...command];
  }
  return command;
};
