import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Io, Output } from '../../src/cli/io.ts';
import { main } from '../../src/cli/main.ts';
import { markerRules } from './marker-rules.ts';

/** A temporary folder with these files; it is gone when the test ends. */
export const folderWith = (files: Readonly<Record<string, string | Uint8Array>>): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'iechorlint-test-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return folder;
};

export interface World {
  readonly cwd?: string;
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Columns of a terminal that both outputs are; no terminal if absent. */
  readonly terminal?: number;
  /** Why standard output takes nothing. */
  readonly stdoutFailure?: string;
}

export interface FakeIo extends Io {
  readonly written: { stdout: string; stderr: string };
}

/** Outputs that are kept, and an input that is given. */
export const fakeIo = (world: World = {}): FakeIo => {
  const written = { stdout: '', stderr: '' };
  const chunks = world.stdin === undefined ? [] : [Buffer.from(world.stdin)];
  const output = (name: 'stdout' | 'stderr', failure?: string): Output => ({
    isTerminal: () => world.terminal !== undefined,
    columns: () => world.terminal,
    rows: () => (world.terminal === undefined ? undefined : 24),
    failure: () => failure,
    write: (data) => {
      if (failure === undefined) written[name] += typeof data === 'string' ? data : Buffer.from(data).toString();
    },
  });
  return {
    cwd: world.cwd ?? process.cwd(),
    env: world.env ?? {},
    stdin: () => chunks.shift(),
    isInteractive: () => world.terminal !== undefined,
    stdout: output('stdout', world.stdoutFailure),
    stderr: output('stderr'),
    written,
  };
};

/** Runs the command line in a folder, with words as rules unless others are given. */
export const runIn = async (cwd: string, args: readonly string[], world: World = {}, rules = markerRules) => {
  const io = fakeIo({ cwd, ...world });
  const code = await main(args, io, rules);
  return { code, ...io.written };
};

/** Runs the command line in a new folder of these files. */
export const run = (files: Readonly<Record<string, string | Uint8Array>>, ...args: string[]) =>
  runIn(folderWith(files), args);

export const CLEAN = 'FROM scratch\n';

/** A file in which the rules of the same names find something, a line for each from the second on. */
export const saying = (...words: string[]) => `FROM scratch\n${words.map((word) => `# ${word}\n`).join('')}`;

export const NOBODY = 65_534;

/** Does something as a user who may not do everything: where the tests run as root they are someone else meanwhile. */
export const withoutRights = async <T>(action: () => T | Promise<T>): Promise<T> => {
  if (process.getuid?.() !== 0) return action();
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
};
