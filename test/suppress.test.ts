import { describe, expect, it } from 'vitest';
import { loadRules } from '../src/dev/rule-files.ts';
import { defineRule, type Rule } from '../src/lint/index.ts';
import { lint } from '../src/lint/linter.ts';
import { documentOf } from '../src/source/document.ts';
import { configOf, editing } from './support/editing.ts';

/** Two rules that report each `bad` and each `odd`; the codes are `X-first` and `X-second`. */
const RULES = [editing('first', 'bad', () => []), editing('second', 'odd', () => [])];

/** The lines, from 1, on which something is still reported. */
const linesOf = (text: string, rules: readonly Rule[] = RULES): readonly number[] =>
  lint(documentOf(text), configOf(...rules)).map(({ range }) => text.slice(0, range.start).split('\n').length);

describe('a comment above an instruction', () => {
  it.each([
    ['# iechorlint ignore=first\nRUN bad\nRUN bad\n', [3]],
    ['# iechorlint ignore=second\nRUN bad\n', [2]],
    ['# iechorlint ignore=second,first\nRUN bad odd\n', []],
    ['# iechorlint ignore= second , first \nRUN bad odd\n', []],
    ['#iechorlint ignore=first\nRUN bad\n', []],
    ['  #\tIECHORLINT  Ignore = First\nRUN bad\n', []],
    ['# iechorlint ignore=x-FIRST\nRUN bad\n', []],
    ['# iechorlint ignore=all\nRUN bad odd\n', []],
    ['# iechorlint ignore=Style\nRUN bad odd\nRUN bad\n', [3]],
    ['# iechorlint ignore=security\nRUN bad\n', [2]],
    ['# iechorlint ignore-file=security,style\nRUN bad\n', []],
    ['# tally ignore=style\nRUN bad\n', [2]],
    ['# iechorlint ignore=first -- it has to be, see above\nRUN bad\n', []],
    ['# iechorlint ignore=first --second\nRUN bad odd\n', [2]],
    ['# iechorlint ignore=nobody-knows-this\nRUN bad\n', [2]],
    ['# iechorlint ignore=nobody-knows-this,first\nRUN bad\n', []],
    ['# iechorlint ignore=\nRUN bad\n', [2]],
    ['# iechorlint ignore\nRUN bad\n', [2]],
    ['# iechorlint ignored=first\nRUN bad\n', [2]],
    ['# please iechorlint ignore=first\nRUN bad\n', [2]],
    ['# hadolint ignore=first\nRUN bad\n', [2]],
    ['RUN true # iechorlint ignore=first\nRUN bad\n', [2]],
    ['# iechorlint ignore=first\n\n# why\nRUN bad\n', []],
    ['# iechorlint ignore=first\n# iechorlint ignore=second\nRUN bad odd\n', []],
    ['# iechorlint ignore=first\r\nRUN bad\r\nRUN bad\r\n', [3]],
    ['# iechorlint ignore=first\nRUN a \\\n && bad \\\n# c\n && bad\nRUN bad\n', [6]],
    ['# iechorlint ignore=first\nRUN <<E\nbad\nE\nRUN bad\n', [5]],
    ['# iechorlint ignore=first\nONBUILD RUN bad\n', []],
    ['RUN x\n# iechorlint ignore=first\n', []],
    ['RUN bad\n# iechorlint ignore=first\n', [1]],
    ['# iechorlint ignore=first\nbad x\n', []],
    ['# iechorlint ignore=first\nFROM bad\nRUN bad\n', [3]],
    ['ARG V\n# iechorlint ignore=first\n# bad\n\nFROM bad\n# bad\n', [6]],
  ])('%j', (text, lines) => {
    expect(linesOf(text)).toEqual(lines);
  });
});

describe('a comment inside an instruction', () => {
  it.each([
    ['RUN a \\\n# iechorlint ignore=first\n && bad \\\n && bad\n', [4]],
    ['RUN bad \\\n# iechorlint ignore=first\n && bad\n', [1]],
    ['RUN a \\\n# iechorlint ignore=first\n# more\n\n && bad \\\n && bad\n', [6]],
    ['RUN a \\\n# iechorlint ignore=first\n# iechorlint ignore=second\n && bad odd\n', []],
    ['RUN a \\\r\n  # iechorlint ignore=first\r\n && bad \\\r\n && bad\r\n', [4]],
    ['RUN a \\\n# iechorlint ignore=first', []],
    ['RUN <<E\n# iechorlint ignore=first\nbad\nbad\nE\n', [4]],
    ['RUN a \\\n# iechorlint ignore-file=first\n && bad\nRUN bad\n', []],
  ])('counts for the line below: %j', (text, lines) => {
    expect(linesOf(text)).toEqual(lines);
  });
});

describe('a stage', () => {
  it.each([
    ['FROM a\nRUN bad\n# iechorlint ignore-stage=first\nFROM b\nRUN bad\nRUN bad\nFROM c\nRUN bad\n', [2, 8]],
    ['FROM a\nRUN bad\nFROM b\nRUN bad\n# iechorlint ignore-stage=first\nRUN bad\n', [2]],
    ['ARG x\n# iechorlint ignore-stage=first\nFROM a\nRUN bad\nFROM b\nRUN bad\n', [6]],
    ['# iechorlint ignore-stage=first -- reason\nRUN bad\nRUN bad\n', []],
    ['FROM a\n# iechorlint ignore-stage=second\nRUN bad\n', [3]],
  ])('%j', (text, lines) => {
    expect(linesOf(text)).toEqual(lines);
  });
});

describe('a file', () => {
  it.each([
    ['# iechorlint ignore-file=first\nFROM a\nRUN bad odd\n', [3]],
    ['FROM a\nRUN bad\n# iechorlint ignore-file=first', []],
    ['FROM a\nRUN bad\n# iechorlint ignore-file=X-first -- generated\n', []],
    ['FROM a\nRUN bad odd\n# iechorlint ignore-file=all\n', []],
  ])('%j', (text, lines) => {
    expect(linesOf(text)).toEqual(lines);
  });
});

describe('from a start to its end', () => {
  it.each([
    [
      'RUN bad\n# iechorlint ignore-start=first -- old\nRUN bad\nRUN bad\n# iechorlint ignore-end=first\nRUN bad\n',
      [1, 6],
    ],
    ['# iechorlint ignore-start=first,second\nRUN bad odd\n# iechorlint ignore-end=first\nRUN bad odd\n', [4]],
    ['# iechorlint ignore-start=first,second\nRUN bad odd\n# iechorlint ignore-end\nRUN bad odd\n', [4, 4]],
    ['# iechorlint ignore-start=all\nRUN bad odd\n# iechorlint ignore-end=all -- enough\nRUN bad\n', [4]],
    ['FROM a\n# iechorlint ignore-start=first\nRUN bad\nFROM b\nRUN bad\n', []],
    ['RUN a \\\n# iechorlint ignore-start=first\n && bad \\\n# iechorlint ignore-end\n && bad\n', [5]],
    ['# iechorlint ignore-end=first\nRUN bad\n', [2]],
    ['# iechorlint ignore-starts=first\nRUN bad\n', [2]],
  ])('%j', (text, lines) => {
    expect(linesOf(text)).toEqual(lines);
  });
});

describe('scripts in heredocs', () => {
  it.each([
    ['RUN <<E\n# iechorlint ignore=first\nbad\nbad\nE\n', [4]],
    ['RUN <<-E\n\t# iechorlint ignore=first\n\n\t# more\n\tbad\n\tbad\n\tE\n', [6]],
    ['RUN <<E\r\n# iechorlint ignore=first\r\nbad\r\nE\r\n', []],
    ['ONBUILD RUN <<E\n# iechorlint ignore=first\nbad\nE\n', []],
    ['RUN <<E\nx\n# iechorlint ignore-file=first\nE\nRUN bad\n', []],
    ['COPY <<E /x\n# iechorlint ignore=first\nbad\nE\n', [3]],
  ])('%j', (text, lines) => {
    expect(linesOf(text)).toEqual(lines);
  });
});

describe('what cannot be left out', () => {
  it('is that a file could not be read, or a rule failed', async () => {
    const syntax = (await loadRules()).find(({ name }) => name === 'syntax')?.rule;
    const failing = defineRule({
      ...editing('failing', 'x', () => []),
      check: () => {
        throw new Error('oh');
      },
    });
    const text = '# iechorlint ignore-file=all,syntax,internal,DL1000\nFROM a\nRUNN\n';
    const found = lint(documentOf(text), configOf(...(syntax ? [syntax] : []), failing));
    expect(found.map(({ rule }) => rule).toSorted()).toEqual(['internal', 'syntax']);
  });

  it('all, where comments are not to count', () => {
    const text = '# iechorlint ignore-file=all\nRUN bad\n';
    expect(lint(documentOf(text), { ...configOf(...RULES), inlineIgnores: false })).toHaveLength(1);
  });
});

describe('hostile comments', () => {
  it.each([' ', ' -', ' --', ',', '=', '\t--x '])('are no burden: %j', { timeout: 60_000 }, (piece) => {
    for (const start of [
      'iechorlint ignore=a',
      'iechorlint ignore-end',
      'hadolint ignore=a',
      'tally ignore=a',
      'check=skip=a',
    ])
      linesOf(`RUN x\n# ${start}${piece.repeat(60_000 / piece.length)}x\nRUN bad\n`);
    linesOf(`# iechorlint ignore=${piece.repeat(60_000 / piece.length)}x\nRUN bad\n`);
    linesOf(`# iechorlint${piece.repeat(60_000 / piece.length)}ignore=x\nRUN bad\n`);
  });

  it.each([
    ['above instructions', (count: number) => '# iechorlint ignore=first\nRUN bad\nRUN x\n'.repeat(count)],
    [
      'above one another in an instruction',
      (count: number) => `RUN \\\n${'# iechorlint ignore=first\n'.repeat(count)} bad\n`,
    ],
    ['in a script', (count: number) => `RUN <<E\n${'# iechorlint ignore=first\nbad\n'.repeat(count)}E\n`],
    ['for the file', (count: number) => '# iechorlint ignore-file=first\nRUN bad\n'.repeat(count)],
    ['of hadolint', (count: number) => 'FROM a\n# hadolint stage ignore=X\nRUN x\n'.repeat(count)],
    ['above stages', (count: number) => '# iechorlint ignore-stage=first\nFROM a\nRUN bad\n'.repeat(count)],
  ])('are no burden where there are many %s', { timeout: 60_000 }, (_title, make) => {
    // A search that is quadratic would run into the time limit of tests.
    expect(lint(documentOf(make(20_000)), configOf(...RULES))).toEqual([]);
  });
});
