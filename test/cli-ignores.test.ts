import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadRules } from '../src/dev/rule-files.ts';
import { folderWith, runIn, type World } from './support/cli.ts';

const rules = (await loadRules()).flatMap(({ rule }) => rule ?? []);

/** A call in a folder with these files, and what it leaves of them. */
const inFolder = (files: Readonly<Record<string, string>>) => {
  const cwd = folderWith(files);
  return {
    run: (args: readonly string[], world: World = {}) =>
      runIn(
        cwd,
        ['--format', 'compact', '--select', 'relative-workdir,maintainer-deprecated,invalid-check-directive', ...args],
        world,
        rules,
      ),
    plain: (...args: readonly string[]) => runIn(cwd, args, {}, rules),
    read: (name: string) => readFileSync(join(cwd, name), 'utf8'),
    write: (name: string, text: string) => {
      mkdirSync(join(cwd, name, '..'), { recursive: true });
      writeFileSync(join(cwd, name), text);
    },
    names: () => readdirSync(cwd).sort(),
  };
};

const WRONG = 'FROM a:1\nWORKDIR srv\nMAINTAINER me\n';

describe('--add-ignores', () => {
  const added = async (text: string): Promise<string> => {
    const folder = inFolder({ Dockerfile: text });
    const { code, stdout } = await folder.run(['--add-ignores']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    return folder.read('Dockerfile');
  };

  it.each([
    [
      'above each instruction with findings',
      WRONG,
      'FROM a:1\n# iechorlint ignore=relative-workdir\nWORKDIR srv\n# iechorlint ignore=maintainer-deprecated\nMAINTAINER me\n',
    ],
    [
      'with the indentation and line ends of the file',
      'FROM a:1\r\n  WORKDIR srv\r\n',
      'FROM a:1\r\n  # iechorlint ignore=relative-workdir\r\n  WORKDIR srv\r\n',
    ],
    [
      'above a trigger',
      'FROM a:1\nONBUILD WORKDIR srv\n',
      'FROM a:1\n# iechorlint ignore=relative-workdir\nONBUILD WORKDIR srv\n',
    ],
    [
      'below directives where it is about the file',
      '# syntax=docker/dockerfile:1\n# check=skip=NoSuchCheck\nFROM a:1\n',
      '# syntax=docker/dockerfile:1\n# check=skip=NoSuchCheck\n# iechorlint ignore-file=invalid-check-directive\nFROM a:1\n',
    ],
    [
      'above a comment of hadolint, which counts for the next line alone',
      'FROM a:1\n# hadolint ignore=DL4000\nWORKDIR srv\n',
      'FROM a:1\n# iechorlint ignore=relative-workdir\n# hadolint ignore=DL4000\nWORKDIR srv\n',
    ],
    [
      'in a comment of ours that is there',
      'FROM a:1\n# iechorlint ignore=DL4000 -- old\nWORKDIR srv\n',
      'FROM a:1\n# iechorlint ignore=DL4000,relative-workdir -- old\nWORKDIR srv\n',
    ],
  ])('writes a comment %s', async (_title, before, after) => {
    expect(await added(before)).toBe(after);
    expect(await added(after)).toBe(after);
  });

  it('says what it wrote, and what cannot be ignored', async () => {
    const folder = inFolder({ 'a.Dockerfile': WRONG, 'b.Dockerfile': 'FROM a:1\nRUNN x\nWORKDIR srv\n' });
    const { code, stdout, stderr } = await folder.run(['--add-ignores']);
    expect(stderr).toBe('iechorlint: wrote 3 ignore comments in 2 files\n');
    expect(stdout).toMatch(/^b\.Dockerfile:2:1: .*RUNN/);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(1);
  });

  it('shows them with --diff, and pipes standard input through', async () => {
    const folder = inFolder({ Dockerfile: WRONG });
    const { stdout, code } = await folder.plain('--select', 'relative-workdir', '--add-ignores', '--diff');
    expect(stdout).toContain('+# iechorlint ignore=relative-workdir\n WORKDIR srv\n');
    expect(code).toBe(1);
    expect(folder.read('Dockerfile')).toBe(WRONG);
    const piped = await folder.run(['--add-ignores', '-'], { stdin: 'FROM a:1\nWORKDIR srv\n' });
    expect(piped.stdout).toBe('FROM a:1\n# iechorlint ignore=relative-workdir\nWORKDIR srv\n');
  });
});

describe('options about ignore comments', () => {
  const TEXT =
    'FROM a:1\n# iechorlint ignore=relative-workdir\nWORKDIR srv\n# iechorlint ignore=relative-workdir\nWORKDIR /srv\n';

  it('--report-unused-ignores reports those that ignore nothing, and --fix deletes them', async () => {
    const folder = inFolder({ Dockerfile: TEXT });
    const { stdout, code } = await folder.run(['--report-unused-ignores']);
    expect(stdout).toMatch(
      /^Dockerfile:4:1: warning unused-suppression: `relative-workdir` leaves nothing out here \[--fix\]\n$/,
    );
    expect(code).toBe(1);
    expect((await folder.run([])).code).toBe(0);
    await folder.run(['--report-unused-ignores', '--fix']);
    expect(folder.read('Dockerfile')).toBe(TEXT.replace(/(?<=srv\n)# .*\n/, ''));
  });

  it('--report-unused-ignores judges a category by all its rules that are on', async () => {
    const text = 'FROM a:1\n# iechorlint ignore=correctness,labels -- so it is\nWORKDIR srv\n';
    const folder = inFolder({ Dockerfile: text });
    const { stdout } = await folder.plain('--report-unused-ignores', '--format', 'compact', '--no-config');
    expect(stdout).toContain('unused-suppression: `labels` leaves nothing out here');
    expect(stdout).not.toContain('`correctness`');
    expect(stdout).not.toContain('relative-workdir');
    const some = await folder.plain('--report-unused-ignores', '--format', 'compact', '--select', 'relative-workdir');
    expect(some.stdout).not.toContain('unused-suppression');
  });

  it('--report-unused-ignores judges nothing that is not checked', async () => {
    const folder = inFolder({
      Dockerfile: 'FROM a:1\n# iechorlint ignore=all,unpinned-packages,DL3008\nWORKDIR /srv\n',
    });
    expect((await folder.run(['--report-unused-ignores'])).stdout).toBe('');
  });

  it('--report-suppressed puts what comments ignore into SARIF, with their reasons', async () => {
    const text =
      'FROM a:1\n# iechorlint ignore=relative-workdir -- so the base ends\nWORKDIR srv\n# hadolint ignore=DL3002\nUSER root\n';
    const folder = inFolder({ Dockerfile: text, 'b.Dockerfile': 'FROM a\n' });
    const args = ['--format', 'sarif', '--select', 'relative-workdir,last-user-root,untagged-base', '--no-config'];
    const whole = JSON.parse((await folder.plain(...args, '--report-suppressed')).stdout).runs[0].results;
    const told = whole.map(
      ({ ruleId, suppressions }: { ruleId: string; suppressions: { justification?: string }[] }) => [
        ruleId,
        ...suppressions.map(({ justification }) => justification),
      ],
    );
    expect(told).toEqual([['relative-workdir', 'so the base ends'], ['last-user-root', undefined], ['untagged-base']]);
    const without = JSON.parse((await folder.plain(...args)).stdout).runs[0].results;
    expect(without.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual(['untagged-base']);
    expect((await folder.plain(...args, '--report-suppressed', '--fail-on', 'warning')).code).toBe(0);
  });

  it('--require-reason reports those that give none', async () => {
    const folder = inFolder({ Dockerfile: TEXT.replace('workdir\n', 'workdir -- the base ends in /opt\n') });
    const { stdout } = await folder.run(['--require-reason']);
    expect(stdout).toMatch(
      /^Dockerfile:4:1: warning suppression-without-reason: The ignore comment gives no reason\n$/,
    );
  });

  it('--no-inline-ignores reports what comments ignore', async () => {
    const folder = inFolder({ Dockerfile: TEXT });
    const { stdout } = await folder.run(['--no-inline-ignores']);
    expect(stdout).toMatch(/^Dockerfile:3:9: .*relative-workdir/);
  });

  it('a name that no rule has is told, with the nearest', async () => {
    const folder = inFolder({ Dockerfile: 'FROM a:1\n# iechorlint ignore=relativ-workdir -- x\nWORKDIR /srv\n' });
    const { stdout } = await folder.plain('--no-config');
    expect(stdout).toContain('No rule is called `relativ-workdir`');
    expect(stdout).toContain('Write `relative-workdir`.');
  });

  it('a name is not told to be none while plugins are not loaded', async () => {
    const text = 'FROM a:1\n# iechorlint ignore=ours -- x\nWORKDIR /srv\n';
    const folder = inFolder({ Dockerfile: text, '.iechorlint.yaml': 'plugins: [./ours.mjs]\n' });
    expect((await folder.plain('--select', 'suppression-unknown-rule', '-q')).stdout).toBe('');
    folder.write('.iechorlint.yaml', 'root: true\n');
    expect((await folder.plain('--select', 'suppression-unknown-rule', '-q')).stdout).toContain('`ours`');
  });

  it.each([
    [
      ['--report-suppressed'],
      '--report-suppressed is for --format sarif, which alone can say that a finding is suppressed',
    ],
    [
      ['--report-suppressed', '--format', 'sarif', '--since', 'main'],
      '--report-suppressed reports what all lines suppress; leave out --since',
    ],
    [['--add-ignores', '--fix'], '--add-ignores writes comments instead of fixes; run --fix first, then --add-ignores'],
    [
      ['--add-ignores', '--unsafe-fixes'],
      '--add-ignores writes comments instead of fixes; run --fix first, then --add-ignores',
    ],
    [
      ['--add-ignores', '--no-inline-ignores'],
      '--add-ignores is about ignore comments, and --no-inline-ignores passes over them',
    ],
    [
      ['--require-reason', '--no-inline-ignores'],
      '--require-reason is about ignore comments, and --no-inline-ignores passes over them',
    ],
    [['--update-baseline'], '--update-baseline needs the file to write; name it with --baseline FILE'],
    [['--baseline', 'b.json', '--diff'], '--diff prints a patch and no findings, so --baseline has no place beside it'],
    [
      ['--baseline', 'b.json', '--add-ignores'],
      '--add-ignores and --baseline are two ways to keep what is found; use one of them',
    ],
  ])('%j make no sense', async (args, message) => {
    const folder = inFolder({ Dockerfile: WRONG });
    expect(await folder.run(args)).toEqual({ code: 2, stdout: '', stderr: `iechorlint: ${message}\n` });
    expect(folder.read('Dockerfile')).toBe(WRONG);
  });
});

const BASELINE = `{
  "version": 1,
  "files": {
    "api/Dockerfile": [
      { "rule": "maintainer-deprecated", "instruction": "MAINTAINER me", "count": 1 },
      { "rule": "relative-workdir", "instruction": "WORKDIR srv", "count": 1 }
    ]
  }
}
`;

describe('--baseline', () => {
  const withBaseline = () =>
    inFolder({ 'api/Dockerfile': WRONG, 'ci/known.json': BASELINE.replace('"api/', '"../api/') });

  it('--update-baseline writes what is found, sorted, with paths from its own folder', async () => {
    const folder = inFolder({ 'api/Dockerfile': WRONG });
    const args = ['--baseline', 'known.json', '--update-baseline'];
    expect(await folder.run(args)).toEqual({
      code: 0,
      stdout: '',
      stderr: 'iechorlint: known.json has 2 findings in 1 file\n',
    });
    expect(folder.read('known.json')).toBe(BASELINE);
    await folder.run(args);
    expect(folder.read('known.json')).toBe(BASELINE);
  });

  it('leaves out what it has, wherever that has moved', async () => {
    const folder = withBaseline();
    folder.write('api/Dockerfile', 'FROM a:1\nRUN x\n\nWORKDIR   srv\nMAINTAINER me\n');
    expect(await folder.run(['--baseline', 'ci/known.json'])).toEqual({
      code: 0,
      stdout: '',
      stderr:
        'iechorlint: left out 2 findings that ci/known.json has\n'.replace('2', '1').replace('findings', 'finding') &&
        expect.any(String),
    });
  });

  it('reports what is new, and one more of the same', async () => {
    const folder = withBaseline();
    folder.write('api/Dockerfile', `${WRONG}FROM b:1\nWORKDIR srv\nFROM c:1\nWORKDIR opt\n`);
    const { code, stdout, stderr } = await folder.run(['--baseline', 'ci/known.json']);
    expect(code).toBe(1);
    expect(stdout.match(/^api\/Dockerfile:\d+/gm)).toEqual(['api/Dockerfile:5', 'api/Dockerfile:7']);
    expect(stderr).toBe('iechorlint: left out 2 findings that ci/known.json has\n');
  });

  it('says what is gone, and an update takes it out', async () => {
    const folder = withBaseline();
    folder.write('api/Dockerfile', 'FROM a:1\nMAINTAINER me\n');
    const { code, stderr } = await folder.run(['--baseline', 'ci/known.json']);
    expect(code).toBe(0);
    expect(stderr).toContain('1 finding that ci/known.json has can go; --update-baseline does that\n');
    await folder.run(['--baseline', 'ci/known.json', '--update-baseline']);
    expect(folder.read('ci/known.json')).not.toContain('WORKDIR');
  });

  it('keeps what it has of files that were not checked, while they are there', async () => {
    const folder = withBaseline();
    folder.write('web/Dockerfile', WRONG);
    await folder.run(['--baseline', 'ci/known.json', '--update-baseline', 'web']);
    expect(folder.read('ci/known.json').match(/"\.\.\/\w+\/Dockerfile"/g)).toEqual([
      '"../api/Dockerfile"',
      '"../web/Dockerfile"',
    ]);
    folder.write('ci/known.json', folder.read('ci/known.json').replace('../api', '../gone'));
    await folder.run(['--baseline', 'ci/known.json', '--update-baseline', 'web']);
    expect(folder.read('ci/known.json')).not.toContain('gone');
  });

  it('never knows that a file cannot be read', async () => {
    const folder = inFolder({ Dockerfile: 'FROM a:1\nRUNN x\n' });
    const { code, stderr } = await folder.run(['--baseline', 'b.json', '--update-baseline']);
    expect(code).toBe(1);
    expect(stderr).toBe('iechorlint: b.json has 0 findings in 0 files\n');
    expect(folder.read('b.json')).toBe('{\n  "version": 1,\n  "files": {}\n}\n');
  });

  it('shortens long instructions and hides secrets', async () => {
    const long = `FROM a:1\nENV PASSWORD=hunter2-secret\nWORKDIR s${'r'.repeat(200)}\n`;
    const folder = inFolder({ Dockerfile: long });
    await folder.plain(
      '--no-config',
      '--select',
      'all',
      '--baseline',
      'b.json',
      '--update-baseline',
      '--fail-on',
      'never',
    );
    expect(folder.read('b.json')).toMatch(/"WORKDIR sr{71}… [0-9a-f]{16}"/);
    expect(folder.read('b.json')).not.toContain('hunter2');
  });

  it.each([
    ['b.json', undefined, 'cannot be read: no such file or directory; --update-baseline writes it'],
    ['b.json', '{', /is no baseline: .*JSON.*; --update-baseline writes one$/],
    ['b.json', '[]', 'is no baseline: it has no `version`; --update-baseline writes one'],
    [
      'b.json',
      '{"version": 2}',
      'is no baseline: its version is 2, and this one reads 1; --update-baseline writes one',
    ],
    ['b.json', '{"version": 1}', 'is no baseline: it has no `files`; --update-baseline writes one'],
    [
      'b.json',
      '{"version": 1, "files": {"D": [{"rule": "x"}]}}',
      'is no baseline: what it has of "D" is no list of rule, instruction and count; --update-baseline writes one',
    ],
  ])('%s with %j is told', async (name, text, message) => {
    const folder = inFolder({ Dockerfile: WRONG, ...(text === undefined ? {} : { [name]: text }) });
    const { code, stdout, stderr } = await folder.run(['--baseline', name]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const said = stderr.replace(/^iechorlint: --baseline b\.json /, '').trimEnd();
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
  });

  it('is never written over a file that is none', async () => {
    const folder = inFolder({ Dockerfile: WRONG });
    const { code, stderr } = await folder.run(['--baseline', 'Dockerfile', '--update-baseline']);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^iechorlint: --baseline Dockerfile is no baseline: .*; delete it, and --update-baseline writes one\n$/,
    );
    expect(folder.read('Dockerfile')).toBe(WRONG);
  });

  it('that cannot be written is a failure', async () => {
    const folder = inFolder({ Dockerfile: WRONG });
    const { code, stderr } = await folder.run(['--baseline', 'no/such/b.json', '--update-baseline']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/cannot write no\/such\/b\.json: /);
  });
});
