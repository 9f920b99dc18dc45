import { randomUUID } from 'node:crypto';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openArchive } from '../build/archive.ts';
import type { SourceFile } from '../build/files.ts';
import { masked } from '../build/masked-url.ts';
import { readInto } from '../build/read-file.ts';
import type { Store } from '../build/store.ts';
import { guardedSync } from '../build/trouble.ts';
import { archiveLayer } from '../build/web-context.ts';
import { ConfigError } from '../config/error.ts';
import { archiveInput, asInput, documentOf, NO_FILES } from './archive-input.ts';
import type { BuildInput } from './build-input.ts';
import type { BuildOptions } from './build-options.ts';
import type { Io } from './io.ts';

const PLACE = 'the archive on standard input';

/** An archive is the whole context, and anything else an iEchorfile that has none. Throws ConfigError. */
export const inputFromStream = async (options: BuildOptions, io: Io, store: Store): Promise<BuildInput> => {
  const { file: named } = options;
  if (named === '-')
    throw new ConfigError('standard input cannot be both the context and the file to build: leave one `-` out');
  const file = spooled(io, store);
  const layer = await asInput(store, PLACE, async () => {
    const archive = await openArchive(file, store);
    return archive && archiveLayer(archive, store);
  });
  if (layer) return archiveInput(layer, '', PLACE, options, io, store);
  if (named !== undefined)
    throw new ConfigError(
      `standard input is no archive, but a file to build, and -f ${masked(named)} is another: leave one of them out`,
    );
  return { document: documentOf(file, 'standard input'), context: NO_FILES, save: () => {} };
};

const spooled = (io: Io, store: Store): SourceFile => {
  const path = join(store.workFolder(), randomUUID());
  const out = openSync(path, 'wx');
  let size = 0;
  try {
    for (let chunk = nextOf(io); chunk; chunk = nextOf(io)) {
      const part = chunk;
      guardedSync(store.folder, () => {
        for (let at = 0; at < part.length; ) at += writeSync(out, part, at);
      });
      size += part.length;
    }
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(out);
  }
  const all = size;
  const content: SourceFile['content'] = (write) => readInto(path, all, write);
  return { path: '', type: 'file', mode: 0o644, uid: 0, gid: 0, size, mtime: 0, content };
};

const nextOf = ({ stdin }: Io): Uint8Array | undefined => {
  try {
    return stdin();
  } catch (error) {
    throw new ConfigError(`cannot read standard input: ${error instanceof Error ? error.message : String(error)}`);
  }
};
