import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { masked } from './masked-url.ts';
import type { Store } from './store.ts';

/** A repository as ADD names it: `URL#ref:folder`. */
export interface GitAddress {
  readonly remote: string;
  readonly ref: string | undefined;
  readonly folder: string | undefined;
}

/** Undefined for an address that means no repository. */
export const readGitAddress = (text: string): GitAddress | undefined => {
  const [, address = '', fragment] = /^([^#]*)(?:#(.*))?$/s.exec(text) ?? [];
  const isOwn = /^(?:git|ssh):\/\//.test(address) || /^[\w.-]+@[\w.-]+:(?!\/\/)/.test(address);
  const [remote = '', query = ''] = address.split('?', 2);
  if (!isOwn && !(/^https?:\/\//.test(remote) && /\.git$/.test(remote))) return undefined;
  const [ref, folder] = fragment === undefined ? [] : fragment.split(/:(.*)/s);
  const asked = new URLSearchParams(query);
  const named = asked.get('ref') ?? asked.get('branch') ?? asked.get('tag') ?? asked.get('commit') ?? undefined;
  return { remote, ref: ref || named, folder: folder || (asked.get('subdir') ?? undefined) };
};

const FULL_COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** The commit that the reference means now. Throws an Error that says why there is none. */
export const commitOf = async ({ remote, ref = 'HEAD' }: GitAddress): Promise<string> => {
  if (FULL_COMMIT.test(ref)) return ref;
  if (ref.startsWith('-')) throw new Error(`\`${ref}\` is no reference of a repository`);
  const lines = (await git(['ls-remote', '--', remote, ref, `${ref}^{}`])).split('\n');
  const found = new Map(lines.map((line) => line.split('\t')).map(([commit = '', name = '']) => [name, commit]));
  const wanted = [ref, `refs/heads/${ref}`, `refs/tags/${ref}^{}`, `refs/tags/${ref}`, `refs/${ref}`];
  for (const name of wanted) {
    const commit = found.get(name);
    if (commit) return commit;
  }
  throw new Error(`${masked(remote)} has no \`${ref}\``);
};

/** The files of a commit, in a folder of this process. */
export const checkOut = async (
  store: Store,
  { remote, ref }: GitAddress,
  commit: string,
  keepsGit: boolean,
): Promise<string> => {
  const folder = mkdtempSync(join(store.workFolder(), 'git-'));
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const inside = (args: readonly string[]) => git(['-C', folder, ...args]);
  const format = commit.length === 64 ? ['--object-format=sha256'] : [];
  await git(['init', '--quiet', ...format, '--', folder]);
  await inside(['remote', 'add', '--', 'origin', remote]);
  await fetchCommit(inside, commit, ref);
  await inside(['checkout', '--quiet', '--detach', commit]);
  await inside(['submodule', '--quiet', 'update', '--init', '--recursive', '--depth=1']);
  if (!keepsGit) removeGit(folder);
  return folder;
};

/** Many servers give no commit by its digest; then its branch or tag is fetched, or all. */
const fetchCommit = async (
  inside: (args: readonly string[]) => Promise<string>,
  commit: string,
  ref: string | undefined,
): Promise<void> => {
  const ways = [['--depth=1', 'origin', commit], ...(ref ? [['--depth=1', 'origin', ref]] : []), ['--tags', 'origin']];
  let failure: unknown;
  for (const way of ways) {
    try {
      await inside(['fetch', '--quiet', ...way]);
      await inside(['cat-file', '-e', `${commit}^{commit}`]);
      return;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
};

const removeGit = (folder: string): void => rmSync(join(folder, '.git'), { recursive: true, force: true });

const git = (args: readonly string[]): Promise<string> => {
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_DIR: undefined, GIT_WORK_TREE: undefined, LC_ALL: 'C' };
  const umask = process.umask(0o022);
  return new Promise((resolve, reject) => {
    execFile('git', args, { env, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      if (error.code === 'ENOENT')
        return reject(new Error('git is not installed, which fetches repositories: apt-get install git'));
      reject(new Error(masked(stderr.trim() || error.message)));
    });
    process.umask(umask);
  });
};
