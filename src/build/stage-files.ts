import { expandPattern, type FileTree, type Source, type SourceFile } from './files.ts';
import type { Tree, TreeEntry } from './tree.ts';
import { clean, joined, nameOf } from './tree.ts';

/** A stage or an image to copy from: its files keep their owners. */
export const stageTree = (tree: Tree): FileTree => ({
  find(pattern, { isExcluded = () => false }) {
    const paths = expandPattern(clean(pattern), (folder) => tree.list(tree.resolve(folder)));
    return paths.flatMap((path) => sourceAt(tree, path, isExcluded) ?? []);
  },
});

const sourceAt = (tree: Tree, path: string, isExcluded: (path: string) => boolean): Source | undefined => {
  const real = tree.resolve(path);
  const entry = tree.entry(real);
  const isFolder = real === '' || entry?.type === 'directory' || (!entry && tree.list(real).length > 0);
  if (!entry && !isFolder) return undefined;
  const files: SourceFile[] = [];
  visit(tree, real, '', isExcluded, files);
  return { name: nameOf(path), isFolder, files };
};

const visit = (
  tree: Tree,
  path: string,
  below: string,
  isExcluded: (path: string) => boolean,
  files: SourceFile[],
): void => {
  if (below !== '' && isExcluded(below)) return;
  const entry = tree.entry(path);
  files.push(entry ? fileOf(tree, entry, below) : { path: below, ...IMPLIED });
  for (const name of tree.list(path)) visit(tree, joined(path, name), joined(below, name), isExcluded, files);
};

/** A directory of which only what is in it is told. */
const IMPLIED = { type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0 } as const;

const PART = 1 << 20;

const fileOf = (tree: Tree, entry: TreeEntry, below: string): SourceFile => {
  const { type, mode, uid, gid, size, mtime, link, device, xattrs, layer, at } = entry;
  return {
    path: below,
    type,
    mode,
    uid,
    gid,
    size,
    mtime,
    ...(link === undefined ? {} : { link }),
    ...(device ? { device } : {}),
    ...(xattrs ? { xattrs } : {}),
    // The same place of the same layer is the same content.
    ...(type === 'file' ? { digest: `${layer}@${at}`, content: contentOf(tree, entry) } : {}),
  };
};

const contentOf =
  (tree: Tree, entry: TreeEntry): NonNullable<SourceFile['content']> =>
  (write) => {
    for (let done = 0; done < entry.size; done += PART) {
      write(tree.read({ ...entry, at: entry.at + done, size: Math.min(PART, entry.size - done) }));
    }
  };
