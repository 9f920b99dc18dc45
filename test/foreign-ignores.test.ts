import { describe, expect, it } from 'vitest';
import type { Diagnostic, Rule, RuleSetting } from '../src/lint/index.ts';
import { lint } from '../src/lint/linter.ts';
import { documentOf } from '../src/source/document.ts';
import { editing } from './support/editing.ts';

const finding = (name: string, wanted: string, ...codes: string[]): Rule => ({
  ...editing(name, wanted, () => []),
  codes,
});

/** They report each `bad`, `odd` and `own`; the last one has no code of another tool. */
const RULES = [
  finding('first', 'bad', 'DL3008', 'JSONArgsRecommended'),
  finding('second', 'odd', 'DL3009', 'StageNameCasing'),
  finding('third', 'own'),
];

const findingsIn = (text: string, setting: RuleSetting = {}): readonly Diagnostic[] =>
  lint(documentOf(text), { rules: new Map(RULES.map((rule) => [rule, setting])), inlineIgnores: true });

const linesOf = (text: string, setting?: RuleSetting): readonly number[] =>
  findingsIn(text, setting).map(({ range }) => text.slice(0, range.start).split('\n').length);

type Cases = readonly (readonly [text: string, lines: readonly number[]])[];

const describeCases = (title: string, cases: Cases): void => {
  describe(title, () => {
    it.each(cases)('%j', (text, lines) => {
      expect(linesOf(text)).toEqual(lines);
    });
  });
};

describeCases("hadolint's ignore", [
  ['# hadolint ignore=DL3008\nRUN bad\nRUN bad\n', [3]],
  ['#hadolint  ignore = DL3001 , DL3008 \nRUN bad\n', []],
  ['# hadolint ignore=DL3008 # a reason, or two\nRUN bad\n', []],
  ['# hadolint ignore=DL3008\r\nRUN bad\r\n', []],
  // It counts for the next line alone.
  ['# hadolint ignore=DL3008\n\nRUN bad\n', [3]],
  ['# hadolint ignore=DL3008\n# more\nRUN bad\n', [3]],
  ['# hadolint ignore=DL3008\n# hadolint ignore=DL3009\nRUN bad odd\n', [3]],
  // An instruction is one line to it.
  ['# hadolint ignore=DL3008\nRUN a \\\n && bad\nRUN bad\n', [4]],
  ['RUN a \\\n# hadolint ignore=DL3008\n && bad\n', [3]],
  ['# hadolint ignore=DL3008\nRUN <<E\nbad\nE\nRUN bad\n', [5]],
  ['RUN <<E\n# hadolint ignore=DL3008\nbad\nE\n', [3]],
  ['# hadolint ignore=DL3008\nONBUILD RUN bad\n', []],
  ['# hadolint ignore=DL3008\nFROM bad\nRUN bad\n', [3]],
  // What is no code of its own voids the comment.
  ['# hadolint ignore=DL3008,first\nRUN bad\n', [2]],
  ['# hadolint ignore=DL3008 a reason\nRUN bad\n', [2]],
  ['# hadolint ignore=DL3008,\nRUN bad\n', [2]],
  ['# hadolint ignore=dl3008\nRUN bad\n', [2]],
  ['# hadolint ignore=third\nRUN own\n', [2]],
  ['# hadolint ignore=all\nRUN bad\n', [2]],
  ['# Hadolint ignore=DL3008\nRUN bad\n', [2]],
]);

describeCases('hadolint for a file and a stage', [
  ['FROM a\nRUN bad\n# hadolint global ignore=DL3008\nFROM b\nRUN bad odd\n', [5]],
  ['# hadolint global ignore=DL3008\n# hadolint global ignore=DL3009\nRUN bad odd\n', []],
  ['# hadolint stage ignore=DL3008\nFROM bad\nRUN bad\nFROM b\nRUN bad\n', [2, 5]],
  ['FROM a\n# hadolint stage ignore=DL3008\nRUN bad \\\n && bad\nRUN bad\nFROM b\nRUN bad\n', [3, 4, 7]],
  ['# hadolint stage ignore=DL3008\nFROM a\nRUN bad\n# hadolint stage ignore=DL3009\nRUN x\nRUN bad odd\n', [6]],
]);

describeCases("BuildKit's checks", [
  ['# check=skip=JSONArgsRecommended\nFROM a\nRUN bad odd\n', [3]],
  ['#check=skip=StageNameCasing,JSONArgsRecommended;error=true\nFROM a\nRUN bad odd\n', []],
  ['# syntax=docker/dockerfile:1\n# check=error=true;skip=all\nFROM a\nRUN bad odd own\n', [4]],
  ['# check=skip=JSONArgsRecommended a reason\nFROM a\nRUN bad\n', []],
  ['# check=skip=jsonargsrecommended\nFROM a\nRUN bad\n', [3]],
  ['# check=skip=DL3008\nFROM a\nRUN bad\n', [3]],
  ['# check=skip=StageNameCasing, JSONArgsRecommended\nFROM a\nRUN bad\n', [3]],
  // It is no directive there, and counts for the FROM.
  ['# hello\n# check=skip=JSONArgsRecommended\nFROM a\nRUN bad\n', [4]],
  ['FROM a\n# check=skip=JSONArgsRecommended // why\n\n# more\nRUN bad\nRUN bad\n', [6]],
  ['FROM a\n# check=skip=all\nRUN bad odd\nRUN bad\n', [4]],
  ['FROM a\n# check=skip=StageNameCasing\n# check=skip=JSONArgsRecommended\nRUN bad\n', [4]],
  ['FROM a\n# check=skip=JSONArgsRecommended\n#\nRUN bad\n', [4]],
  ['FROM a\n# check=skip=JSONArgsRecommended;mistake=1\nRUN bad\n', [3]],
  ['FROM a\r\n# check=skip=JSONArgsRecommended\r\nRUN bad\r\n', []],
  ['FROM a\nRUN a \\\n# check=skip=JSONArgsRecommended\n && bad\n', [4]],
  ['FROM a\n# check=skip=JSONArgsRecommended\nONBUILD RUN bad\n', []],
]);

describeCases("tally's", [
  ['# tally ignore=DL3008\nRUN bad\nRUN bad\n', [3]],
  ['# tally ignore=hadolint/DL3008,buildkit/StageNameCasing;reason=old\n\n# more\nRUN bad odd\n', []],
  ['# TALLY Ignore = JSONArgsRecommended , DL3009\nRUN bad odd\n', []],
  ['# tally ignore=all\nRUN bad odd own\n', []],
  ['# tally ignore=jsonargsrecommended\nRUN bad\n', [2]],
  ['# tally ignore=DL3008 # text\nRUN bad\n', [2]],
  ['# tally ignore=DL3008 ; reason = text\nRUN bad\n', [2]],
  ['RUN bad\n# tally global ignore=DL3008\n', []],
  ['# tally ignore=DL3008\n# tally ignore=DL3009\nRUN bad odd\n', []],
]);

describe('error=true', () => {
  const severities = (text: string): readonly string[] => findingsIn(text).map(({ severity }) => severity);

  it.each([
    ['# check=error=true\nFROM a\nRUN bad own\n', ['error', 'warning']],
    ['# check=skip=StageNameCasing;error=1\nFROM a\nRUN bad odd\n', ['error']],
    ['# check=error=false\nFROM a\nRUN bad\n', ['warning']],
    ['FROM a\n# check=error=true\nRUN bad\n', ['warning']],
  ])('makes its checks errors, at the top of the file: %j', (text, expected) => {
    expect(severities(text)).toEqual(expected);
  });
});

describe('the build argument BUILDKIT_DOCKERFILE_CHECK', () => {
  it.each([
    ['skip=StageNameCasing;error=true', ['error 3']],
    ['skip=all', []],
    ['', ['warning 3', 'warning 3']],
  ])('replaces the directive: %j', (value, expected) => {
    const text = '# check=skip=JSONArgsRecommended\nFROM a\nRUN bad odd\n# check=skip=all\nRUN bad\n';
    const inputs = { buildArgs: new Map([['BUILDKIT_DOCKERFILE_CHECK', value]]) };
    const found = lint(documentOf(text), {
      rules: new Map(RULES.map((rule) => [rule, {}])),
      inlineIgnores: true,
      inputs,
    });
    const lineOf = (offset: number) => text.slice(0, offset).split('\n').length;
    expect(found.map(({ severity, range }) => `${severity} ${lineOf(range.start)}`)).toEqual(expected);
  });
});

describe('where a tool is reproduced', () => {
  it("only that tool's comments count, and ours", () => {
    const text = '# check=skip=JSONArgsRecommended\nFROM a\n# hadolint ignore=DL3008\nRUN bad\n';
    expect(linesOf(`${text}RUN bad\n`, { as: 'hadolint' })).toEqual([5]);
    expect(linesOf(text, { as: 'buildkit' })).toEqual([]);
    expect(linesOf('FROM a\n# hadolint ignore=DL3008\nRUN bad\n', { as: 'buildkit' })).toEqual([3]);
    expect(linesOf('FROM a\n# iechorlint ignore=first\nRUN bad\n', { as: 'buildkit' })).toEqual([]);
  });
});
