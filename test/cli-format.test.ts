import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rules } from '../rules/index.ts';
import { configure } from '../src/config/select.ts';
import { format } from '../src/lint/format.ts';
import { documentOf } from '../src/source/document.ts';
import { folderWith, runIn } from './support/cli.ts';
import { readingOf } from './support/layout.ts';

const UGLY = `from alpine:3.22
RUN apk add --no-cache \\
  make \\
  curl \\
  # for the tests
  git  

RUN mkdir /a \\
    && touch /a/b
RUN mkdir /c \\
    && touch /c/d


# The second
From scratch
  COPY --from=0 /a /a`;

const NEAT = `FROM alpine:3.22
RUN apk add --no-cache \\
    curl \\
    make \\
    # for the tests
    git

RUN mkdir /a \\
    && touch /a/b
RUN mkdir /c \\
    && touch /c/d

# The second
FROM scratch
COPY --from=0 /a /a
`;

const BROKEN = 'FROM alpine\nFOO\n';

const run = (cwd: string, args: readonly string[], stdin?: string) =>
  runIn(cwd, ['format', ...args], stdin === undefined ? {} : { stdin }, rules);

describe('iechorlint format', () => {
  it('lays out anew what it finds, and says how much', async () => {
    const cwd = folderWith({ Dockerfile: UGLY, 'b/Containerfile': NEAT });
    const { code, stdout, stderr } = await run(cwd, []);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: 'iechorlint: formatted 1 of 2 files\n' });
    expect(readFileSync(join(cwd, 'Dockerfile'), 'utf8')).toBe(NEAT);
  });

  it('leaves files alone in which nothing changes', async () => {
    const cwd = folderWith({ Dockerfile: NEAT });
    const { mtimeNs, ino } = statSync(join(cwd, 'Dockerfile'), { bigint: true });
    expect((await run(cwd, [])).stderr).toBe('iechorlint: nothing to format in 1 file\n');
    expect(statSync(join(cwd, 'Dockerfile'), { bigint: true })).toMatchObject({ mtimeNs, ino });
  });

  it('keeps CRLF and a byte order mark', async () => {
    const cwd = folderWith({ Dockerfile: `\uFEFF${UGLY.replaceAll('\n', '\r\n')}` });
    await run(cwd, []);
    expect(readFileSync(join(cwd, 'Dockerfile'), 'utf8')).toBe(`\uFEFF${NEAT.replaceAll('\n', '\r\n')}`);
  });

  it('with --check names what would change, changes nothing, and fails', async () => {
    const cwd = folderWith({ Dockerfile: UGLY, 'b/Containerfile': NEAT });
    const { code, stdout, stderr } = await run(cwd, ['--check']);
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: 'Dockerfile\n',
      stderr: 'iechorlint: would format 1 of 2 files\n',
    });
    expect(readFileSync(join(cwd, 'Dockerfile'), 'utf8')).toBe(UGLY);
    expect((await run(cwd, ['--check', 'b'])).code).toBe(0);
  });

  it('with --diff prints a patch and changes nothing', async () => {
    const cwd = folderWith({ Dockerfile: 'FROM alpine' });
    const { code, stdout } = await run(cwd, ['--diff']);
    expect(code).toBe(1);
    expect(stdout).toContain('-FROM alpine\n\\ No newline at end of file\n+FROM alpine\n');
    expect(readFileSync(join(cwd, 'Dockerfile'), 'utf8')).toBe('FROM alpine');
  });

  it('pipes through, also what it cannot format', async () => {
    const cwd = folderWith({});
    expect(await run(cwd, ['-'], UGLY)).toMatchObject({ code: 0, stdout: NEAT, stderr: '' });
    const { code, stdout, stderr } = await run(cwd, ['--stdin-filename', 'api/Dockerfile', '-'], BROKEN);
    expect({ code, stdout }).toEqual({ code: 2, stdout: BROKEN });
    expect(stderr).toMatch(/^iechorlint: api\/Dockerfile:2:1: the file is left as it is.* unknown instruction: FOO\n$/);
  });

  it('leaves alone what BuildKit would not read, and formats the others', async () => {
    const cwd = folderWith({ 'a.Dockerfile': BROKEN, Dockerfile: 'FROM alpine', 'c.Dockerfile': 'FROM a\0' });
    const { code, stderr } = await run(cwd, []);
    expect(code).toBe(2);
    expect(stderr).toMatch(/a\.Dockerfile:2:1.*\n.*c\.Dockerfile:1:7.*NUL.*\n.*formatted 1 of 1 file\n$/s);
    expect(readFileSync(join(cwd, 'a.Dockerfile'), 'utf8')).toBe(BROKEN);
  });

  it('does what configurations and comments say', async () => {
    const cwd = folderWith({
      'a/.iechorlint.yaml': 'rules: { keyword-casing: off, continuation-indentation: { options: { columns: 2 } } }\n',
      'a/Dockerfile': 'From alpine\nRUN a && \\\n    b\n',
      'b/Dockerfile': '# iechorlint ignore=keyword-casing\nFrom alpine\nRun true\n',
      'c/.iechorlint.yaml': 'ignore: [Dockerfile]\n',
      'c/Dockerfile': 'From alpine\n',
    });
    await run(cwd, []);
    const texts = ['a', 'b', 'c'].map((name) => readFileSync(join(cwd, name, 'Dockerfile'), 'utf8'));
    expect(texts).toEqual([
      'From alpine\nRUN a && \\\n  b\n',
      '# iechorlint ignore=keyword-casing\nFrom alpine\nRUN true\n',
      'From alpine\n',
    ]);
  });

  it.each([
    [['--config', 'a', '--no-config'], /leave one of them out/],
    [['--stdin-filename', 'a'], /add - to the paths/],
    [['--chekc'], /did you mean `--check`/],
    [['missing'], /cannot read missing/],
  ])('%s is wrong use', async (args, message) => {
    const { code, stderr } = await run(folderWith({}), args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('format', () => {
  const config = configure(rules, { select: ['format'], ignore: [] });

  it('is a function of the text, and changes nothing twice', () => {
    const { text } = format(documentOf(UGLY), config);
    expect(text).toBe(NEAT);
    expect(format(documentOf(text), config).text).toBe(text);
    expect(readingOf(text)).toEqual(readingOf(UGLY));
  });

  it('indents a list by what its command is indented by afterwards', () => {
    const list = 'build-essential ca-certificates curl git libpq-dev libxml2-dev make python3 zlib1g-dev';
    const text = `FROM debian\nRUN a &&\\\napt-get install -y ${list} &&\\\nb\nRUN c && \\\n    d\n`;
    const lines = list.split(' ').map((name) => `        ${name}`);
    expect(format(documentOf(text), config).text).toBe(
      `FROM debian\nRUN a &&\\\n    apt-get install -y \\\n${lines.join(' \\\n')} &&\\\n    b\nRUN c && \\\n    d\n`,
    );
  });

  it('runs no other rules, whatever the configuration has', () => {
    const all = configure(rules, { select: ['all'], ignore: [] });
    const text = 'FROM alpine\nMAINTAINER me\nRUN apk add curl\n';
    expect(format(documentOf(text), all).text).toBe(text);
  });

  it.each([
    ['', ''],
    ['\n', ''],
    ['# nothing', '# nothing\n'],
  ])('takes files without instructions: %j', (before, after) => {
    expect(format(documentOf(before), config)).toEqual({ text: after, refusal: undefined });
  });
});
