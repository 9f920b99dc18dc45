import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { CLEAN, folderWith, run, runIn, saying, type World, withoutRights } from './support/cli.ts';
import { markerRules } from './support/marker-rules.ts';

const loaded = vi.hoisted(() => ({ yargs: false }));
vi.mock('yargs', async (original) => {
  loaded.yargs = true;
  return original();
});

describe('plain paths', () => {
  it('need no library of help, nor do options', async () => {
    const { code } = await run({ Dockerfile: saying('doubtful') }, 'Dockerfile');
    expect({ code, ...loaded }).toEqual({ code: 1, yargs: false });
    await run({ Dockerfile: CLEAN }, '--quiet');
    await run({}, '--version');
    expect(loaded.yargs).toBe(false);
    await run({}, '--help');
    expect(loaded.yargs).toBe(true);
  });

  it('give the same report as with the command named', async () => {
    const files = { 'a/Dockerfile': saying('doubtful'), Dockerfile: saying('ugly', 'broken') };
    const { stdout, code } = await run(files);
    expect(stdout).toMatch(/Dockerfile:2:3[^\n]*\n[^\n]*\n.*Dockerfile:3:3.*a\/Dockerfile:2:3/s);
    expect(code).toBe(1);
    for (const args of [['.'], ['lint'], ['lint', '.'], ['--', '.'], ['./']]) {
      expect((await run(files, ...args)).stdout).toBe(stdout);
    }
  });
});

describe('exit codes', () => {
  const codeOf = async (text: string, ...args: string[]) => (await run({ Dockerfile: text }, ...args)).code;

  it.each([
    [0, [], []],
    [0, ['remark', 'ugly'], []],
    [1, ['doubtful'], []],
    [1, ['broken'], ['--fail-on', 'error']],
    [0, ['doubtful'], ['--fail-on', 'error']],
    [1, ['remark'], ['--fail-on', 'info']],
    [0, ['ugly'], ['--fail-on', 'info']],
    [1, ['ugly'], ['--fail-on=style']],
    [0, ['broken'], ['--fail-on', 'never']],
  ])('%i for %j with %j', async (code, words, args) => {
    expect(await codeOf(saying(...words), ...args)).toBe(code);
  });

  it('0 for a folder without a file, with a line saying so', async () => {
    const { code, stderr, stdout } = await run({ 'README.md': '' });
    expect(code).toBe(0);
    expect(stderr).toBe(
      'iechorlint: found no iEchorfile, Dockerfile or Containerfile in this folder; `iechorlint init` writes one\n',
    );
    expect(stdout).toMatch(/0 files/);
    expect((await run({}, '--quiet')).stderr).toBe('');
  });

  it('2 for what cannot be read, told in one line each; the others are checked', async () => {
    const { code, stderr, stdout } = await run({ Dockerfile: saying('ugly') }, 'gone', 'Dockerfile', 'a\nb');
    expect(code).toBe(2);
    expect(stderr).toBe(
      'iechorlint: cannot read gone: no such file or directory\niechorlint: cannot read a\\u{a}b: no such file or directory\n',
    );
    expect(stdout).toMatch(/Dockerfile:2:3/);
    expect(stdout).toMatch(/2 files could not be read/);
  });

  it('2 for a found file that may not be read', async () => {
    const cwd = folderWith({ Dockerfile: CLEAN, 'x.Dockerfile': saying('broken') });
    chmodSync(cwd, 0o755);
    chmodSync(join(cwd, 'Dockerfile'), 0);
    await runIn(cwd, ['.']);
    const { code, stderr, stdout } = await withoutRights(() => runIn(cwd, ['.']));
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'iechorlint: cannot read Dockerfile: permission denied\n' });
    expect(stdout).toMatch(/x\.Dockerfile:2:3/);
  });

  it('2 where the output cannot be written, whatever was found', async () => {
    const { code, stderr } = await runIn(folderWith({ Dockerfile: CLEAN }), ['.'], { stdoutFailure: 'no space left' });
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'iechorlint: cannot write standard output: no space left\n' });
    const file = await run({ Dockerfile: saying('broken') }, '--output-file', 'no/where', '.');
    expect(file.code).toBe(2);
    expect(file.stderr).toBe('iechorlint: cannot write no/where: no such file or directory\n');
  });

  it('70 with a stack for a bug of ours', async () => {
    const broken = new Proxy(markerRules, {
      get: () => {
        throw new TypeError('a bug');
      },
    });
    const { code, stderr } = await runIn(folderWith({ Dockerfile: CLEAN }), ['.'], {}, broken);
    expect(code).toBe(70);
    expect(stderr).toMatch(/this is a bug in iechorlint.*TypeError: a bug\n {4}at /s);
  });
});

describe('a first operand', () => {
  it('that is a command and a path is the command, with a line that says so', async () => {
    const files = { 'lint/Dockerfile': saying('doubtful'), Dockerfile: CLEAN };
    const { code, stderr } = await run(files, 'lint', 'Dockerfile');
    expect(code).toBe(0);
    expect(stderr).toBe('iechorlint: this runs the command lint; to check the path of that name, write ./lint\n');
    for (const args of [
      ['./lint'],
      ['--', 'lint'],
      ['lint', 'lint'],
      ['--quiet', '--', 'lint'],
      ['Dockerfile', 'lint'],
    ])
      expect((await run(files, ...args)).code).toBe(1);
  });

  it('is one only where it is no value of an option', async () => {
    const { code, stderr } = await run({ Dockerfile: saying('doubtful') }, '--output-file', 'rules', '--quiet');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  });

  it('may be a file whose name looks like an option, behind --', async () => {
    const { stdout } = await run({ '--fix': saying('ugly'), '-': saying('broken') }, '--', '--fix', './-');
    expect(stdout).toMatch(/--fix:2:3.*-:2:3/s);
  });
});

describe('options', () => {
  const words = saying('broken', 'doubtful', 'remark', 'rare');
  const rulesIn = async (...args: string[]) => {
    const { stdout } = await run({ Dockerfile: words }, '--format', 'json', ...args);
    return JSON.parse(stdout).files[0].diagnostics.map(({ rule }: { rule: string }) => rule);
  };

  it('--select and --ignore take a value each time, or several with commas', async () => {
    expect(await rulesIn()).toEqual(['broken', 'doubtful', 'remark']);
    expect(await rulesIn('--select', 'rare', '--select', 'broken', 'Dockerfile')).toEqual(['broken', 'rare']);
    expect(await rulesIn('--select=rare, remark', '--ignore', 'rare')).toEqual(['remark']);
    expect(await rulesIn('--ignore', 'T8,broken')).toEqual(['remark']);
    expect(await rulesIn('--select', 'all', '--no-config')).toHaveLength(4);
  });

  it('given twice count as given last', async () => {
    const { stdout } = await run({ Dockerfile: words }, '--format', 'sarif', '--quiet', '--quiet', '--format=json');
    expect(JSON.parse(stdout).schema).toBe(1);
  });

  it('--color colours, and else a terminal without NO_COLOR does', async () => {
    const isColored = async (args: string[], world: World) =>
      (await runIn(folderWith({ Dockerfile: words }), args, world)).stdout.includes('\u001b[');
    const terminal = 80;
    expect(await isColored([], {})).toBe(false);
    expect(await isColored([], { terminal })).toBe(true);
    expect(await isColored([], { terminal, env: { NO_COLOR: '1' } })).toBe(false);
    expect(await isColored([], { terminal, env: { NO_COLOR: '', TERM: 'dumb' } })).toBe(false);
    expect(await isColored(['--color', 'Dockerfile'], { env: { NO_COLOR: '1' } })).toBe(true);
    expect(await isColored(['--color=never'], { terminal })).toBe(false);
    expect(await isColored(['--no-color', '.'], { terminal })).toBe(false);
    expect(await isColored(['--color=auto'], { terminal })).toBe(true);
  });

  it('--output-file takes the report, without colour', async () => {
    const cwd = folderWith({ Dockerfile: words });
    const { code, stdout, stderr } = await runIn(cwd, ['--output-file', 'report.txt', '.'], { terminal: 40 });
    expect(stderr).toMatch(/^iechorlint: .* in 1 file.*; the report is in report\.txt\n$/);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(readFileSync(join(cwd, 'report.txt'), 'utf8')).toBe((await runIn(cwd, ['Dockerfile'])).stdout);
    expect((await runIn(cwd, ['--output-file', '-', '.'])).stdout).not.toBe('');
  });

  it('--quiet leaves the findings, --statistics counts them', async () => {
    expect((await run({ Dockerfile: CLEAN }, '-q')).stdout).toBe('');
    expect((await run({ Dockerfile: words }, '-q')).stdout).not.toMatch(/in 1 file/);
    expect((await run({ Dockerfile: saying('ugly', 'ugly') }, '--statistics')).stdout).toMatch(/2.*ugly/);
  });

  it('--max-file-size makes a larger file one finding, which is not read', async () => {
    const { rules } = await import('../rules/index.ts');
    const cwd = folderWith({ Dockerfile: 'FROM scratch\n'.padEnd(2000, '#') });
    for (const [size, code] of [
      ['1999', 1],
      ['2k', 0],
      ['1.9kB', 1],
      ['2KiB', 0],
      ['0.002MB', 0],
    ] as const)
      expect((await runIn(cwd, ['--max-file-size', size], {}, rules)).code, size).toBe(code);
    const { stdout } = await runIn(cwd, ['--max-file-size', '1k', '--format', 'json'], {}, rules);
    expect(JSON.parse(stdout).files[0].diagnostics).toMatchObject([{ rule: 'file-too-large', severity: 'error' }]);
  });
});

describe('plan', () => {
  const planned = async (config: string) => {
    const cwd = folderWith({ 'config.json': config, Dockerfile: 'FROM alpine\n' });
    return runIn(cwd, ['plan', 'Dockerfile', '--base-config', join(cwd, 'config.json')]);
  };

  it('stands on an OCI image configuration, or on what docker image inspect prints', async () => {
    expect((await planned('{"config": {"User": "me"}}')).stdout).toMatch(/user +me\n/);
    expect((await planned('[{"Id": "x", "Config": {"User": "me"}}]')).stdout).toMatch(/user +me\n/);
    expect(await planned('{"architecture": "arm64", "os": "linux", "rootfs": {}}')).toMatchObject({ code: 0 });
  });

  it('tells the history, that of the base first, in every format', async () => {
    const config = '{"config": {}, "history": [{"created_by": "ADD x / # buildkit"}]}';
    const cwd = folderWith({ 'config.json': config, Dockerfile: 'FROM alpine\nENV A=1\nRUN <<E\nls\nE\n' });
    const planIn = async (...options: readonly string[]) =>
      (await runIn(cwd, ['plan', 'Dockerfile', '--base-config', join(cwd, 'config.json'), ...options])).stdout;
    const history = ['1 ADD x / # buildkit', '0 ENV A=1', '1 RUN /bin/sh -c ls\n # buildkit'];
    expect(JSON.parse(await planIn('--format', 'json'))).toMatchObject({ history });
    expect(JSON.parse(await planIn('--format', 'jsonl'))).toMatchObject({ history });
    expect(await planIn()).toMatch(/ {2}layer +ADD x .*\n {2}history +ENV A=1\n {2}layer +RUN .* ls.* # buildkit\n$/);
  });

  it('refuses what is neither', async () => {
    expect(await planned('{"User": "me"}')).toMatchObject({ code: 2, stderr: expect.stringContaining('no `config`') });
    expect(await planned('[]')).toMatchObject({ code: 2 });
    expect(await planned('nothing')).toMatchObject({ code: 2, stderr: expect.stringContaining('is not JSON') });
  });
});
