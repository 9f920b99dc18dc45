import { compressionOf } from '../build/decompress.ts';
import type { FileTree, SourceFile } from '../build/files.ts';
import { openLayerDigests } from '../build/layer-digests.ts';
import { stageTree } from '../build/stage-files.ts';
import type { Store } from '../build/store.ts';
import { below, joined, type Tree, treeOf } from '../build/tree.ts';
import { storeTrouble } from '../build/trouble.ts';
import { isWebAddress } from '../build/web-address.ts';
import { newestIn } from '../build/web-context.ts';
import { ConfigError } from '../config/error.ts';
import { ImageError } from '../oci/error.ts';
import type { Layer } from '../oci/image.ts';
import type { Document } from '../source/document.ts';
import { ALL_NAMES, type BuildInput, contentOf, documentIn, fileApart, textOf } from './build-input.ts';
import type { BuildOptions } from './build-options.ts';
import type { Io } from './io.ts';

/** The context of a file that is given without one. */
export const NO_FILES: FileTree = {
  find: () => [],
  has: () => false,
  absence: ': the file to build came alone, without a context',
};

/** Does something with what a user has given: what is wrong with that is told as wrong use. Throws ConfigError. */
export const asInput = async <T>({ folder }: Store, place: string, action: () => T | Promise<T>): Promise<T> => {
  try {
    return await action();
  } catch (error) {
    const trouble = storeTrouble(folder, error);
    if (trouble !== error && trouble instanceof ImageError) throw new ImageError(`${place}: ${trouble.message}`);
    if (!(error instanceof Error) || error instanceof TypeError) throw error;
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(
      error instanceof ImageError ? `${place} cannot be unpacked: ${error.message}` : error.message,
    );
  }
};

/** An archive, or a folder of it, as the context; `place` is what it is called. Throws ConfigError. */
export const archiveInput = async (
  layer: Layer,
  folder: string,
  place: string,
  options: BuildOptions,
  io: Io,
  store: Store,
): Promise<BuildInput> => {
  const all = await asInput(store, place, () => treeOf(store, [layer]));
  const root = all.resolve(folder);
  if (root !== '' && all.entry(root)?.type !== 'directory' && all.list(root).length === 0)
    throw new ConfigError(`${place} has no folder ${folder}`);
  const tree = root === '' ? all : below(all, root);
  const digests = openLayerDigests(store);
  const context = stageTree(tree, digests);
  const hint = options.file === undefined ? folderHint(tree, place) : undefined;
  const file = (await fileApart(options, io, store)) ?? documentIn(context, place, options, io, hint);
  return { ...file, context, dated: () => newestIn(store, layer), save: digests.save };
};

/** Many archives have all in one folder. */
const folderHint = (tree: Tree, place: string): string | undefined => {
  const [folder = '', ...more] = tree.list('');
  if (more.length > 0 || !isWebAddress(place)) return undefined;
  return ALL_NAMES.some((name) => tree.entry(joined(folder, name))) ? `there is one in ${place}#:${folder}` : undefined;
};

/** The file to build that came alone. Throws ConfigError for what cannot be meant as one. */
export const documentOf = (file: SourceFile, place: string): Document => {
  const document = textOf(file, place);
  const flaw = document.defect?.kind === 'too-large' ? undefined : flawIn(contentOf(file));
  if (flaw === undefined) return document;
  throw new ConfigError(`${place} gives ${flaw}; what can be built is a tar archive, or an iEchorfile as text`);
};

const flawIn = (bytes: Uint8Array): string | undefined => {
  if (bytes.length === 0) return 'nothing';
  const start = Buffer.from(bytes.subarray(0, 512)).toString('latin1');
  if (/^(?:\xef\xbb\xbf)?\s*<(?:!|\?xml|html)/i.test(start))
    return 'a page for a browser, and not the file itself (the address of a repository ends in .git)';
  if (start.startsWith('PK\x03\x04')) return 'a zip archive';
  const kind = compressionOf(bytes);
  if (kind) return `something compressed by ${kind} that holds no tar archive`;
  return bytes.includes(0) && !/^(?:\xff\xfe|\xfe\xff)/.test(start)
    ? 'bytes that are neither text nor an archive'
    : undefined;
};
