import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigError } from '../config/error.ts';
import type { BuildOptions } from './build-options.ts';
import type { Output, PushOutput } from './build-output.ts';
import type { CacheTo } from './cache-options.ts';
import { fullName } from './image-names.ts';
import type { Io } from './io.ts';
import { codeOf, reasonOf } from './system-error.ts';

/** Says before a build what could not be handed out behind it. Throws ConfigError. */
export const checkOutputs = (
  { outputs, cacheTo, tags }: Pick<BuildOptions, 'outputs' | 'cacheTo' | 'tags'>,
  io: Io,
) => {
  for (const output of outputs) checkOutput(output, tags, io);
  for (const cache of cacheTo) checkCache(cache, io);
};

const checkOutput = (output: Output, tags: readonly string[], io: Io): void => {
  if (output.type === 'registry') pushedNames(output, tags);
  else if (output.type === 'local' || ('tar' in output && !output.tar)) checkFolder(output.dest, io);
  else checkArchive(output.dest, io);
};

const checkCache = (cache: CacheTo, io: Io): void => {
  if (cache.isOptional) return;
  if (cache.type === 'local') checkFolder(cache.folder, io);
  else fullName(cache.name);
};

/** The full names that an image is pushed under: those of the output, else those that it has. Throws ConfigError. */
export const pushedNames = ({ names: own }: Pick<PushOutput, 'names'>, names: readonly string[]): readonly string[] => {
  const pushed = own.length > 0 ? own.map(fullName) : names;
  if (pushed.length > 0) return pushed;
  throw new ConfigError('a push needs the name of a repository: -t registry.example.com/team/app:1.0');
};

/** A file that can be written whole; `-` is standard output. Throws ConfigError. */
export const checkArchive = (dest: string, io: Io): void => {
  if (dest !== '-') return checkFile(dest, io);
  if (io.stdout.isTerminal()) throw new ConfigError('an archive is not for a terminal: send it on, or name a file');
};

/** A plain file is made anew beside itself, a device or a pipe written as it is. Throws ConfigError. */
export const checkFile = (file: string, io: Io): void => {
  const path = resolve(io.cwd, file);
  const stat = statOf(path, file);
  if (stat?.isDirectory()) throw new ConfigError(`${file} is a folder; name a file in it`);
  if (stat && !stat.isFile()) return checkWritable(path, file);
  const folder = statOf(dirname(path), file);
  if (!folder)
    throw new ConfigError(`cannot write ${file}: there is no folder ${dirname(file)}; make it, or name another file`);
  if (!folder.isDirectory()) throw new ConfigError(`cannot write ${file}: ${dirname(file)} is no folder`);
  checkWritable(dirname(path), file);
};

/** What lacks of its path is made. */
const checkFolder = (dest: string, io: Io): void => {
  let path = resolve(io.cwd, dest);
  let stat = statOf(path, dest);
  while (!stat && dirname(path) !== path) {
    path = dirname(path);
    stat = statOf(path, dest);
  }
  if (stat && !stat.isDirectory()) throw new ConfigError(`cannot write ${dest}: ${path} is no folder`);
  checkWritable(path, dest);
};

const statOf = (path: string, named: string): Stats | undefined => {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // A folder below a file: the file itself is told of.
    if (codeOf(error) === 'ENOTDIR') return undefined;
    throw new ConfigError(`cannot write ${named}: ${reasonOf(error)}`);
  }
};

const checkWritable = (path: string, named: string): void => {
  try {
    accessSync(path, constants.W_OK);
  } catch (error) {
    throw new ConfigError(`cannot write ${named}: ${reasonOf(error)} in ${path}`);
  }
};
