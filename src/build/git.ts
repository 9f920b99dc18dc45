import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { answerBefore, keepAnswer } from './answers.ts';
import type { Material } from './attest/provenance.ts';
import { masked } from './masked-url.ts';
import type { Store } from './store.ts';

/** A repository as ADD and a build context name it: `URL#ref:folder`, or `URL?ref=…&subdir=…`. */
export interface GitAddress {
  readonly remote: string;
  readonly ref: string | undefined;
  readonly folder: string | undefined;
  /** How the commit begins that it has to be. */
  readonly commit?: string | undefined;
  readonly keepsGit?: boolean | undefined;
  /** Undefined: they are fetched too. */
  readonly submodules?: boolean | undefined;
  /** What is wrong with it. */
  readonly flaw?: string | undefined;
}

/** Undefined for an address that means no repository. */
export const readGitAddress = (text: string): GitAddress | undefined => {
  const [remote = ''] = text.split(/[?#]/, 1);
  const isOwn = /^(?:git|ssh):\/\//.test(remote) || /^[\w.-]+@[\w.-]+:(?!\/\/)/.test(remote);
  return isOwn || /^https?:\/\/.*\.git$/s.test(remote) ? addressOf(text) : undefined;
};

/** The parts of an address that is known to be one of a repository. */
export const addressOf = (text: string): GitAddress => {
  const [, remote = '', query = '', fragment = ''] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(text) ?? [];
  const [ref = '', folder = ''] = fragment.split(/:(.*)/s);
  const asked = new Map(new URLSearchParams(query));
  const under = (start: string, name: string) => (name.startsWith(start) || name === '' ? name : `${start}${name}`);
  const field = (name: string) => asked.get(name) ?? '';
  const refs = [ref, field('ref'), under('refs/heads/', field('branch')), under('refs/tags/', field('tag'))];
  const folders = [folder, field('subdir')];
  const commits = [field('commit'), field('checksum')];
  const commit = commits.find(Boolean);
  return {
    remote,
    ref: refs.find(Boolean) ?? (FULL_COMMIT.test(commit ?? '') ? commit : undefined),
    folder: folders.find(Boolean),
    commit,
    keepsGit: switchIn(asked, 'keep-git-dir'),
    submodules: switchIn(asked, 'submodules'),
    flaw: flawIn(query, asked) ?? conflictIn({ ref: refs, folder: folders, commit: commits }),
  };
};

const SWITCHES = ['keep-git-dir', 'submodules'];
const FIELDS = ['ref', 'branch', 'tag', 'commit', 'checksum', 'subdir', ...SWITCHES];

/** A switch without a value is on. */
const switchIn = (asked: ReadonlyMap<string, string>, name: string): boolean | undefined =>
  asked.has(name) ? !NO.test(asked.get(name) ?? '') : undefined;

const YES = /^(?:|1|t|true)$/i;
const NO = /^(?:0|f|false)$/i;

const flawIn = (query: string, asked: ReadonlyMap<string, string>): string | undefined => {
  for (const [name, value] of asked) {
    const count = new URLSearchParams(query).getAll(name).length;
    if (!FIELDS.includes(name)) return `a repository's address has no \`${name}\`; it has ${FIELDS.join(', ')}`;
    if (count > 1) return `a repository's address has \`${name}\` once, and not ${count} times`;
    if (/[\0-\x1f]/.test(value)) return `\`${name}\` has a control character in the address`;
    if (!SWITCHES.includes(name) && value === '') return `\`${name}\` has no value in the address`;
    if (SWITCHES.includes(name) && !YES.test(value) && !NO.test(value))
      return `\`${name}\` is true or false in the address, not \`${value}\``;
  }
  return undefined;
};

const conflictIn = (values: Readonly<Record<string, readonly string[]>>): string | undefined => {
  for (const [name, given] of Object.entries(values)) {
    const [first, second] = new Set(given.filter(Boolean));
    if (second !== undefined) return `the address names two ${name}s, \`${first}\` and \`${second}\``;
  }
  return undefined;
};

const FULL_COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** The commit that the reference means now. Throws an Error that says why there is none. */
export const commitOf = async (address: GitAddress): Promise<string> => {
  if (address.flaw !== undefined) throw new Error(address.flaw);
  const question = [address.remote, address.ref ?? ''];
  const found = answerBefore(question) ?? (await namedCommit(address));
  keepAnswer(question, found);
  if (found.startsWith(address.commit ?? '')) return found;
  throw new Error(`${masked(address.remote)} has the commit ${found} there, and not ${address.commit}`);
};

const namedCommit = async ({ remote, ref = 'HEAD' }: GitAddress): Promise<string> => {
  if (FULL_COMMIT.test(ref)) return ref;
  if (ref.startsWith('-')) throw new Error(`\`${ref}\` is no reference of a repository`);
  const lines = (await git(['ls-remote', '--', remote, ref, `${ref}^{}`])).split('\n');
  const found = new Map(lines.map((line) => line.split('\t')).map(([commit = '', name = '']) => [name, commit]));
  const wanted = [`${ref}^{}`, ref, `refs/heads/${ref}`, `refs/tags/${ref}^{}`, `refs/tags/${ref}`, `refs/${ref}`];
  for (const name of wanted) {
    const commit = found.get(name);
    if (commit) return commit;
  }
  const hint = /^[0-9a-f]{7,39}$/.test(ref) ? '; a commit is asked for by all of its 40 digits' : '';
  throw new Error(`${masked(remote)} has no \`${ref}\`${hint}`);
};

/** The files of a commit, in a folder of this process. */
export const checkOut = async (
  store: Store,
  { remote, ref, submodules = true }: GitAddress,
  commit: string,
  keepsGit: boolean,
): Promise<string> => {
  const folder = mkdtempSync(join(store.workFolder(), 'git-'));
  const inside = (args: readonly string[]) => git(['-C', folder, ...args]);
  const format = commit.length === 64 ? ['--object-format=sha256'] : [];
  await git(['init', '--quiet', ...format, '--', folder]);
  await inside(['remote', 'add', '--', 'origin', remote]);
  await fetchCommit(inside, commit, ref);
  await inside(['checkout', '--quiet', '--detach', commit]);
  if (submodules) await fetchSubmodules(inside);
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

/** Some servers give all commits or none. */
const fetchSubmodules = async (inside: (args: readonly string[]) => Promise<string>): Promise<void> => {
  const update = ['submodule', '--quiet', 'update', '--init', '--recursive'];
  await inside([...update, '--depth=1']).catch(() => inside(update));
};

export const removeGit = (folder: string): void => rmSync(join(folder, '.git'), { recursive: true, force: true });

/** Seconds since 1970. */
export const timeOfCommit = async (folder: string): Promise<number> =>
  Number.parseInt(await git(['-C', folder, 'rev-list', '-1', '--timestamp', 'HEAD']), 10);

/** Git is told where a repository is when it runs us from a hook, and means another one. */
const OWN_PLACE = { GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined } as const;

const git = (args: readonly string[]): Promise<string> => {
  const env = { ...process.env, ...OWN_PLACE, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  const umask = process.umask(0o022);
  return new Promise((resolve, reject) => {
    execFile('git', args, { env, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      if (error.code === 'ENOENT')
        return reject(new Error('git is not installed, which fetches repositories: apt-get install git'));
      reject(new Error(masked(wordsIn(stderr) || error.message)));
    });
    process.umask(umask);
  });
};

/** What git says in several lines as one. */
const wordsIn = (text: string): string => {
  const lines = text.split(/[\r\n]+/).map((line) => line.trim());
  return lines.filter((line) => line !== '' && !/^Please make sure|^and the repository exists/.test(line)).join('; ');
};

/** A commit as others are told of it. */
export const commitMaterial = ({ remote, ref }: GitAddress, commit: string): Material => ({
  uri: `${masked(remote)}${ref ? `#${ref}` : ''}`,
  digest: { [commit.length === 64 ? 'sha256' : 'sha1']: commit },
});
