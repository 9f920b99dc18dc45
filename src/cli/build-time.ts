import { execFile } from 'node:child_process';
import type { Iechorfile } from '../ast/nodes.ts';
import { globalScope, type Inputs } from '../model/scope.ts';
import { repositoryRootOf } from './changed-lines.ts';
import type { Io } from './io.ts';

/** The variable that tells when a build is to have been made: https://reproducible-builds.org/specs/source-date-epoch/ */
export const EPOCH = 'SOURCE_DATE_EPOCH';

/** What an ARG of that name before the first FROM says. */
const declaredIn = (file: Iechorfile, inputs: Inputs): string | undefined =>
  file.globals.some(({ declarations }) => declarations.some(({ name }) => name.text === EPOCH))
    ? globalScope(file, inputs).bindings.get(EPOCH)?.value
    : undefined;

/** The time that is asked for, by the file too, in seconds since 1970, or a name that stands for one. */
export const epochGiven = (file: Iechorfile, inputs: Inputs, { env }: Pick<Io, 'env'>): number | string | undefined => {
  const given = inputs.buildArgs?.get(EPOCH) ?? env[EPOCH] ?? declaredIn(file, inputs);
  if (given === undefined || given === '') return undefined;
  return /^\d{1,12}$/.test(given) ? Number(given) : given;
};

/**
 * When a folder was committed, in seconds since 1970. 0 where something in it is not, or the file elsewhere that is built is
 * not, and where git cannot tell. Files that git ignores do not count.
 */
export const commitTimeOf = async (folder: string, file: string | undefined, env: Io['env']): Promise<number> => {
  if (repositoryRootOf(folder) === undefined) return 0;
  const git = (...args: readonly string[]) => outputOf(['-C', folder, ...QUIET, ...args], env);
  const [changes, commit = ''] = await Promise.all([
    git('status', '--porcelain', '--', '.', ...(file === undefined ? [] : [file])),
    git('rev-list', '-1', '--timestamp', 'HEAD'),
  ]);
  const [, seconds = '0'] = /^(\d+) /.exec(commit) ?? [];
  return changes === '' ? Number(seconds) : 0;
};

/** Nothing is written, and no program of the repository's is asked. */
const QUIET = ['--no-optional-locks', '-c', 'core.fsmonitor=false'];

const outputOf = (args: readonly string[], env: Io['env']): Promise<string | undefined> =>
  new Promise((resolve) => {
    const options = { env: { ...env, GIT_DIR: undefined, GIT_WORK_TREE: undefined, LC_ALL: 'C' }, maxBuffer: 1 << 28 };
    execFile('git', args, options, (error, stdout) => resolve(error ? undefined : stdout));
  });
