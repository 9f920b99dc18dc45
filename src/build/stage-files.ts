import type { Digest } from '../oci/image.ts';
import type { FileTree, SourceFile } from './files.ts';
import { searched } from './find.ts';
import type { LayerDigests } from './layer-digests.ts';
import type { PathFilter } from './path-filter.ts';
import type { Tree, TreeEntry } from './tree.ts';

/** A stage or an image to copy from: its files keep their owners. With `digests` a file is known by its content. */
export const stageTree = (tree: Tree, digests?: LayerDigests, ignored?: PathFilter): FileTree =>
  searched({
    ignored,
    names: (folder) => tree.list(folder),
    file: (path, as) => fileAt(tree, path, as, digests),
  });

/** Files of an image by their path, as they are put into a layer again. */
export const takenFrom =
  (tree: Tree) =>
  (path: string): SourceFile | undefined =>
    tree.entry(path) && fileAt(tree, path, path, undefined);

const fileAt = (tree: Tree, path: string, as: string, digests: LayerDigests | undefined): SourceFile | undefined => {
  const entry = tree.entry(path);
  if (entry) return fileOf(tree, entry, as, digests);
  return path === '' || tree.list(path).length > 0 ? { path: as, ...IMPLIED } : undefined;
};

/** A directory of which only what is in it is told. */
const IMPLIED = { type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0 } as const;

const PART = 1 << 20;

const fileOf = (tree: Tree, entry: TreeEntry, as: string, digests: LayerDigests | undefined): SourceFile => {
  const { type, mode, uid, gid, size, mtime, link, device, xattrs } = entry;
  return {
    path: as,
    type,
    mode,
    uid,
    gid,
    size,
    mtime,
    ...(link === undefined ? {} : { link }),
    ...(device ? { device } : {}),
    ...(xattrs ? { xattrs } : {}),
    ...(type === 'file' ? contentOf(tree, entry, digests) : {}),
  };
};

const contentOf = (tree: Tree, entry: TreeEntry, digests: LayerDigests | undefined) => ({
  // The same place of the same layer is the same content.
  inode: placeOf(entry.layer, entry.at),
  digest: () => digests?.of(entry.layer, entry.at, () => tree.digest(entry)) ?? placeOf(entry.layer, entry.at),
  content: (write: (chunk: Uint8Array) => void) => {
    for (let done = 0; done < entry.size; done += PART)
      write(tree.read({ ...entry, at: entry.at + done, size: Math.min(PART, entry.size - done) }));
  },
});

const placeOf = (layer: Digest, at: number): string => `${layer}@${at}`;
