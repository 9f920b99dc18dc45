import { type Owner, ROOT } from './accounts.ts';
import type { SourceFile } from './files.ts';
import { now } from './times.ts';
import { folderOf, nameOf, resolveIn, type Tree } from './tree.ts';

/** Changes on top of an image's files, as they become one layer. */
export interface LayerDraft {
  /** The file as it is by now, links not followed. */
  entry(path: string): Entry | undefined;
  /** Where the path leads when links are followed inside the root. */
  resolve(path: string): string;
  put(file: SourceFile): void;
  /** Takes a file of the image into the layer as it is. */
  touch(path: string): SourceFile | undefined;
  /** Makes what is missing of a path without links. A text says what stands in the way. */
  makeFolders(path: string, owner: Owner | undefined): string | undefined;
  /** A number for each source. */
  newSource(): number;
  /** Everything new and the directories above, in order of path. */
  entries(): readonly SourceFile[];
}

type Entry = Pick<SourceFile, 'type' | 'mode' | 'uid' | 'gid' | 'link' | 'mtime'>;

/** `take` reads a file of the tree, `mtime` is that of new directories, where it is not now. */
export const layerDraft = (
  tree: Tree,
  mtime: number = now(),
  take: (path: string) => SourceFile | undefined,
): LayerDraft => {
  const made = new Map<string, SourceFile>();
  let sources = 0;
  const before = (path: string) => (isHidden(made, path) ? undefined : tree.entry(path));
  const draft: LayerDraft = {
    entry: (path) =>
      made.get(path) ?? before(path) ?? (path === '' || isFolderOnly(tree, path) ? ROOT_FOLDER : undefined),
    resolve: (path) => resolveIn(draft, path),
    put(file) {
      if (file.type !== 'directory' && made.get(file.path)?.type === 'directory') forgetBelow(made, file.path);
      made.set(file.path, file);
    },
    touch(path) {
      const file = made.get(path) ?? take(path);
      if (file) made.set(path, file);
      return file;
    },
    makeFolders(path, owner = ROOT) {
      if (path === '') return undefined;
      const known = draft.entry(path);
      if (known) return known.type === 'directory' ? undefined : `/${path} is a file, and not a directory`;
      const problem = draft.makeFolders(folderOf(path), owner);
      if (problem) return problem;
      const { uid, gid } = owner;
      made.set(path, { path, type: 'directory', mode: 0o755, uid, gid, size: 0, mtime });
      return undefined;
    },
    newSource: () => ++sources,
    entries() {
      for (const path of [...made.keys()])
        for (const folder of foldersAbove(made, path))
          made.set(folder, { path: folder, size: 0, ...folderEntry(before(folder), mtime) });
      return linked([...made.values()].sort((a, b) => (a.path < b.path ? -1 : 1)));
    },
  };
  return draft;
};

/** Whether something that is no directory has come above it. */
const isHidden = (made: ReadonlyMap<string, SourceFile>, path: string): boolean => {
  for (let above = folderOf(path); above !== ''; above = folderOf(above)) {
    const type = made.get(above)?.type;
    if (type !== undefined && type !== 'directory') return true;
  }
  return false;
};

/** The directories above a path that are not in the layer, from the lowest up. */
const foldersAbove = (made: ReadonlyMap<string, SourceFile>, path: string): readonly string[] => {
  const folders: string[] = [];
  for (let folder = folderOf(path); folder !== '' && !made.has(folder); folder = folderOf(folder)) folders.push(folder);
  return folders;
};

const ROOT_FOLDER: Entry = { type: 'directory', mode: 0o755, uid: 0, gid: 0, mtime: 0 };

/** A directory of which only what is in it is told. */
const isFolderOnly = (tree: Tree, path: string): boolean => !tree.entry(path) && tree.list(path).length > 0;

const folderEntry = (known: Entry | undefined, mtime: number) => {
  const { mode = 0o755, uid = 0, gid = 0 } = known ?? {};
  return { type: 'directory', mode, uid, gid, mtime: known?.mtime ?? mtime } as const;
};

const forgetBelow = (made: Map<string, SourceFile>, folder: string): void => {
  for (const path of made.keys()) if (path.startsWith(`${folder}/`)) made.delete(path);
};

/** The first name of a file has its content, all others are links to it. */
const linked = (files: readonly SourceFile[]): readonly SourceFile[] => {
  const first = new Map<string, string>();
  return files.map((file) => {
    if (file.inode === undefined || file.type !== 'file') return file;
    const link = first.get(file.inode);
    if (link === undefined) {
      first.set(file.inode, file.path);
      return file;
    }
    const { content: _content, digest: _digest, ...rest } = file;
    return { ...rest, type: 'hardlink', link, size: 0 };
  });
};

/** Names that mean deleted files in a layer. */
export const isReserved = (path: string): boolean => nameOf(path).startsWith('.wh.');
