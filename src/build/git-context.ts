import { rmSync } from 'node:fs';
import { digestOf, hexOf, type Layer } from '../oci/image.ts';
import { folderTree } from './context.ts';
import { copyEntries, noFiles, writeLayer } from './copy.ts';
import { checkOut, commitOf, type GitAddress, removeGit, timeOfCommit } from './git.ts';
import type { Store } from './store.ts';
import { isoTime } from './times.ts';

/** The files of a commit, as a layer of the store, and when it was made. */
export interface CommittedFiles {
  readonly layer: Layer;
  readonly commit: string;
  /** Seconds since 1970. */
  readonly time: number;
}

/** Fetches a commit once for all builds. Throws an Error that says why it cannot. */
export const committedFiles = async (store: Store, address: GitAddress, isKept: boolean): Promise<CommittedFiles> => {
  const commit = await commitOf(address);
  const { remote, folder = '/', submodules } = address;
  const keepsGit = isKept || address.keepsGit === true;
  const key = hexOf(digestOf(JSON.stringify(['commit', remote, commit, folder, keepsGit, submodules === false])));
  const known = store.cached(key);
  if (known?.layer) return { commit, layer: known.layer, time: Date.parse(known.created) / 1000 };
  const { layer, time } = await fetched(store, address, commit, keepsGit);
  store.remember(key, { layer, created: isoTime(time) });
  return { commit, layer, time };
};

const fetched = async (
  store: Store,
  address: GitAddress,
  commit: string,
  keepsGit: boolean,
): Promise<Omit<CommittedFiles, 'commit'>> => {
  const { folder: inside = '/' } = address;
  const folder = await checkOut(store, address, commit, true);
  try {
    const time = await timeOfCommit(folder);
    if (!keepsGit) removeGit(folder);
    const [source] = folderTree(folder).find(inside, {});
    if (!source?.isFolder) throw new Error(`the repository has no folder ${inside}`);
    const request = { sources: [source], destination: '/', tree: noFiles, owner: undefined, mode: undefined };
    const entries = copyEntries({ ...request, mtime: time, followsLinks: false });
    if (typeof entries === 'string') throw new Error(entries);
    return { layer: writeLayer(store, entries), time };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
