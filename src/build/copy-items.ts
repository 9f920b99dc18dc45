import { parseWordText } from '../ast/line.ts';
import type { Add, Copy, CopySource, Heredoc } from '../ast/nodes.ts';
import { expand } from '../model/expand.ts';
import type { Model } from '../model/index.ts';
import { environmentOf } from '../model/scope.ts';
import type { Range } from '../source/range.ts';
import { openArchive, unpackInto } from './archive.ts';
import { copyInto, type Dress } from './copy.ts';
import type { CopyFlags } from './copy-flags.ts';
import { BuildError } from './error.ts';
import {
  absenceOf,
  type FileTree,
  type FindOptions,
  isPattern,
  plainStart,
  type Source,
  type SourceFile,
} from './files.ts';
import { readGitAddress } from './git.ts';
import { isWellFormed } from './glob.ts';
import { type FileList, fileList, markOf, type NamedMark } from './key-parts.ts';
import type { LayerDraft } from './layer-draft.ts';
import { masked } from './masked-url.ts';
import { filterOf } from './path-filter.ts';
import { type Sources, sourcesIn, theseSources } from './sources.ts';
import type { StepContext } from './steps.ts';
import type { Store } from './store.ts';
import { now } from './times.ts';
import { clean } from './tree.ts';
import { isWebAddress } from './web-address.ts';

/** One thing that a COPY or ADD puts into an image. */
export interface CopyItem {
  readonly at: Range;
  /** What decides the result. */
  readonly key: () => unknown;
  /** What the key is made of. */
  readonly files?: () => readonly FileList[];
  readonly values?: () => readonly NamedMark[];
  /** A text says why it cannot be. What is handed to `opened` is called when the layer is written. */
  readonly put: (
    draft: LayerDraft,
    destination: string,
    dress: Dress,
    opened: (close: () => void) => void,
  ) => string | undefined | Promise<string | undefined>;
}

/** In order, those from files first, as BuildKit has them. Throws BuildError where a source is not there. */
export const copyItems = async (
  node: Copy | Add,
  tree: FileTree,
  flags: CopyFlags,
  context: StepContext,
): Promise<readonly CopyItem[]> => {
  const items: CopyItem[] = [];
  for (const word of node.sources) {
    if (word.heredoc) continue;
    const { value = word.raw } = context.model.expand(word, node);
    items.push(await itemOf(value, word, node, tree, flags, context));
  }
  for (const word of node.sources) if (word.heredoc) items.push(heredocItem(context.model, node, word, word.heredoc));
  return items;
};

const itemOf = async (
  value: string,
  word: CopySource,
  node: Copy | Add,
  tree: FileTree,
  flags: CopyFlags,
  { request }: StepContext,
): Promise<CopyItem> => {
  const { store, noCache } = request;
  const repository = readGitAddress(value);
  const isAddress = isWebAddress(value);
  if (flags.checksum !== undefined && node.sources.length > 1)
    throw new BuildError('a checksum is that of one source', node);
  if (node.kind === 'Copy' && flags.from === undefined && (repository || isAddress))
    throw new BuildError(`source can't be a ${repository ? 'git ref' : 'URL'} for COPY`, word);
  if (node.kind === 'Add' && repository)
    return foreign(await (await import('./git-item.ts')).gitItem(repository, word, flags, request), value);
  if (node.kind === 'Add' && isAddress)
    return foreign(await (await import('./download-item.ts')).downloadItem(value, word, flags, request), value);
  if (flags.checksum !== undefined) throw new BuildError("checksum can't be specified for non-HTTP(S) sources", word);
  const name = JSON.stringify([value, flags.parents, flags.excluded]);
  const sources = sourcesIn(tree, name, noCache, word, () => found(value, word, tree, flags));
  const unpacks = node.kind === 'Add' && flags.unpack !== false;
  const item = unpacks ? archiveItem(sources, word, store) : sourceItem(sources, word);
  return { ...item, files: () => [fileList(value, flags, sources.found())] };
};

/** Of what comes from elsewhere it is told only that it is another. */
const foreign = (item: CopyItem, value: string): CopyItem => ({
  ...item,
  values: () => [[`what ${masked(value)} gives`, markOf(item.key())]],
});

const heredocItem = (model: Model, node: Copy | Add, word: CopySource, heredoc: Heredoc): CopyItem => {
  const item = sourceItem(theseSources([heredocSource(model, node, heredoc)]), word);
  return { ...item, values: () => [[`what <<${heredoc.name} holds`, markOf(item.key())]] };
};

const found = (value: string, word: CopySource, tree: FileTree, flags: CopyFlags): readonly Source[] => {
  const { excludes, from } = flags;
  if (!flags.parents && isPattern(value) && !isWellFormed(value))
    throw new BuildError(
      `\`${value}\` is no pattern: a \`[\` begins a list that ends in \`]\`, and \`\\[\` is the character`,
      word,
    );
  const sources = flags.parents ? withParents(value, word, tree, flags) : tree.find(value, { excludes });
  const picks = flags.parents && pivoted(value).pattern !== '';
  const isMissing = picks ? sources.every(({ files }) => files.length < 2) : sources.length === 0;
  if (isMissing && !(isPattern(value) && (flags.parents || tree.has(plainStart(value)))))
    throw new BuildError(absenceOf(value, tree, from), word);
  return isMissing && flags.parents ? [] : sources;
};

/** What stands before `/./` is left out of the names; no pattern is all there is. */
const pivoted = (value: string): { readonly start: string; readonly pattern: string } => {
  const pivot = value.indexOf('/./');
  if (pivot < 0) return { start: '/', pattern: clean(value) };
  return { start: value.slice(0, pivot) || '/', pattern: clean(value.slice(pivot + 3)) };
};

const withParents = (value: string, word: CopySource, tree: FileTree, { excludes }: CopyFlags): readonly Source[] => {
  const { start, pattern } = pivoted(value);
  if (pattern === '') return tree.find(start, { excludes }).filter(({ isFolder }) => isFolder);
  const includes = filterOf([pattern.replace(/^!/, '\\!')]);
  if (typeof includes === 'string') throw new BuildError(includes, word);
  const options: FindOptions = { excludes, includes };
  return tree.find(start, options).filter(({ isFolder }) => isFolder);
};

export const sourceItem = (sources: Sources, at: Range): CopyItem => ({
  at,
  key: sources.digest,
  put(draft, destination, dress) {
    for (const source of sources.all()) {
      const problem = copyInto(draft, source, destination, dress);
      if (problem) return problem;
    }
    return undefined;
  },
});

/** As `sourceItem`, but archives are unpacked. */
export const archiveItem = (sources: Sources, at: Range, store: Store): CopyItem => ({
  at,
  key: () => ['unpack', sources.digest()],
  async put(draft, destination, dress, opened) {
    for (const source of sources.all()) {
      const [file] = source.files;
      const archive = file && (await openArchive(file, store));
      if (archive) opened(archive.close);
      const problem = archive
        ? unpackInto(draft, archive, destination, dress)
        : copyInto(draft, source, destination, dress);
      if (problem) return problem;
    }
    return undefined;
  },
});

const heredocSource = (
  model: Model,
  node: Copy | Add,
  { name, content, expand: expands, stripTabs }: Heredoc,
): Source => {
  const text = stripTabs ? content.replace(/^\t+/gm, '') : content;
  const scope = environmentOf(model.stateBefore(node));
  const { value = text } = expands ? expand(parseWordText(text, model.file.escape), scope) : { value: text };
  return fileSource(name, Buffer.from(value), 0o644);
};

/** A file that is in memory. */
const fileSource = (name: string, bytes: Buffer, mode: number): Source => {
  const file: SourceFile = {
    path: '',
    type: 'file',
    mode,
    uid: 0,
    gid: 0,
    size: bytes.length,
    mtime: now(),
    digest: () => bytes.toString('base64'),
    content: (write) => write(bytes),
  };
  return { name, isFolder: false, files: [file] };
};
