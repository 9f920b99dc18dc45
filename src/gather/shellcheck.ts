import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config/error.ts';
import { commentsOf, type RawComment, type ShellcheckComment, type ShellcheckScript } from '../facts/index.ts';

const PROGRAM = 'shellcheck';

/** The release of the `shellcheck` program; undefined where there is none. */
export const shellcheckVersion = (env: Readonly<Record<string, string | undefined>>): string | undefined => {
  const { status, stdout } = spawnSync(PROGRAM, ['--version'], { encoding: 'utf8', env });
  return status === 0 ? /^version: (\S+)/m.exec(stdout)?.[1] : undefined;
};

/** A command line has its limit. */
const SCRIPTS_PER_CALL = 5_000;

/** What `shellcheck` says of each script, in order; it is started once for thousands of them, which are put into `folder`. */
export const runShellcheck = (
  scripts: readonly ShellcheckScript[],
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly (readonly ShellcheckComment[])[] => {
  for (const [index, { text }] of scripts.entries()) writeFileSync(join(folder, String(index)), text);
  const byScript = new Map<number, RawComment[]>();
  for (let from = 0; from < scripts.length; from += SCRIPTS_PER_CALL) {
    const count = Math.min(SCRIPTS_PER_CALL, scripts.length - from);
    const names = Array.from({ length: count }, (_, index) => String(from + index));
    for (const comment of call(names, folder, env)) {
      const list = byScript.get(Number(comment.file)) ?? [];
      byScript.set(Number(comment.file), [...list, comment]);
    }
  }
  return scripts.map((script, index) => commentsOf(script, byScript.get(index) ?? []));
};

type NamedComment = RawComment & { readonly file: string };

const call = (
  names: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly NamedComment[] => {
  const options = { cwd, encoding: 'utf8', maxBuffer: 1_000_000_000, env } as const;
  const { stdout, stderr, error } = spawnSync(PROGRAM, ['--norc', '--format=json1', ...names], options);
  const comments = readComments(stdout ?? '');
  if (comments) return comments;
  const reason = error?.message ?? stderr.trim().split('\n')[0] ?? '';
  throw new ConfigError(`--shellcheck: \`shellcheck\` failed${reason ? `: ${reason}` : ''}`);
};

const readComments = (output: string): readonly NamedComment[] | undefined => {
  try {
    const { comments }: { comments?: readonly NamedComment[] } = JSON.parse(output);
    return comments;
  } catch {
    return undefined;
  }
};
