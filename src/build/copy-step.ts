import type { Add, Copy } from '../ast/nodes.ts';
import type { Image } from '../oci/image.ts';
import { fileOwnerOf, isNumeric, type Owner } from './accounts.ts';
import { type Dress, noFiles, writeLayer } from './copy.ts';
import { type CopyFlags, copyFlags } from './copy-flags.ts';
import { type CopyItem, copyItems } from './copy-items.ts';
import { BuildError } from './error.ts';
import type { FileTree } from './files.ts';
import { imageFrom } from './image-from.ts';
import { markOf, namedVariables } from './key-parts.ts';
import { openLayerDigests } from './layer-digests.ts';
import { layerDraft } from './layer-draft.ts';
import { stageTree, takenFrom } from './stage-files.ts';
import type { Step, StepContext } from './steps.ts';
import { told } from './told.ts';
import { type Tree, treeOf } from './tree.ts';

/** A COPY or ADD as a step: its key is what it says and what its sources hold. */
export const copyStep = async (node: Copy | Add, before: Image, context: StepContext): Promise<Step> => {
  const { model, request } = context;
  const { store, epoch } = request;
  const flags = copyFlags(model, node);
  const destination = destinationOf(node, context);
  const digests = openLayerDigests(store);
  const treeOfImage = (image: Image) => stageTree(treeOf(store, image.layers), digests);
  const tree = await told(node, store, () => treeFrom(flags, node, context, treeOfImage));
  const items = await told(node, store, () => copyItems(node, tree, flags, context));
  const { chown = '', chmod, link } = flags;
  const keys = await told(node, store, () => items.map(({ key }) => key()));
  digests.save();
  return {
    data: ['copy', node.kind, destination, chown, chmod, link, epoch, keys],
    isDetached: link,
    inputs: () => ({
      values: [
        ...namedVariables(model, node),
        ['the destination', markOf(destination)],
        ['--timestamps', markOf(epoch)],
        ...items.flatMap(({ values }) => values?.() ?? []),
      ],
      files: items.flatMap(({ files }) => files?.() ?? []),
    }),
    run: () =>
      told(node, store, async () => {
        const files = treeOf(store, before.layers);
        const dress = { owner: ownerFor(files, flags, node, before), mode: flags.mode, mtime: epoch };
        return writeItems(items, link ? noFiles : files, destination, dress, context);
      }),
  };
};

const writeItems = async (
  items: readonly CopyItem[],
  files: Tree,
  destination: string,
  dress: Dress,
  { request: { store, epoch } }: StepContext,
) => {
  const draft = layerDraft(files, epoch, takenFrom(files));
  const opened: (() => void)[] = [];
  try {
    for (const item of items) {
      const problem = await item.put(draft, destination, dress, (close) => opened.push(close));
      if (problem) throw new BuildError(problem, item.at);
    }
    return writeLayer(store, draft.entries());
  } finally {
    for (const close of opened) close();
  }
};

/** Absolute; of `.` and of nothing it is a directory, and so is what ends in a slash. */
export const destinationOf = (node: Copy | Add, { model }: StepContext): string => {
  const { value = '' } = model.expand(node.destination, node);
  const { workdir = '/' } = model.stateBefore(node);
  const path = value.startsWith('/') ? value : `${workdir}/${value}`;
  return value === '' || value === '.' ? `${path}/` : path;
};

const treeFrom = async (
  { from }: CopyFlags,
  node: Copy | Add,
  context: StepContext,
  treeOfImage: (image: Image) => FileTree,
): Promise<FileTree> => {
  if (from === undefined) return context.request.context;
  const named = await context.request.contextNamed?.(from);
  return named ?? treeOfImage(await context.bring(await imageFrom(from, node, context)));
};

const ownerFor = (tree: Tree, { chown, link }: CopyFlags, node: Copy | Add, before: Image): Owner | undefined => {
  if (chown === undefined) return undefined;
  if (isNumeric(chown) || (!link && before.layers.length > 0)) return fileOwnerOf(tree, chown);
  throw new BuildError(
    `${link ? '`--link` copies onto nothing' : 'there are no files yet'}, so that no user has a name: write the numbers of \`--chown=${chown}\``,
    node.flags.find(({ name }) => name.text === 'chown') ?? node,
  );
};
