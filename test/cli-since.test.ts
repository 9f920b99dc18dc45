import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLEAN, folderWith, runIn, saying } from './support/cli.ts';

const git = (cwd: string, ...args: string[]): string => {
  const who = ['-c', 'user.name=x', '-c', 'user.email=x@example.com', '-c', 'commit.gpgsign=false'];
  const { status, stdout, stderr } = spawnSync('git', [...who, ...args], { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
};

const commit = (cwd: string): void => {
  git(cwd, 'add', '--all');
  git(cwd, 'commit', '--quiet', '--message=x');
};

const repositoryWith = (files: Record<string, string>): string => {
  const cwd = folderWith(files);
  git(cwd, 'init', '--quiet', '--initial-branch=main');
  commit(cwd);
  return cwd;
};

const write = (cwd: string, name: string, text: string) => writeFileSync(join(cwd, name), text);

/** The places that a run reports. */
const placesIn = async (cwd: string, ...args: string[]): Promise<readonly string[]> => {
  const { stdout, stderr } = await runIn(cwd, ['--format', 'compact', '--quiet', ...args]);
  expect(stderr).toBe('');
  return stdout.match(/^[^:]+:\d+/gm) ?? [];
};

describe('--since', () => {
  it('leaves the findings on lines that have changed, committed or not', async () => {
    const cwd = repositoryWith({
      Dockerfile: saying('ugly', 'ugly', 'fine', 'ugly'),
      'b/Dockerfile': saying('doubtful'),
    });
    write(cwd, 'Dockerfile', saying('ugly', 'remark', 'ugly', 'fine', 'doubtful'));
    expect(await placesIn(cwd, '--since', 'HEAD')).toEqual(['Dockerfile:3', 'Dockerfile:6']);
    commit(cwd);
    expect(await placesIn(cwd, '--since', 'HEAD')).toEqual([]);
    expect(await placesIn(cwd, '--since', 'HEAD~1')).toEqual(['Dockerfile:3', 'Dockerfile:6']);
    const { code, stderr } = await runIn(cwd, ['--since', 'HEAD', '.']);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'iechorlint: left out 5 findings on lines that have not changed since HEAD\n',
    });
  });

  it('counts all of a new file, tracked or not, and of a renamed one what differs', async () => {
    const cwd = repositoryWith({
      Dockerfile: saying('ugly', 'ugly', 'ugly', 'ugly', 'ugly', 'ugly'),
      '.gitignore': 'c.*',
    });
    write(cwd, 'b.Dockerfile', saying('ugly'));
    write(cwd, 'c.Dockerfile', saying('ugly'));
    renameSync(join(cwd, 'Dockerfile'), join(cwd, 'a b.Dockerfile'));
    write(cwd, 'a b.Dockerfile', saying('ugly', 'ugly', 'ugly', 'ugly', 'ugly', 'ugly', 'remark'));
    git(cwd, 'add', 'a b.Dockerfile', 'Dockerfile');
    expect(await placesIn(cwd, '--since', 'main', '.', 'c.Dockerfile')).toEqual([
      'a b.Dockerfile:8',
      'b.Dockerfile:2',
      'c.Dockerfile:2',
    ]);
  });

  it('compares with where the branch began, not with what came to the other one since', async () => {
    const cwd = repositoryWith({ Dockerfile: saying('ugly', 'fine', 'fine', 'fine') });
    git(cwd, 'checkout', '--quiet', '-b', 'topic');
    write(cwd, 'Dockerfile', saying('ugly', 'fine', 'fine', 'fine', 'remark'));
    commit(cwd);
    git(cwd, 'checkout', '--quiet', 'main');
    write(cwd, 'Dockerfile', saying('fine', 'fine', 'fine', 'fine'));
    commit(cwd);
    git(cwd, 'checkout', '--quiet', 'topic');
    expect(await placesIn(cwd, '--since', 'main')).toEqual(['Dockerfile:6']);
  });

  it('counts from a folder inside, and in names that git would quote or read as patterns', async () => {
    const cwd = repositoryWith({ 'ü/[a]/Dockerfile': CLEAN, 'ü/a/Dockerfile': CLEAN });
    write(cwd, 'ü/[a]/Dockerfile', saying('ugly'));
    write(cwd, 'ü/a/Dockerfile', `\n${saying('fine', 'remark')}`);
    git(cwd, 'config', 'diff.external', 'false');
    git(cwd, 'config', 'diff.noprefix', 'true');
    git(cwd, 'config', 'color.ui', 'always');
    expect(await placesIn(join(cwd, 'ü'), '--since', 'HEAD')).toEqual(['[a]/Dockerfile:2', 'a/Dockerfile:4']);
  });

  it('ignores what was only deleted, and a change of mode', async () => {
    const cwd = repositoryWith({ Dockerfile: saying('ugly', 'fine', 'ugly') });
    write(cwd, 'Dockerfile', saying('ugly', 'ugly'));
    expect(await placesIn(cwd, '--since', 'HEAD')).toEqual([]);
  });

  it.each([
    [['--since', 'nowhere'], /^iechorlint: --since nowhere is no revision of the repository \/.+\n$/],
    [['--since=--output=x'], /^iechorlint: --since --output=x is no revision of the repository \/.+\n$/],
    [['--since', 'HEAD:Dockerfile'], /is no revision of the repository/],
  ])('%j is told, and 2', async (args, message) => {
    const cwd = repositoryWith({ Dockerfile: CLEAN });
    const { code, stdout, stderr } = await runIn(cwd, args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('says what to do where the history is cut off', async () => {
    const origin = repositoryWith({ Dockerfile: CLEAN });
    const first = git(origin, 'rev-parse', 'HEAD');
    write(origin, 'Dockerfile', saying('ugly'));
    commit(origin);
    const cwd = folderWith({});
    git(cwd, 'clone', '--quiet', '--depth=1', `file://${origin}`, '.');
    expect((await runIn(cwd, ['--since', first])).stderr).toMatch(/fetch-depth: 0\)\n$/);
  });

  it('needs a repository, and git', async () => {
    const outside = folderWith({ Dockerfile: CLEAN });
    expect((await runIn(outside, ['--since', 'HEAD'])).stderr).toMatch(
      /^iechorlint: --since needs a git repository, and \/.*\/Dockerfile is in none\n$/,
    );
    const cwd = repositoryWith({ Dockerfile: CLEAN });
    const { code, stderr } = await runIn(cwd, ['--since', 'HEAD'], { env: { PATH: join(cwd, 'nothing') } });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'iechorlint: --since needs the program git, which is not installed\n',
    });
  });

  it('is told of a repository inside another', async () => {
    const cwd = repositoryWith({ Dockerfile: CLEAN });
    mkdirSync(join(cwd, 'inner'));
    write(cwd, 'inner/Dockerfile', CLEAN);
    git(join(cwd, 'inner'), 'init', '--quiet');
    expect((await runIn(cwd, ['--since', 'main'])).stderr).toMatch(
      /--since main is no revision of the repository .*\/inner\n$/,
    );
    rmSync(join(cwd, 'inner', '.git'), { recursive: true });
    expect((await runIn(cwd, ['--since', 'main'])).code).toBe(0);
  });
});
