import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FORMATS } from '../src/report/index.ts';
import { CLEAN, folderWith, run, runIn, saying } from './support/cli.ts';

const read = (cwd: string, name: string) => readFileSync(join(cwd, name), 'utf8');

describe('several formats in one run', () => {
  it('are each what a run of its own gives', async () => {
    const cwd = folderWith({ Dockerfile: saying('doubtful', 'ugly') });
    const files = FORMATS.flatMap((format) => ['--format', `${format}=report.${format}`]);
    const { code, stdout, stderr } = await runIn(cwd, [...files, '--format', 'gnu', 'Dockerfile'], { terminal: 40 });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^Dockerfile:2:3: warning: /);
    for (const format of FORMATS)
      expect(read(cwd, `report.${format}`)).toBe((await runIn(cwd, ['--format', format, 'Dockerfile'])).stdout);
  });

  it('say where they are when none is on standard output', async () => {
    const cwd = folderWith({ Dockerfile: saying('doubtful') });
    const { code, stdout, stderr } = await runIn(cwd, ['--format=json=a=b.json', '--format', 'gnu=c', '.']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe('iechorlint: 1 warning in 1 file; 1 can be fixed with --fix; the reports are in a=b.json, c\n');
    expect(JSON.parse(read(cwd, 'a=b.json')).schema).toBe(1);
    expect((await runIn(cwd, ['--format=gnu=-', '.'])).stdout).toMatch(/^Dockerfile:2:3: /);
  });

  it('leave --output-file to the one without a file', async () => {
    const cwd = folderWith({ Dockerfile: saying('doubtful') });
    const args = ['--format', 'json', '--output-file', 'a.json', '--format', 'gnu=b', '.'];
    const { stdout, stderr } = await runIn(cwd, args);
    expect({ stdout, stderr }).toEqual({
      stdout: '',
      stderr: 'iechorlint: 1 warning in 1 file; 1 can be fixed with --fix; the reports are in a.json, b\n',
    });
    expect(JSON.parse(read(cwd, 'a.json')).schema).toBe(1);
  });

  it('are written though one cannot be', async () => {
    const cwd = folderWith({ Dockerfile: CLEAN });
    const { code, stderr } = await runIn(cwd, ['--format', 'json=no/where', '--format', 'gnu=b', '.']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'iechorlint: cannot write no/where: no such file or directory\n',
    });
    expect(read(cwd, 'b')).toBe('');
  });
});

describe('in the log of a CI system', () => {
  const EVIL = 'FROM scratch\n# ::set-output name=a::b\n::error::x\n# doubtful ##[group]x\n';

  it('nothing that a file holds is a command', async () => {
    const cwd = folderWith({ 'Dockerfile.##[group]x': EVIL });
    for (const format of FORMATS) {
      const { stdout, stderr } = await runIn(cwd, ['--format', format, '.', '##[error]gone'], {
        env: { GITHUB_ACTIONS: 'true' },
      });
      const commands = `${stdout}\n${stderr}`.split('\n').filter((line) => /^\s*::|##\w*\[/.test(line));
      expect(commands.filter((line) => !(format === 'github' && /^::\w+ [^:]*::/.test(line)))).toEqual([]);
    }
  });

  it('a patch is between lines that end and begin commands, and applies as it is', async () => {
    const cwd = folderWith({ Dockerfile: `FROM scratch\n# ::error::x\n# doubtful\n# ##[group]x\n` });
    const env = { GITHUB_ACTIONS: 'true' };
    const { stdout } = await runIn(cwd, ['--diff', '.'], { env });
    const [, token, patch] = /^::stop-commands::([\w-]{36})\n(--- .*\n)::\1::\n$/s.exec(stdout) ?? [];
    expect(patch).toBe((await runIn(cwd, ['--diff', '.'])).stdout);
    expect((await runIn(cwd, ['--diff', '.'], { env })).stdout).not.toContain(token);
    const { status, stderr } = spawnSync('git', ['apply'], { cwd, input: stdout, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect((await runIn(cwd, ['--diff', '.'], { env })).stdout).toBe('');
  });

  it('elsewhere, and in files, lines are as they are', async () => {
    const files = { Dockerfile: EVIL };
    expect((await run(files, '.')).stdout).toContain('doubtful ##[group]x');
    const cwd = folderWith(files);
    await runIn(cwd, ['--format', 'pretty=out', '.'], { env: { GITHUB_ACTIONS: 'true' } });
    expect(read(cwd, 'out')).toContain('doubtful ##[group]x');
  });
});
