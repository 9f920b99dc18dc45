import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../src/lint/diagnostic.ts';
import { reportPretty } from '../src/report/pretty.ts';
import { fileOf, findingAt, rangeOf, render, reportOf } from './support/report.ts';

const pretty = (text: string, findings: readonly Diagnostic[], width = 80) =>
  render(reportPretty, reportOf([fileOf(text, findings)]), { quiet: true, width });

/** The lines of the code frame of the one finding, their indentation taken off. */
const frameOf = (text: string, piece: string | { start: number; end: number }, width = 80) => {
  const range = typeof piece === 'string' ? rangeOf(text, piece) : piece;
  const lines = pretty(text, [findingAt(range)], width)
    .split('\n')
    .slice(5);
  return lines.filter((line) => line !== '').map((line) => line.slice(2));
};

describe('code frame', () => {
  it('underlines a range across lines at its ends', () => {
    const text = 'FROM a\nRUN one && \\\n    two && \\\n    three && \\\n    four\nCMD x\n';
    expect(frameOf(text, { start: 11, end: text.indexOf('\nCMD') })).toEqual([
      '1 │ FROM a',
      '2 │ RUN one && \\',
      '  │     ^^^^^^^^',
      '  ⋮',
      '5 │     four',
      '  │     ^^^^',
      '6 │ CMD x',
    ]);
    expect(frameOf(text, 'two && \\\n    three')).toEqual([
      '2 │ RUN one && \\',
      '3 │     two && \\',
      '  │     ^^^^^^^^',
      '4 │     three && \\',
      '  │     ^^^^^',
      '5 │     four',
    ]);
  });

  it('leaves a line end at the end of a range to its line', () => {
    expect(frameOf('FROM a\nRUN b\nCMD c\n', 'RUN b\n')).toEqual(['1 │ FROM a', '2 │ RUN b', '  │ ^^^^^', '3 │ CMD c']);
  });

  it('marks an empty range at the end of the file, and shows nothing of an empty file', () => {
    expect(frameOf('FROM a\n', '')).toEqual(['1 │ FROM a', '2 │', '  │ ^']);
    expect(frameOf('FROM a', '')).toEqual(['1 │ FROM a', '  │       ^']);
    expect(pretty('', [findingAt({ start: 0, end: 0 })])).not.toContain('│');
  });

  it('shows no carriage return of a line end, and one elsewhere', () => {
    expect(frameOf('FROM a\r\nRUN b\r\n', 'RUN b')).toEqual(['1 │ FROM a', '2 │ RUN b', '  │ ^^^^^']);
    expect(frameOf('FROM a\r\nRUN b\rc\r\n', 'c')).toEqual(['1 │ FROM a', '2 │ RUN b\\u{d}c', '  │           ^']);
  });

  it('counts no byte order mark', () => {
    const text = pretty('\uFEFFFROM a\n', [findingAt({ start: 5, end: 6 })]);
    expect(text).toContain('Dockerfile:1:6');
    expect(text).toContain('  1 │ FROM a\n    │      ^\n');
  });

  it('aligns tabs, wide characters, combining marks and emoji', () => {
    expect(frameOf('RUN\tx\ty\n', 'y')).toEqual(['1 │ RUN x   y', '  │         ^']);
    expect(frameOf('RUN 日本語 x\n', 'x')).toEqual(['1 │ RUN 日本語 x', '  │            ^']);
    expect(frameOf('RUN 日本語 x\n', '本')).toEqual(['1 │ RUN 日本語 x', '  │       ^^']);
    expect(frameOf('RUN e\u0301e\u0301 x\n', 'x')).toEqual(['1 │ RUN e\u0301e\u0301 x', '  │        ^']);
    expect(frameOf('RUN ✅❤\ufe0f x\n', 'x')).toEqual(['1 │ RUN ✅❤\ufe0f x', '  │          ^']);
  });

  it('makes hidden characters visible and keeps the underline in place', () => {
    expect(frameOf('RUN a\u202eb\u200d\u001b[31mc\n', 'c')).toEqual([
      '1 │ RUN a\\u{202e}b\\u{200d}\\u{1b}[31mc',
      '  │                                 ^',
    ]);
  });

  it('cuts a long line around the range', () => {
    const text = `RUN ${'a'.repeat(100)} here ${'b'.repeat(100)}\n`;
    expect(frameOf(text, 'here', 40)).toEqual(['1 │ …aaaaaaa here bbbbbbbbbbbbbbbbbbb…', '  │          ^^^^']);
    expect(frameOf(text, 'RUN', 40)).toEqual([`1 │ RUN ${'a'.repeat(29)}…`, '  │ ^^^']);
    expect(frameOf(`RUN ${'a'.repeat(100)} here\n`, 'here', 40)).toEqual([
      `1 │ …${'a'.repeat(28)} here`,
      `  │ ${' '.repeat(30)}^^^^`,
    ]);
  });

  it('looks at no more of a line than it shows', () => {
    const text = `RUN ${'\u0301日'.repeat(1_000_000)} here ${'本'.repeat(1_000_000)}\n`;
    expect(frameOf(text, 'here').at(-1)).toMatch(/\^{4}$/);
  });

  it('leaves blank lines out of the context', () => {
    expect(frameOf('FROM a\n\nRUN b\n\n', 'RUN b')).toEqual(['3 │ RUN b', '  │ ^^^^^']);
  });
});
