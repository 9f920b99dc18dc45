import { basename, join, relative, resolve } from 'node:path';
import type { Material } from '../build/attest/provenance.ts';
import { contextTree } from '../build/context.ts';
import { openDigestCache } from '../build/digest-cache.ts';
import type { FileTree, SourceFile } from '../build/files.ts';
import { masked } from '../build/masked-url.ts';
import { openSightings } from '../build/sightings.ts';
import type { Store } from '../build/store.ts';
import { isWebAddress } from '../build/web-address.ts';
import { ConfigError } from '../config/error.ts';
import type { IgnoreFile } from '../facts/index.ts';
import { findIgnoreFile } from '../gather/context.ts';
import { decode, tooLarge } from '../source/decode.ts';
import type { Document } from '../source/document.ts';
import type { BuildOptions } from './build-options.ts';
import { commitTimeOf } from './build-time.ts';
import type { Io } from './io.ts';
import { MAX_FILE_SIZE } from './lint-options.ts';
import { statOf } from './places.ts';
import { readTarget } from './read.ts';
import { say } from './say.ts';
import { reasonOf } from './system-error.ts';

/** The file that is built. */
export interface BuiltFile {
  readonly document: Document;
  /** Where it is from, where that is not the context. */
  readonly source?: Material | 'here';
}

/** What is built: a file, and the files that it may copy. */
export interface BuildInput extends BuiltFile {
  readonly context: FileTree;
  /** When its files were committed, in seconds since 1970; 0 where some are not. */
  readonly committed?: () => number | Promise<number>;
  /** When they are of, where somebody asks for the time of the context; in seconds since 1970. */
  readonly dated?: () => undefined | number | Promise<number | undefined>;
  /** The commit or the download that they are of, where they come from elsewhere. */
  readonly origin?: Material;
  /** Keeps what was learnt about the context for the next build. */
  readonly save: () => void;
}

/** When the files are of, as far as anything tells it, in seconds since 1970. */
export const datedTime = async (input: Pick<BuildInput, 'dated' | 'committed'> | undefined) =>
  (await input?.dated?.()) ?? input?.committed?.();

/** Throws ConfigError where the file or the context cannot be read. */
export const openInput = async (options: BuildOptions, io: Io, store: Store): Promise<BuildInput> => {
  const { context } = options;
  if (context === '-') return (await import('./stream-input.ts')).inputFromStream(options, io, store);
  if (!MAY_BE_ELSEWHERE.test(context)) return inputFromFolder(options, io, store);
  const { inputFromRepository, repositoryIn } = await import('./git-input.ts');
  const repository = repositoryIn(context, io.cwd);
  if (repository) return inputFromRepository(repository, options, io, store);
  if (!isWebAddress(context)) return inputFromFolder(options, io, store);
  return (await import('./web-input.ts')).inputFromAddress(context, options, io, store);
};

/** Only of these the address of a repository or of something else is looked for. */
export const MAY_BE_ELSEWHERE = /[:#?]|git\b/;

const inputFromFolder = async (options: BuildOptions, io: Io, store: Store): Promise<BuildInput> => {
  const folder = resolve(io.cwd, options.context);
  if (!statOf(folder)?.isDirectory()) throw new ConfigError(noContext(options.context, folder));
  const apart = await fileApart(options, io, store);
  const file = apart ? undefined : fileIn(folder, options, io);
  const committed = () => commitTimeOf(folder, file, io.env);
  return {
    ...(apart ?? { document: documentAt(file ?? folder, io) }),
    committed,
    ...folderContext(folder, file, store, warningOf(options, io)),
  };
};

const noContext = (context: string, path: string): string => {
  const what = `the build context ${masked(context)}`;
  if (/:\/\//.test(context))
    return `${what} is no folder, and no address such as https://HOST/NAME.git#REF:FOLDER or https://HOST/FILE.tar.gz`;
  return statOf(path) ? `${what} is a file; name its folder, and the file to build by -f` : `${what} is not there`;
};

const documentAt = (file: string, io: Io): Document => {
  const path = relative(io.cwd, file) || basename(file);
  const source = readTarget({ path, file }, io, MAX_FILE_SIZE);
  if (typeof source === 'string') throw new ConfigError(`cannot read ${path}: ${source}`);
  return source.document;
};

/** A folder without what its ignore file leaves out; `file` is the iEchorfile, which may have an ignore file of its own. */
export const folderContext = (
  folder: string,
  file: string | undefined,
  store: Store,
  warn: (text: string) => void,
): Pick<BuildInput, 'context' | 'save'> => {
  const ignore = ignoreFileOf(folder, file);
  if (ignore?.defect) throw new ConfigError(`${ignore.path}:${ignore.defect.line}: ${ignore.defect.message}`);
  const digests = openDigestCache(store.folder, folder);
  const sightings = openSightings(store.folder, folder, ignore?.patterns);
  return { context: contextTree(folder, ignore, digests, sightings, warn), save: digests.save };
};

/** What is to be told of a context although it can be built. */
export const warningOf =
  ({ quiet }: BuildOptions, io: Io) =>
  (text: string): void => {
    if (!quiet) say(io, text);
  };

const ignoreFileOf = (folder: string, file: string | undefined): IgnoreFile | undefined => {
  try {
    return findIgnoreFile(folder, file);
  } catch (error) {
    const reason = reasonOf(error);
    const path = error instanceof Error && 'path' in error ? error.path : `the ignore file of ${folder}`;
    throw new ConfigError(`cannot read ${path}: ${reason}`);
  }
};

const NAMES = ['iEchorfile', 'Dockerfile', 'Containerfile'];
const ANY_NAME = 'iEchorfile, Dockerfile or Containerfile';

/** Those in small letters are found too. */
export const ALL_NAMES = [...NAMES, ...NAMES.map((name) => name.toLowerCase())];

const fileIn = (context: string, { file }: BuildOptions, io: Io): string => {
  const path =
    file === undefined
      ? ALL_NAMES.map((name) => join(context, name)).find((each) => statOf(each)?.isFile())
      : resolve(io.cwd, file);
  if (path !== undefined) return path;
  throw new ConfigError(`${context} has no ${ANY_NAME}; name the file by -f, or write one by \`iechorlint init\``);
};

export const contentOf = ({ content }: SourceFile): Uint8Array => {
  const parts: Uint8Array[] = [];
  content?.((part) => parts.push(Buffer.from(part)));
  return Buffer.concat(parts);
};

/**
 * The file to build among the files of an archive or a repository; one that is named and not among them may be on this
 * machine. `place` is what they are in. Throws ConfigError.
 */
export const documentIn = (tree: FileTree, place: string, options: BuildOptions, io: Io, hint?: string): BuiltFile => {
  const { file } = options;
  for (const name of file === undefined ? ALL_NAMES : [file]) {
    const found = tree.find(name, {})[0]?.files[0];
    if (found?.type === 'file') return { document: textOf(found, name) };
  }
  const here = file === undefined ? undefined : fileHere(resolve(io.cwd, file), io);
  if (!here) {
    const neither = file === undefined ? ANY_NAME : `${file}, and it is not on this machine either`;
    throw new ConfigError(`${place} has no ${neither}${hint ? `; ${hint}` : ''}`);
  }
  warningOf(options, io)(`${place} has no ${file}; what is built is the file of that name on this machine`);
  return { document: here, source: 'here' };
};

/** Of a file that is too large nothing is read. */
export const textOf = (file: SourceFile, name: string): Document =>
  file.size > MAX_FILE_SIZE ? tooLarge(name, file.size, MAX_FILE_SIZE) : decode(name, contentOf(file));

const fileHere = (path: string, io: Io): Document | undefined => {
  const source = readTarget({ path: relative(io.cwd, path), file: path }, io, MAX_FILE_SIZE);
  return typeof source === 'string' ? undefined : source.document;
};

/** The file to build that is not looked for in the context: from standard input, or of an address. Throws ConfigError. */
export const fileApart = async (options: BuildOptions, io: Io, store: Store): Promise<BuiltFile | undefined> => {
  const { file } = options;
  if (file !== undefined && isWebAddress(file))
    return (await import('./web-input.ts')).fileOfAddress(file, options, io, store);
  if (file !== '-') return undefined;
  const source = readTarget({ path: 'standard input', file: undefined }, io, MAX_FILE_SIZE);
  if (typeof source === 'string') throw new ConfigError(`cannot read standard input: ${source}`);
  return { document: source.document, source: 'here' };
};
