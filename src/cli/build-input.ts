import { randomUUID } from 'node:crypto';
import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { openArchive } from '../build/archive.ts';
import type { Material } from '../build/attest/provenance.ts';
import { contextTree } from '../build/context.ts';
import { openDigestCache } from '../build/digest-cache.ts';
import type { FileTree, SourceFile } from '../build/files.ts';
import { openLayerDigests } from '../build/layer-digests.ts';
import { readInto } from '../build/read-file.ts';
import { openSightings } from '../build/sightings.ts';
import { stageTree } from '../build/stage-files.ts';
import { newBlob, type Store } from '../build/store.ts';
import { treeOf } from '../build/tree.ts';
import { ConfigError } from '../config/error.ts';
import type { IgnoreFile } from '../facts/index.ts';
import { findIgnoreFile } from '../gather/context.ts';
import { decode } from '../source/decode.ts';
import type { Document } from '../source/document.ts';
import type { BuildOptions } from './build-options.ts';
import { commitTimeOf } from './build-time.ts';
import type { Io } from './io.ts';
import { plainLint } from './lint-options.ts';
import { readTarget } from './read.ts';
import { say } from './say.ts';
import { reasonOf } from './system-error.ts';

/** What is built: a file, and the files that it may copy. */
export interface BuildInput {
  readonly document: Document;
  readonly context: FileTree;
  /** When its files were committed, in seconds since 1970; 0 where some are not. */
  readonly committed?: () => number | Promise<number>;
  /** The commit that they are of, where they come from a repository. */
  readonly origin?: Material;
  /** Keeps what was learnt about the context for the next build. */
  readonly save: () => void;
}

/** Throws ConfigError where the file or the context cannot be read. */
export const openInput = async (options: BuildOptions, io: Io, store: Store): Promise<BuildInput> => {
  if (options.context === '-') return inputFromStream(options, io, store);
  if (!MAY_BE_REPOSITORY.test(options.context)) return inputFromFolder(options, io, store);
  const { inputFromRepository, repositoryIn } = await import('./git-input.ts');
  const address = repositoryIn(options.context, io.cwd);
  return address ? inputFromRepository(address, options, io, store) : inputFromFolder(options, io, store);
};

/** Only of these the address of a repository is looked for. */
export const MAY_BE_REPOSITORY = /[:#?]|git\b/;

const inputFromFolder = (options: BuildOptions, io: Io, store: Store): BuildInput => {
  const folder = resolve(io.cwd, options.context);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new ConfigError(
      `the build context ${options.context} is no folder${/:\/\//.test(options.context) ? ', and no address of a repository, such as https://HOST/NAME.git#REF:FOLDER' : ''}`,
    );
  const target = fileIn(folder, options, io);
  const source = readTarget(target, io, plainLint([]).maxFileSize);
  if (typeof source === 'string') throw new ConfigError(`cannot read ${target.path}: ${source}`);
  const committed = () => commitTimeOf(folder, target.file, io.env);
  return { document: source.document, committed, ...folderContext(folder, target.file, store, warningOf(options, io)) };
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
/** Those in small letters are found too. */
const ALL_NAMES = [...NAMES, ...NAMES.map((name) => name.toLowerCase())];

const fileIn = (
  context: string,
  { file }: BuildOptions,
  io: Io,
): { readonly path: string; readonly file: string | undefined } => {
  if (file === '-') return { path: 'standard input', file: undefined };
  const path =
    file === undefined
      ? ALL_NAMES.map((name) => join(context, name)).find((each) => statSync(each, { throwIfNoEntry: false })?.isFile())
      : resolve(io.cwd, file);
  if (path === undefined)
    throw new ConfigError(
      `${context} has no ${NAMES.join(', ')}; name the file by -f, or write one by \`iechorlint init\``,
    );
  return { path: relative(io.cwd, path) || basename(path), file: path };
};

// Standard input ----------------------------------------------------------------------------------------------------

const EMPTY: FileTree = { find: () => [], has: () => false };

/** An archive is the whole context, and anything else an iEchorfile that has none. */
const inputFromStream = async (options: BuildOptions, io: Io, store: Store): Promise<BuildInput> => {
  const file = spooled(io, store);
  const archive = await openArchive(file, store);
  if (!archive) return { document: decode('standard input', contentOf(file)), context: EMPTY, save: () => {} };
  const blob = newBlob(store);
  for (let at = 0; ; at += PART) {
    const part = archive.read(at, PART);
    blob.write(part);
    if (part.length < PART) break;
  }
  archive.close();
  const digests = openLayerDigests(store);
  const context = stageTree(treeOf(store, [blob.finish()]), digests);
  return { document: documentIn(context, options, 'the archive on standard input'), context, save: digests.save };
};

const PART = 1 << 20;

const spooled = ({ stdin }: Io, store: Store): SourceFile => {
  const path = join(store.workFolder(), randomUUID());
  const out = openSync(path, 'wx');
  let size = 0;
  try {
    for (let chunk = stdin(); chunk; chunk = stdin()) {
      size += chunk.length;
      for (let at = 0; at < chunk.length; ) at += writeSync(out, chunk, at);
    }
  } catch (error) {
    rmSync(path, { force: true });
    throw new ConfigError(`cannot read standard input: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    closeSync(out);
  }
  const all = size;
  const content: SourceFile['content'] = (write) => readInto(path, all, write);
  return { path: '', type: 'file', mode: 0o644, uid: 0, gid: 0, size, mtime: 0, content };
};

export const contentOf = ({ content }: SourceFile): Uint8Array => {
  const parts: Uint8Array[] = [];
  content?.((part) => parts.push(Buffer.from(part)));
  return Buffer.concat(parts);
};

/** `place` is what the files are in. Throws ConfigError. */
export const documentIn = (tree: FileTree, { file }: BuildOptions, place: string): Document => {
  for (const name of file === undefined ? ALL_NAMES : [file]) {
    const found = tree.find(name, {})[0]?.files[0];
    if (found?.type === 'file') return decode(name, contentOf(found));
  }
  throw new ConfigError(`${place} has no ${file ?? NAMES.join(', ')}`);
};
