/** The project as `init` sees it; paths have `/` between folders. */
export interface Folder {
  /** Its own name. */
  readonly name: string;
  /** What stands in a folder below it, sorted; nothing where there is no such folder. */
  names(path?: string): readonly string[];
  /** The text of a file; undefined where there is none that can be read. */
  text(path: string): string | undefined;
}

export const has = (folder: Folder, path: string): boolean => {
  const slash = path.lastIndexOf('/');
  return folder.names(slash < 0 ? '' : path.slice(0, slash)).includes(path.slice(slash + 1));
};

/** Those of the files that are there. */
export const presentOf = (folder: Folder, ...paths: readonly string[]): readonly string[] =>
  paths.filter((path) => has(folder, path));
