import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rules } from '../rules/index.ts';
import { caseNames } from '../src/dev/build-case.ts';

const TABLE = 'test/conformance/buildkit-behaviour.md';

interface Row {
  readonly tests: string;
  readonly shown: string;
  readonly state: string;
}

const rows = readFileSync(TABLE, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| test') && !line.startsWith('| tests |'))
  .map((line): Row => {
    const [tests = '', , shown = '', state = ''] = line.slice(2, -2).split(' | ');
    return { tests, shown, state };
  });

const matchesIn = (text: string, pattern: RegExp): readonly string[] =>
  Array.from(text.matchAll(pattern), ([, found = '']) => found);

describe('the table of behaviours', () => {
  it('has a line for each test of BuildKit, once', () => {
    const tests = rows.flatMap(({ tests }) => tests.match(/test\w+/g) ?? []);
    expect(rows.length).toBeGreaterThan(150);
    expect(tests.filter((name, index) => tests.indexOf(name) !== index)).toEqual([]);
  });

  it('is counted at its top', () => {
    const counts = { done: 0, part: 0, not: 0 };
    const more: Readonly<Record<string, number>> = { eight: 8 };
    for (const { tests, state } of rows) {
      const kind = state.startsWith('done') ? 'done' : state.startsWith('part') ? 'part' : 'not';
      counts[kind] += (tests.match(/test\w+/g) ?? []).length + (more[/and (\w+) more/.exec(tests)?.[1] ?? ''] ?? 0);
    }
    const { done, part, not } = counts;
    expect(readFileSync(TABLE, 'utf8')).toContain(
      `${rows.length} lines for ${done + part + not} tests: ${done} tests done, ${part} in part, ${not} not done, each`,
    );
  });

  it('names cases, rules and tests that are there', () => {
    const cases = new Set(caseNames());
    const known = new Set(rules.map(({ name }) => name));
    const gone = rows.flatMap(({ shown }) => {
      const ruleNames = matchesIn(shown, /rule `([^`]+)`/g);
      const caseList = matchesIn(shown.replace(/rule `[^`]+`/g, ''), /`([^`]+)`/g);
      const titles = Array.from(shown.matchAll(/([\w.-]+): "([^"]+)"/g), ([, file = '', title = '']) => ({
        file,
        title,
      }));
      return [
        ...ruleNames.filter((name) => !known.has(name)),
        ...caseList.filter((name) => !cases.has(name)),
        ...matchesIn(shown, /(test\/[\w.-]+\.ts)/g).filter((path) => !existsSync(path)),
        ...titles.filter(({ file, title }) => !hasTest(file, title)).map(({ file, title }) => `${file}: ${title}`),
      ];
    });
    expect(gone).toEqual([]);
  });

  it('shows what it says is done, and says why something is not', () => {
    const silent = rows.filter(({ shown, state }) =>
      /^(?:done|part)/.test(state) ? !/[`"]|test\//.test(shown) : !/^not done: ./.test(state),
    );
    expect(silent).toEqual([]);
    expect(rows.filter(({ state }) => !/^(?:done(?:: .+)?|part: .+|not done: .+)$/.test(state))).toEqual([]);
  });
});

const hasTest = (file: string, title: string): boolean => {
  const path = `test/${file}.test.ts`;
  return existsSync(path) && readFileSync(path, 'utf8').includes(title);
};
