import type { Range } from '../source/range.ts';
import { folderTree } from './context.ts';
import { copyInto } from './copy.ts';
import type { CopyFlags } from './copy-flags.ts';
import type { CopyItem } from './copy-items.ts';
import { BuildError } from './error.ts';
import { checkOut, commitMaterial, commitOf, type GitAddress } from './git.ts';
import type { BuildRequest } from './request.ts';

/** ADD of a repository: the files of a commit. */
export const gitItem = async (
  address: GitAddress,
  at: Range,
  flags: CopyFlags,
  { store, source: told }: Pick<BuildRequest, 'store' | 'source'>,
): Promise<CopyItem> => {
  const { checksum, excludes, excluded } = flags;
  const keepsGit = flags.keepsGit || address.keepsGit === true;
  if (checksum !== undefined && !/^[0-9a-f]{7,64}$/.test(checksum))
    throw new BuildError(`\`--checksum=${checksum}\` is no commit; write its hexadecimal digits`, at);
  const commit = await commitOf(address);
  if (checksum !== undefined && !commit.startsWith(checksum))
    throw new BuildError(`expected checksum to match ${checksum}, got ${commit}`, at);
  told?.(commitMaterial(address, commit));
  const { folder = '/', submodules } = address;
  return {
    at,
    key: () => ['git', address.remote, commit, folder, keepsGit, submodules === false, excluded],
    async put(draft, destination, dress) {
      const tree = folderTree(await checkOut(store, address, commit, keepsGit));
      const [source] = tree.find(folder, { excludes });
      if (!source) return `the repository has no ${folder}`;
      return copyInto(draft, source, destination, dress);
    },
  };
};
