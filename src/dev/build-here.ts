import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from '../build/store.ts';
import { main } from '../cli/main.ts';
import type { Image } from '../oci/image.ts';
import { BUSYBOX_TAG, type BuildCase, basesOf } from './build-case.ts';
import { writeBusybox } from './busybox.ts';

/** An image, or what was said where there is none. */
export type Outcome =
  | { readonly image: Image; readonly failure?: undefined }
  | { readonly image?: undefined; readonly failure: string };

/** Builds a case that was prepared in a folder. */
export const buildHere = async (name: string, expected: BuildCase, folder: string, store: Store): Promise<Outcome> => {
  const { options = [], stdin } = expected;
  const usual = ['--build', '--no-lint', '--store', store.folder, '--network', 'none', '-q'];
  for (const { tag, file, context } of basesOf(name, expected, folder)) {
    if (tag === BUSYBOX_TAG && store.image(tag)) continue;
    if (tag === BUSYBOX_TAG) writeBusybox(context, file);
    const made = await runHere([...usual, '-t', tag, '-f', file, context], folder);
    if (made.code !== 0) return { failure: made.stderr };
  }
  const place = stdin === undefined ? ['-f', join(folder, 'iEchorfile'), join(folder, 'context')] : ['-'];
  const input = stdin === undefined ? undefined : readFileSync(join(folder, 'context', stdin));
  const { code, stdout, stderr } = await runHere([...usual, ...options, ...place], folder, input);
  const image = code === 0 ? store.image(stdout.trim()) : undefined;
  return image ? { image } : { failure: stderr.trim() };
};

/** Runs the command line in this process, as `iechorlint ARGS` in a folder. */
export const runHere = async (args: readonly string[], cwd: string, input?: Uint8Array) => {
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    isTerminal: () => false,
    columns: () => undefined,
    rows: () => undefined,
    failure: () => undefined,
    write: (data: string | Uint8Array) => {
      written[name] += Buffer.from(data).toString();
    },
  });
  const chunks = input ? [input] : [];
  const io = {
    cwd,
    env: { PATH: process.env.PATH },
    stdout: output('stdout'),
    stderr: output('stderr'),
    stdin: () => chunks.shift(),
    isInteractive: () => false,
  };
  return { code: await main(args, io), ...written };
};
