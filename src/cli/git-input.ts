import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FileTree } from '../build/files.ts';
import { addressOf, commitMaterial, type GitAddress, readGitAddress } from '../build/git.ts';
import { type CommittedFiles, committedFiles } from '../build/git-context.ts';
import { openLayerDigests } from '../build/layer-digests.ts';
import { masked } from '../build/masked-url.ts';
import { pathFilter } from '../build/path-filter.ts';
import { stageTree } from '../build/stage-files.ts';
import type { Store } from '../build/store.ts';
import { treeOf } from '../build/tree.ts';
import { ConfigError } from '../config/error.ts';
import { IGNORE_ENDINGS, type IgnoreFile, readIgnoreFile } from '../facts/index.ts';
import { readBuildArgs } from './build-args.ts';
import { type BuildInput, contentOf, documentIn, fileApart, warningOf } from './build-input.ts';
import type { BuildOptions } from './build-options.ts';
import type { Io } from './io.ts';
import { patiently } from './patience.ts';
import { isFolderAt } from './places.ts';

/** The repository that a build context names: an address, or a folder of git's own on this machine. */
export const repositoryIn = (context: string, cwd: string): GitAddress | undefined => {
  const [place = ''] = context.split(/[?#]/, 1);
  if (isFolderAt(resolve(cwd, context)) && !/(?:^|[./])git$/.test(context)) return undefined;
  if (/^file:\/\//.test(place)) return addressOf(context);
  if (/^github\.com\//.test(place)) return addressOf(`https://${context}`);
  const path = resolve(cwd, place);
  const isOwn = /\.git\/?$/.test(place) && isFolderAt(path) && existsSync(`${path}/HEAD`);
  return isOwn ? { ...addressOf(context), remote: path } : readGitAddress(context);
};

/** The files of a commit as a context, and the file to build from among them. Throws ConfigError. */
export const inputFromRepository = async (
  address: GitAddress,
  options: BuildOptions,
  io: Io,
  store: Store,
): Promise<BuildInput> => {
  const { layer, time, commit } = await committed(store, address, options, io);
  const tree = treeOf(store, [layer]);
  const digests = openLayerDigests(store);
  const all = stageTree(tree, digests);
  const file = (await fileApart(options, io, store)) ?? documentIn(all, masked(address.remote), options, io);
  const ignore = ignoreFileIn(all, file.document.path);
  if (ignore?.defect) throw new ConfigError(`${ignore.path}:${ignore.defect.line}: ${ignore.defect.message}`);
  const ignored = ignore && ignore.patterns.length > 0 ? pathFilter(ignore.patterns) : undefined;
  return {
    ...file,
    context: stageTree(tree, digests, ignored),
    committed: () => time,
    origin: commitMaterial(address, commit),
    save: digests.save,
  };
};

/** The files of a commit alone. Throws ConfigError. */
export const contextFromRepository = async (
  address: GitAddress,
  options: BuildOptions,
  io: Io,
  store: Store,
): Promise<Pick<BuildInput, 'context' | 'save' | 'committed' | 'origin'>> => {
  const { layer, time, commit } = await committed(store, address, options, io);
  const digests = openLayerDigests(store);
  return {
    context: stageTree(treeOf(store, [layer]), digests),
    committed: () => time,
    origin: commitMaterial(address, commit),
    save: digests.save,
  };
};

const committed = async (store: Store, address: GitAddress, options: BuildOptions, io: Io): Promise<CommittedFiles> => {
  const name = [masked(address.remote), ...(address.ref ? [address.ref] : [])].join('#');
  try {
    const files = committedFiles(store, address, keepsGit(options, io));
    return await patiently(files, `fetching ${name}`, warningOf(options, io));
  } catch (error) {
    if (!(error instanceof Error) || error instanceof TypeError) throw error;
    throw new ConfigError(`the build context ${name} cannot be had: ${error.message}`);
  }
};

/** As BuildKit is asked for it. */
const keepsGit = ({ buildArgs }: BuildOptions, { env }: Io): boolean =>
  /^(?:1|t|true)$/i.test(readBuildArgs(buildArgs, env).get('BUILDKIT_CONTEXT_KEEP_GIT_DIR') ?? '');

/** That of the file, else that of the context. */
const ignoreFileIn = (tree: FileTree, file: string): IgnoreFile | undefined => {
  for (const name of [...IGNORE_ENDINGS.map((ending) => `${file}${ending}`), ...IGNORE_ENDINGS]) {
    const found = tree.find(name, {})[0]?.files[0];
    if (found?.type === 'file') return readIgnoreFile(name, Buffer.from(contentOf(found)).toString('utf8'));
  }
  return undefined;
};
