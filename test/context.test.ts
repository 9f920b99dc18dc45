import { describe, expect, it } from 'vitest';
import copySourceMissing from '../rules/correctness/copy-source-missing.ts';
import relativeWorkdir from '../rules/correctness/relative-workdir.ts';
import { parse } from '../src/ast/create.ts';
import { configure } from '../src/config/select.ts';
import { contextOf, excluderOf, readIgnoreFile } from '../src/facts/index.ts';
import { lint } from '../src/lint/linter.ts';
import { modelOf } from '../src/model/index.ts';
import { documentOf } from '../src/source/document.ts';
import { folderWith, runIn } from './support/cli.ts';
import { lookupIn } from './support/rules.ts';

const isIgnored = (ignore: string, path: string): boolean => {
  const file = readIgnoreFile('.dockerignore', ignore);
  expect(file.defect).toBeUndefined();
  return excluderOf(file, path) !== undefined;
};

describe('an ignore file', () => {
  it.each([
    ['a', 'a/b', 'x/a'],
    ['./a/', 'a', 'ab'],
    ['a//b/../c', 'a/c', 'a/b'],
    ['/a', 'a', 'b/a'],
    ['*.go', 'x.go', 'a/x.go'],
    ['**/*.go', 'x.go', 'x.goo'],
    ['a/**', 'a/b/c', 'a'],
    ['a/**/b', 'a/b', 'a/c'],
    ['a/**/b', 'a/x/y/b', 'ab'],
    ['a**', 'ab/c', 'ba'],
    ['**a', 'x/ya', 'ab'],
    ['**/a', 'x/a', 'xa'],
    ['a?c', 'abc', 'a/c'],
    ['[a-c]x', 'bx', 'dx'],
    ['[^a]x', 'bx', 'ax'],
    ['[!a]x', '!x', 'bx'],
    ['\\#x', '#x', 'x'],
    [' #x', '#x', 'x'],
    ['\uFEFFa', 'a', 'b'],
    ['\\*', '*', 'a'],
    ['\\d.txt', '1.txt', 'd.txt'],
    ['[\\dx]\\S', '1é', '1 '],
    ['[^\\s]\\t', 'a\t', ' \t'],
    ['\\bb\\b', 'b', 'a'],
    ['[\\d-z]', '-', 'y'],
    ['[\\t-a]b', ' b', 'cb'],
    ['[a\\-c]', '-', 'b'],
    ['a.b+(c)', 'a.b+(c)', 'aXb+(c)'],
    ['{a,b}', '{a,b}', 'a'],
    ['a\r\nb\r\n', 'b', 'c'],
    ['é?', 'é😀', 'é'],
    ['*\n!a', 'b', 'a/c'],
    ['a\n!a/b\na/b/c', 'a/b/c', 'a/b/d'],
    ['!a\na', 'a', 'b'],
  ])('%j leaves out %j, and not %j', (ignore, out, kept) => {
    expect({ [out]: isIgnored(ignore, out), [kept]: isIgnored(ignore, kept) }).toEqual({ [out]: true, [kept]: false });
  });

  it.each(['#a', '.', '/', '../a', ''])('%j leaves nothing out', (ignore) => {
    expect(isIgnored(ignore, 'a')).toBe(false);
  });

  it.each([
    '!',
    'b\n! ',
    'a[',
    '[]a]',
    '[a-]',
    '[-a]',
    '[]',
    'a\\',
    '\\q',
    '\\1',
    '[\\b]',
    '[a-\\d]',
    '[a-\\t]',
    '[xb-a]',
  ])('%j is refused', (ignore) => {
    expect(readIgnoreFile('.dockerignore', ignore).defect?.line).toBe(ignore.split('\n').length);
  });
});

describe('a build context', () => {
  const fates = (copy: string, files: readonly string[], ignore?: string) => {
    const ignoreFile = ignore === undefined ? undefined : readIgnoreFile('.dockerignore', ignore);
    return Object.fromEntries(
      contextOf(modelOf(parse(`FROM a\nCOPY ${copy} /x/\n`)), ignoreFile, lookupIn(files)).fates,
    );
  };

  it('tells what becomes of each path', () => {
    expect(fates('a ./b /c/ d e/f', ['a', 'b', 'c/x', 'e/g'], 'b')).toEqual({
      a: 'sent',
      b: 'ignored',
      c: 'sent',
      d: 'absent',
      'e/f': 'absent',
    });
  });

  it('looks into a folder for what an exception frees', () => {
    expect(fates('a', ['a/b/c'], 'a\n!a/b/c')).toEqual({ a: 'sent' });
    expect(fates('a', ['a/b/c'], 'a\n!a/b/d')).toEqual({ a: 'ignored' });
  });
});

describe('--context', () => {
  const found = async (files: Readonly<Record<string, string>>, ...args: string[]) => {
    const { stdout, stderr, code } = await runIn(
      folderWith(files),
      ['Dockerfile', '--format', 'compact', '--quiet', ...args],
      { env: { NAME: 'gone' } },
      [copySourceMissing],
    );
    return { code, lines: stdout.split('\n').filter((line) => line.includes('Dockerfile:')), stderr };
  };

  it('lets rules look at it', async () => {
    const files = { Dockerfile: 'FROM a\nCOPY a b /x/\n', 'c/a': '', 'c/.dockerignore': 'a', a: '', b: '' };
    expect(await found(files)).toMatchObject({ code: 0, lines: [] });
    expect(await found(files, '--context', '.')).toMatchObject({ code: 0, lines: [] });
    const { code, lines } = await found(files, '--context', 'c');
    expect(code).toBe(1);
    expect(lines.map((line) => line.replace(/^.*?error/, ''))).toMatchObject([
      expect.stringMatching(/`a` is left out of the build context by \.dockerignore, line 1: `a`/),
      expect.stringMatching(/`b` is not in the build context/),
    ]);
  });

  it('has the ignore file that is named after the file', async () => {
    const files = { Dockerfile: 'FROM a\nCOPY a /x\n', a: '', '.dockerignore': 'a', 'Dockerfile.dockerignore': 'b' };
    expect(await found(files, '--context', '.')).toMatchObject({ code: 0 });
    const other = { Dockerfile: 'FROM a\nCOPY a /x\n', a: '', '.containerignore': 'a' };
    expect((await found(other, '--context=.')).lines.join()).toContain('by .containerignore');
  });

  it('takes build arguments and the target into account', async () => {
    const files = { Dockerfile: 'FROM a AS one\nARG NAME\nCOPY $NAME /x\nFROM a\n', there: '' };
    expect((await found(files, '--context', '.')).lines).toEqual([]);
    expect((await found(files, '--context', '.', '--build-arg', 'NAME=there')).lines).toEqual([]);
    expect((await found(files, '--context', '.', '--build-arg', 'NAME')).lines.join()).toContain('warning');
    expect((await found(files, '--context', '.', '--build-arg', 'NAME=no', '--target', 'one')).code).toBe(1);
  });

  it('must be a folder', async () => {
    expect(await found({ Dockerfile: 'FROM a\n' }, '--context', 'gone')).toMatchObject({
      code: 2,
      stderr: 'iechorlint: --context must be a folder, and gone is none\n',
    });
  });

  it('needs a name for a build argument', async () => {
    expect((await found({ Dockerfile: 'FROM a\n' }, '--build-arg', '=1')).stderr).toBe(
      'iechorlint: --build-arg must be NAME=VALUE or NAME, not `=1`\n',
    );
  });
});

describe('BUILDKIT_DOCKERFILE_CHECK', () => {
  const check = (directive: string, value?: string) => {
    const buildArgs = new Map(value === undefined ? [] : [['BUILDKIT_DOCKERFILE_CHECK', value]]);
    const config = { ...configure([relativeWorkdir], { select: [], ignore: [] }), inputs: { buildArgs } };
    return lint(documentOf(`${directive}FROM alpine\nWORKDIR app\n`), config).map(({ severity }) => severity);
  };

  it('stands in for the directive of the file', () => {
    expect(check('')).toEqual(['warning']);
    expect(check('', 'error=true')).toEqual(['error']);
    expect(check('', 'skip=WorkdirRelativePath')).toEqual([]);
    expect(check('', 'skip=all;error=true')).toEqual([]);
    expect(check('# check=skip=all\n')).toEqual([]);
    expect(check('# check=skip=all\n', 'skip=StageNameCasing;error=true')).toEqual(['error']);
    expect(check('# check=error=true\n', 'skip=UndefinedVar')).toEqual(['warning']);
  });
});
