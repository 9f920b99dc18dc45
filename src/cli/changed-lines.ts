import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ConfigError } from '../config/error.ts';
import type { Io } from './io.ts';
import { withSlashes } from './paths.ts';
import { codeOf, reasonOf } from './system-error.ts';

/** Lines from the first to the last, from 1. */
export interface Lines {
  readonly first: number;
  readonly last: number;
}

/** `all`: the file is new. */
export type ChangedLines = 'all' | readonly Lines[];

/** A git repository, compared with a revision of its own. */
export interface Repository {
  readonly changedLinesOf: (file: string) => ChangedLines;
}

/** The nearest folder from there up that is a work tree of git's. */
export const repositoryRootOf = (folder: string): string | undefined => {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return undefined;
  }
};

/** Compares the files on the disk with where the branch left the revision, or with the revision itself where it is an ancestor. */
export const openRepository = (root: string, revision: string, env: Io['env']): Repository => {
  const git = (args: readonly string[]) => runGit(root, args, env);
  const commit = commitOf(revision, root, git);
  const parted = git(['merge-base', commit, 'HEAD']);
  const base = parted.status === 0 ? parted.stdout.trim() : commit;
  const tracked = new Set(namesIn(outputOf(git(['ls-files', '-z']))));
  const changed = changedNames(outputOf(git([...DIFF, '--name-status', '-z', base, '--'])));
  return {
    changedLinesOf(file) {
      const name = withSlashes(relative(root, file));
      if (!tracked.has(name)) return 'all';
      const before = changed.get(name);
      if (before === undefined) return [];
      return hunksIn(outputOf(git([...DIFF, '--unified=0', base, '--', ...new Set([before, name])])));
    },
  };
};

/** What the user has set for diffs of their own counts no more, and no program of theirs is run. */
const DIFF = ['diff', '--no-color', '--no-ext-diff', '--no-textconv', '--find-renames', '--diff-filter=AMRT'];

interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const runGit = (root: string, args: readonly string[], env: Io['env']): Answer => {
  const options = { cwd: root, env: { ...env, LC_ALL: 'C' }, encoding: 'utf8', maxBuffer: 2 ** 30 } as const;
  const { status, stdout, stderr, error } = spawnSync('git', ['--literal-pathspecs', ...args], options);
  if (!error) return { status, stdout, stderr };
  if (codeOf(error) === 'ENOENT') throw new ConfigError('--since needs the program git, which is not installed');
  throw new ConfigError(`--since needs the program git, which cannot be run: ${reasonOf(error)}`);
};

const outputOf = ({ status, stdout, stderr }: Answer): string => {
  if (status === 0) return stdout;
  throw new ConfigError(`--since: git says: ${firstLineOf(stderr)}`);
};

const firstLineOf = (text: string): string => text.trim().split('\n')[0] ?? '';

const commitOf = (revision: string, root: string, git: (args: readonly string[]) => Answer): string => {
  // Git would take it for an option.
  const isOption = revision.startsWith('-');
  const found = isOption ? undefined : git(['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]);
  if (found?.status === 0) return found.stdout.trim();
  if (found?.stderr) outputOf(found);
  throw new ConfigError(`--since ${revision} is no revision of the repository ${root}${adviceFor(git)}`);
};

const adviceFor = (git: (args: readonly string[]) => Answer): string =>
  git(['rev-parse', '--is-shallow-repository']).stdout.trim() === 'true'
    ? '; its history is cut off here: fetch all of it (git fetch --unshallow, or fetch-depth: 0)'
    : '';

const namesIn = (text: string): readonly string[] => text.split('\0').filter((name) => name !== '');

/** What each changed file was called before. */
const changedNames = (text: string): ReadonlyMap<string, string> => {
  const names = new Map<string, string>();
  const fields = text.split('\0');
  for (let at = 0; at + 1 < fields.length; ) {
    const isRename = fields[at]?.startsWith('R') ?? false;
    const before = fields[at + 1] ?? '';
    names.set(isRename ? (fields[at + 2] ?? '') : before, before);
    at += isRename ? 3 : 2;
  }
  return names;
};

const HUNK = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/gm;

/** The lines that the hunks of a diff without context put in. */
const hunksIn = (diff: string): readonly Lines[] =>
  Array.from(diff.matchAll(HUNK), ([, start, count = '1']) => {
    const first = Number(start);
    return { first, last: first + Number(count) - 1 };
  }).filter(({ first, last }) => first <= last);
