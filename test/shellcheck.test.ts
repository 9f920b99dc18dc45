import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { rules } from '../rules/index.ts';
import { parse } from '../src/ast/create.ts';
import { commentsOf, type RawComment, type ShellcheckTarget, shellcheckScripts } from '../src/facts/index.ts';
import { lint } from '../src/lint/linter.ts';
import { modelOf } from '../src/model/index.ts';
import { documentOf } from '../src/source/document.ts';
import { folderWith, runIn } from './support/cli.ts';

const NEW: ShellcheckTarget = { version: '0.11.0', asHadolint: false };

const scriptsIn = (text: string, target = NEW) => shellcheckScripts(modelOf(parse(text)), target);

const bodies = (text: string, target = NEW) => scriptsIn(text, target).map((each) => each.text.slice(each.preamble));

const dialects = (text: string, target = NEW) =>
  scriptsIn(text, target).map((each) => /^# shellcheck shell=(\w+)/.exec(each.text)?.[1]);

describe('the scripts for ShellCheck', () => {
  it('are what the shell gets, of each instruction in shell form', () => {
    const text = `FROM debian
RUN a && \\
    # comment
    b 'c \\
d'
RUN ["e"]
RUN <<EOF
f \\
  g
EOF
ONBUILD RUN h
CMD i
HEALTHCHECK CMD j
ENTRYPOINT ['k']
RUN {{ l }}
`;
    const joined = bodies(text).map((body) => body.replace(/ +/g, ' '));
    expect(joined).toEqual(["a && b 'c d'\n", 'f \\\n g\n\n', 'h\n', 'i\n', 'j\n']);
  });

  it('know the variables of the build', () => {
    const [first] = scriptsIn('FROM debian\nARG a\nENV B=1\nRUN c\n');
    expect(first?.text).toMatch(
      /^# shellcheck shell=dash disable=\S+\nread -r (?:\w+ )*a B\nexport (?:\w+ )*a B\nc\n$/,
    );
  });

  it('are in the dialect of who reads them', () => {
    expect(dialects('FROM debian\nRUN a\nRUN <<EOF\n#!/bin/bash\nb\nEOF\nSHELL ["bash", "-c"]\nRUN c\n')).toEqual([
      'dash',
      'bash',
      'bash',
    ]);
    expect(dialects('FROM app\nRUN a\n')).toEqual(['bash']);
    expect(dialects('FROM alpine\nRUN a\n')).toEqual(['busybox']);
    expect(dialects('FROM alpine\nRUN a\n', { ...NEW, version: '0.9.0' })).toEqual(['bash']);
    expect(dialects('FROM a\nSHELL ["pwsh", "-c"]\nRUN b\n')).toEqual([]);
  });

  it('are as hadolint hands them over where it is reproduced', () => {
    const as = { ...NEW, asHadolint: true };
    expect(dialects('FROM alpine\nRUN a\nCMD b\nRUN <<EOF\n#!/bin/bash\nb\nEOF\n', as)).toEqual(['sh', 'sh']);
  });
});

describe('comments of ShellCheck', () => {
  const placed = (text: string, comment: Pick<RawComment, 'line' | 'column' | 'endLine' | 'endColumn' | 'fix'>) => {
    const [script] = scriptsIn(text);
    if (!script) throw new Error('no script');
    const line = comment.line + script.text.slice(0, script.preamble).split('\n').length - 1;
    const raw = { code: 1, level: 'info', message: 'm', ...comment, line, endLine: line } as const;
    const [found] = commentsOf(script, [raw]);
    return found && { at: text.slice(found.start, found.end), edits: found.edits };
  };

  it('stand at their places in the file', () => {
    const text = 'FROM debian\nRUN echo "\u{1f680}" && \\\n    # c\n    cd $d\n';
    const at = placed(text, { line: 1, column: 20, endLine: 1, endColumn: 22, fix: null });
    expect(at).toEqual({ at: '$d', edits: undefined });
  });

  it('are left out where they are about what stands before the script', () => {
    expect(placed('FROM debian\nRUN a\n', { line: 0, column: 1, endLine: 0, endColumn: 2, fix: null })).toBe(undefined);
  });

  it('keep what stands between the words that they quote', () => {
    const text = 'FROM debian\nRUN a$b\\\n -c\n';
    const insert = (column: number, insertionPoint: 'afterEnd' | 'beforeStart') =>
      ({ line: 2, endLine: 2, column, endColumn: column, insertionPoint, replacement: '"' }) as const;
    const [script] = scriptsIn(text);
    const line = script?.text.slice(0, script.preamble).split('\n').length ?? 0;
    const replacements = [insert(2, 'afterEnd'), insert(4, 'beforeStart')].map((each) => ({
      ...each,
      line,
      endLine: line,
    }));
    const found = placed(text, { line: 1, column: 2, endLine: 1, endColumn: 4, fix: { replacements } });
    expect(found?.edits?.map(({ range }) => range.start)).toEqual([text.indexOf('$'), text.indexOf('\\')]);
  });
});

describe('what ShellCheck says', () => {
  const text = 'FROM debian\nRUN source /a && b\n';
  const rulesOf = (...names: string[]) =>
    new Map(rules.filter(({ name }) => names.includes(name)).map((rule) => [rule, {}] as const));
  const config = { rules: rulesOf('shellcheck', 'bash-syntax-in-sh'), inlineIgnores: true };
  const said = (code: string, about = text) => {
    const comment = { code, level: 'error', message: 'M.', start: 16, end: 25, edits: undefined } as const;
    return lint(documentOf(text), config, { shellcheck: { version: '1', text: about, comments: [comment] } });
  };

  it('takes the place of what we say of the same', () => {
    expect(said('SC3046').map(({ rule, codes, message }) => [rule, codes, message])).toEqual([
      ['shellcheck', ['SC3046'], 'SC3046: M'],
    ]);
    expect(said('SC2000').map(({ rule }) => rule)).toEqual(['bash-syntax-in-sh', 'shellcheck']);
  });

  it('holds for the text that it was asked about', () => {
    expect(said('SC3046', 'another').map(({ rule }) => rule)).toEqual(['bash-syntax-in-sh']);
  });

  it('can be ignored by its code', () => {
    const ignored = text.replace('RUN', '# hadolint ignore=SC2000\nRUN');
    const comment = { code: 'SC2000', level: 'info', message: 'M', start: 45, end: 47, edits: undefined } as const;
    const facts = { shellcheck: { version: '1', text: ignored, comments: [comment] } };
    expect(lint(documentOf(ignored), config, facts).map(({ rule }) => rule)).toEqual(['bash-syntax-in-sh']);
  });
});

// The command line --------------------------------------------------------------------------------------------------------

/** A program of that name, which says of each script that its first word is wrong. */
const FAKE = `#!${process.execPath}
const [, , first, ...names] = process.argv;
if (first === '--version') console.log('version: 9.9.9');
else {
  const { readFileSync } = require('node:fs');
  const comments = names.slice(1).map((file) => {
    const line = readFileSync(file, 'utf8').trimEnd().split('\\n').length;
    const at = { line, endLine: line, column: 1, endColumn: 3 };
    const replacements = [{ ...at, endColumn: 1, insertionPoint: 'afterEnd', replacement: 'x' }];
    const isMended = readFileSync(file, 'utf8').trimEnd().split('\\n').at(-1).startsWith('x');
    return { file, ...at, level: 'warning', code: 2999, message: 'Wrong.', fix: isMended ? null : { replacements } };
  });
  console.log(JSON.stringify({ comments }));
}
`;

const TWO = { Dockerfile: 'FROM debian\nRUN ab\n', 'b/Dockerfile': 'FROM debian\nRUN ef\n' };

const world = (folder: string) => ({ env: { PATH: [folder, process.env.PATH].join(delimiter) } });

describe.skipIf(process.platform === 'win32')('--shellcheck', () => {
  const folderOf = (files: Readonly<Record<string, string>>) => {
    const folder = folderWith({ ...files, shellcheck: FAKE });
    chmodSync(join(folder, 'shellcheck'), 0o755);
    return folder;
  };
  const runWith = (folder: string, ...args: string[]) => runIn(folder, args, world(folder), rules);

  it('on: asks the program about all files', async () => {
    const folder = folderOf(TWO);
    const { stdout, code } = await runWith(folder, '--shellcheck=on', '--format=compact', '--select=shellcheck', '.');
    expect(stdout.match(/Dockerfile:2:5: warning shellcheck: SC2999: Wrong/g)).toHaveLength(2);
    expect(code).toBe(1);
  });

  it('goes by the codes that it reports', async () => {
    const folder = folderOf(TWO);
    const selected = await runWith(folder, '--shellcheck=on', '--format=compact', '--select=SC2999', '.');
    expect(selected.stdout.match(/SC2999/g)).toHaveLength(2);
    const ignored = await runWith(
      folder,
      '--shellcheck=on',
      '--format=compact',
      '--select=hadolint',
      '--ignore=SC2999',
      '.',
    );
    expect(ignored.stdout).not.toContain('SC2999');
    const all = await runWith(folder, '--shellcheck=on', '--format=compact', '--select=hadolint', '.');
    expect(all.stdout.match(/SC2999/g)).toHaveLength(2);
  });

  it('names the program and its release in SARIF', async () => {
    const folder = folderOf(TWO);
    const { stdout } = await runWith(folder, '--shellcheck=auto', '--format=sarif', '.');
    expect(JSON.parse(stdout).runs[0].tool.extensions).toEqual([{ name: 'ShellCheck', version: '9.9.9' }]);
    const off = await runWith(folder, '--format=sarif', '.');
    expect(JSON.parse(off.stdout).runs[0].tool.extensions).toBe(undefined);
    expect(off.stdout).not.toContain('SC2999');
  });

  it('is asked once about a file, and again by another release, with --lint-cache', async () => {
    const folder = folderOf({ Dockerfile: 'FROM debian\nRUN ab\n' });
    const args = [
      '--shellcheck=on',
      '--select=shellcheck',
      '--format=compact',
      '--lint-cache-location=kept',
      'Dockerfile',
    ];
    const first = await runWith(folder, ...args);
    const change = (from: string, to: string) => {
      const program = readFileSync(join(folder, 'shellcheck'), 'utf8');
      writeFileSync(join(folder, 'shellcheck'), program.replace(from, to));
    };
    change("'Wrong.'", "'Bad.'");
    expect((await runWith(folder, ...args)).stdout).toBe(first.stdout);
    change('9.9.9', '9.9.10');
    expect((await runWith(folder, ...args)).stdout).toContain('SC2999: Bad');
  });

  it('offers its fixes, and looks again at what they make', async () => {
    const folder = folderOf({ Dockerfile: 'FROM debian\nRUN ab\n' });
    const args = ['--shellcheck=on', '--select=shellcheck', '--fix', '--unsafe-fixes', '-', '--format=compact'];
    const io = { ...world(folder), stdin: 'FROM debian\nRUN ab\n' };
    const { stdout } = await runIn(folder, args, io, rules);
    expect(stdout).toContain('RUN xab\n');
  });

  it('on: is refused where there is no room for the scripts', async () => {
    const folder = folderOf(TWO);
    vi.stubEnv('TMPDIR', '/no/such/folder');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await runWith(folder, '--shellcheck=on', '.')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('TMPDIR names another place'),
    });
  });

  it('on: is refused where there is no such program; auto goes without', async () => {
    const folder = folderWith(TWO);
    const nowhere = { env: { PATH: join(folder, 'nowhere') } };
    const on = await runIn(folder, ['--shellcheck=on', '.'], nowhere, rules);
    expect(on).toMatchObject({ code: 2, stdout: '' });
    expect(on.stderr).toBe('iechorlint: --shellcheck=on needs the program `shellcheck`, and there is none in PATH\n');
    const auto = await runIn(folder, ['--shellcheck=auto', '--select=shellcheck', '.'], nowhere, rules);
    expect(auto.code).toBe(0);
  });
});

const hasProgram = spawnSync('shellcheck', ['--version']).status === 0;
if (!hasProgram) console.warn('No `shellcheck` here: what the real program says is not tried.');

describe.skipIf(!hasProgram)('the real program', () => {
  it('says what is wrong, where, and how to mend it', async () => {
    const text = 'FROM debian\nARG dir\nRUN cd $dir && \\\n    # c\n    ls $missing\n';
    const folder = folderWith({ Dockerfile: text });
    const env = { PATH: process.env.PATH ?? '' };
    const args = ['--shellcheck=on', '--select=shellcheck', '--format=compact', 'Dockerfile'];
    const { stdout } = await runIn(folder, args, { env }, rules);
    const lines = stdout
      .split('\n')
      .map((line) => /^Dockerfile:(\S+): \w+ shellcheck: (SC\d+)/.exec(line)?.slice(1).join(' '));
    expect(lines.filter(Boolean)).toEqual(expect.arrayContaining(['3:8 SC2086', '5:8 SC2086', '5:8 SC2154']));
  });
});
