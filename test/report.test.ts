import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../src/lint/diagnostic.ts';
import { widthOf } from '../src/report/cells.ts';
import { reportCompact } from '../src/report/compact.ts';
import { FORMATS, reporterOf } from '../src/report/index.ts';
import { reportJson } from '../src/report/json.ts';
import { reportPretty } from '../src/report/pretty.ts';
import { fileOf, findingAt, rangeOf, render, reportOf } from './support/report.ts';

const WORKDIR = 'FROM alpine\nWORKDIR app\nRUN true\n';

const relative = findingAt(rangeOf(WORKDIR, 'app'), {
  rule: 'relative-workdir',
  codes: ['DL3000'],
  message: 'Relative WORKDIR `app`',
  fix: { title: 'Make it absolute', safety: 'unsafe', edits: [{ range: { start: 20, end: 20 }, text: '/' }] },
});

const pretty = (text: string, findings: readonly Diagnostic[]) =>
  render(reportPretty, reportOf([fileOf(text, findings)]), { quiet: true });

describe('pretty', () => {
  it('shows place, severity, rule, message, frame, fix, why and a summary', () => {
    const why = new Map([['relative-workdir', 'The base image decides\n    where it ends.']]);
    expect(render(reportPretty, reportOf([fileOf(WORKDIR, [relative], 'web/Dockerfile')], { why }))).toBe(`\
── web/Dockerfile ───────────────────────────────────────────────── 1 finding ──

web/Dockerfile:2:9  warning  relative-workdir
  Relative WORKDIR \`app\`

  1 │ FROM alpine
  2 │ WORKDIR app
    │         ^^^
  3 │ RUN true

  fix   Make it absolute (--fix --unsafe-fixes)
        - WORKDIR app
        + WORKDIR /app
  why   The base image decides where it ends.

1 warning in 1 file; 1 can be fixed with --fix --unsafe-fixes
`);
  });

  it('says why once in a run, and not at all when quiet', () => {
    const report = reportOf([fileOf(WORKDIR, [relative, relative]), fileOf(WORKDIR, [relative], 'b/Dockerfile')], {
      why: new Map([['relative-workdir', 'Because.']]),
    });
    expect(render(reportPretty, report).match(/Because\./g)).toHaveLength(1);
    expect(render(reportPretty, report, { quiet: true })).not.toMatch(/Because|3 warnings/);
  });

  it('shows related places and help', () => {
    const related = [{ range: rangeOf(WORKDIR, 'alpine'), message: 'The base image' }];
    const text = pretty(WORKDIR, [findingAt(rangeOf(WORKDIR, 'app'), { related, help: 'Write `/app`' })]);
    expect(text).toContain(`
  note  The base image (Dockerfile:1:6)
        1 │ FROM alpine
          │      ------
  help  Write \`/app\`
`);
  });

  it('prints a manual fix whole, and where its lines go', () => {
    const added = Array.from({ length: 12 }, (_, index) => `RUN step ${index} ${'x'.repeat(90)}\n`).join('');
    const fix = { title: 'Split it', safety: 'manual', edits: [{ range: rangeOf(WORKDIR, ''), text: added }] } as const;
    const text = pretty(WORKDIR, [findingAt(rangeOf(WORKDIR, 'app'), { fix })]);
    expect(text).toContain('  fix   Split it (by hand)\n          RUN true\n        + RUN step 0 xxx');
    expect(text.match(/\+ RUN step \d+ x{90}\n/g)).toHaveLength(12);
  });

  it('shortens the preview of a fix that a flag applies', () => {
    const text = `FROM a\n${'RUN b\n'.repeat(20)}`;
    const fix = {
      title: 'Drop them',
      safety: 'safe',
      edits: [{ range: { start: 7, end: text.length }, text: '' }],
    } as const;
    expect(pretty(text, [findingAt({ start: 7, end: 8 }, { fix })]).match(/ {8}.*/g)).toEqual([
      ...Array(4).fill('        - RUN b'),
      '        - ⋮ 14 more lines',
      ...Array(2).fill('        - RUN b'),
    ]);
  });

  it('says once what to mind with a fix that is not safe', () => {
    const edits = [{ range: { start: 0, end: 4 }, text: 'from' }];
    const rule = { name: 'some-rule', codes: [], category: 'style', summary: 'S', severity: 'style' } as const;
    const meta = { ...rule, fix: { safety: 'unsafe', note: 'It may\n  bite.' } } as const;
    const shown = (safety: 'safe' | 'unsafe', quiet = false) => {
      const finding = findingAt({ start: 0, end: 4 }, { fix: { title: 'Do', safety, edits } });
      return render(reportPretty, reportOf([fileOf(WORKDIR, [finding, finding])], { rules: [meta] }), { quiet });
    };
    expect(shown('unsafe').match(/^ {2}note {2}It may bite\.$/gm)).toHaveLength(1);
    expect(shown('unsafe', true)).not.toContain('bite');
    expect(shown('safe')).not.toContain('bite');
  });

  it('shows of lines that are too wide what differs', () => {
    const text = `FROM a\nRUN apt-get install -y ${'package '.repeat(20)}curl\n`;
    const edits = [
      { range: { start: text.length - 1, end: text.length - 1 }, text: ' && rm -rf /var/lib/apt/lists/*' },
    ];
    const shown = pretty(text, [findingAt(rangeOf(text, 'RUN'), { fix: { title: 'Clean', safety: 'safe', edits } })]);
    expect(shown).toMatch(/ {8}- ….* curl\n {8}\+ ….* curl && rm -rf \/var\/lib\/apt\/lists\/\*\n/);
    expect(Math.max(...shown.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('separates the places of one fix', () => {
    const edits = [
      { range: { start: 0, end: 4 }, text: 'from' },
      { range: rangeOf(WORKDIR, 'RUN'), text: 'run' },
    ];
    const text = pretty(WORKDIR, [findingAt({ start: 0, end: 4 }, { fix: { title: 'Lower', safety: 'safe', edits } })]);
    expect(text).toMatch(/- FROM alpine\n +\+ from alpine\n +⋮\n +- RUN true\n +\+ run true\n/);
  });

  it('groups by file, leaves clean ones out and counts them', () => {
    const files = [fileOf(WORKDIR, [relative], 'a'), fileOf(WORKDIR, [], 'b'), fileOf(WORKDIR, [relative], 'c')];
    const text = render(reportPretty, reportOf(files, { unreadable: [{ path: 'd', message: 'gone' }] }));
    expect(text.match(/^── .*/gm)?.map((line) => line.slice(0, 4))).toEqual(['── a', '── c']);
    expect(text).toContain('2 warnings in 2 of 3 files; 2 can be fixed with --fix --unsafe-fixes;');
    expect(text).toMatch(/1 file\s+could not be read\n$/);
    const nothing = render(reportPretty, reportOf([], { unreadable: [{ path: 'd', message: 'gone' }] }));
    expect(nothing).toBe('1 file could not be read\n');
  });

  it('counts by severity and by the flag that fixes', () => {
    const edits = [{ range: { start: 0, end: 0 }, text: '# x\n' }];
    const findings = [
      findingAt({ start: 0, end: 1 }, { severity: 'error', fix: { title: 'A', safety: 'safe', edits } }),
      findingAt({ start: 0, end: 1 }, { severity: 'error' }),
      findingAt({ start: 0, end: 1 }, { severity: 'info', fix: { title: 'B', safety: 'manual', edits } }),
      findingAt({ start: 0, end: 1 }, { severity: 'style', fix: { title: 'C', safety: 'unsafe', edits } }),
    ];
    expect(render(reportPretty, reportOf([fileOf(WORKDIR, findings)]), { width: 200 })).toMatch(
      /\n2 errors, 1 info, 1 style in 1 file; 1 can be fixed with --fix, 1 more with --fix --unsafe-fixes\n$/,
    );
    expect(render(reportPretty, reportOf([fileOf(WORKDIR)]))).toBe('No findings in 1 file\n');
    expect(render(reportPretty, reportOf([fileOf(WORKDIR)]), { quiet: true })).toBe('');
  });

  it('adds statistics on demand', () => {
    const files = [fileOf(WORKDIR, [relative, relative, findingAt({ start: 0, end: 0 })])];
    expect(render(reportPretty, reportOf(files), { statistics: true })).toContain(`
2  warning  relative-workdir  2 fixable
1  warning  some-rule
`);
  });

  it('has colour only when told', () => {
    const report = reportOf([fileOf(WORKDIR, [relative])]);
    expect(render(reportPretty, report)).not.toContain('\u001b');
    const colored = render(reportPretty, report, { paint: new Chalk({ level: 1 }) });
    expect(colored).toContain('\u001b[33m');
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(render(reportPretty, report));
  });

  it('keeps to a narrow terminal', () => {
    const text = `FROM alpine\nRUN ${'word '.repeat(60)}\n`;
    const finding = findingAt(rangeOf(text, 'word'), {
      message: 'A long message '.repeat(10),
      help: 'Some help '.repeat(10),
      rule: 'a-rule-with-a-name-of-some-length',
    });
    const file = fileOf(text, [finding], 'a/rather/deep/folder/Dockerfile');
    const lines = render(reportPretty, reportOf([file]), { width: 50 }).split('\n');
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(50);
  });
});

describe('compact', () => {
  it('prints a line for each finding', () => {
    const finding = findingAt({ start: 0, end: 4 }, { severity: 'error', message: 'two\n  lines \u001b[0m' });
    const file = fileOf(WORKDIR, [finding, relative], 'we\nb/Dock\u202eerfile');
    expect(render(reportCompact, reportOf([file, fileOf(WORKDIR)]))).toBe(
      'we\\u{a}b/Dock\\u{202e}erfile:1:1: error some-rule: two lines \\u{1b}[0m\n' +
        'we\\u{a}b/Dock\\u{202e}erfile:2:9: warning relative-workdir: Relative WORKDIR `app` [--fix --unsafe-fixes]\n',
    );
  });
});

describe('json', () => {
  const json = (report: Parameters<typeof reportJson>[0]) => JSON.parse(render(reportJson, report));

  it('has schema 1', () => {
    expect(json(reportOf([fileOf(WORKDIR, [relative], 'a'), fileOf(WORKDIR, [], 'b')]))).toEqual({
      schema: 1,
      files: [
        {
          path: 'a',
          diagnostics: [
            {
              rule: 'relative-workdir',
              codes: ['DL3000'],
              severity: 'warning',
              message: 'Relative WORKDIR `app`',
              start: { line: 2, column: 9, offset: 20 },
              end: { line: 2, column: 12, offset: 23 },
              fix: {
                title: 'Make it absolute',
                safety: 'unsafe',
                edits: [
                  { start: { line: 2, column: 9, offset: 20 }, end: { line: 2, column: 9, offset: 20 }, text: '/' },
                ],
              },
            },
          ],
        },
        { path: 'b', diagnostics: [] },
      ],
      summary: { errors: 0, warnings: 1, infos: 0, styles: 0, fixable: 1 },
    });
    expect(json(reportOf([]))).toEqual({
      schema: 1,
      files: [],
      summary: { errors: 0, warnings: 0, infos: 0, styles: 0, fixable: 0 },
    });
  });

  it('counts UTF-16 units, without a byte order mark, lines by their line feeds', () => {
    const text = 'FROM a\r\nRUN 😀x\r\n';
    const report = json(
      reportOf([fileOf(`\uFEFF${text}`, [findingAt(rangeOf(text, 'x')), findingAt(rangeOf(text, ''))])]),
    );
    expect(report.files[0].diagnostics).toMatchObject([
      { start: { line: 2, column: 7, offset: 14 }, end: { line: 2, column: 8, offset: 15 } },
      { start: { line: 3, column: 1, offset: 17 }, end: { line: 3, column: 1, offset: 17 } },
    ]);
  });

  it('shows hidden characters in messages, keeps paths and edits exact, and prints none raw', () => {
    const edits = [{ range: { start: 0, end: 0 }, text: '\u202e\u0085\n' }];
    const finding = findingAt(
      { start: 0, end: 1 },
      { message: 'has \u202e', fix: { title: 'T', safety: 'safe', edits } },
    );
    const report = reportOf([fileOf(WORKDIR, [finding], 'a\u202e\u001b\ud800')]);
    const text = render(reportJson, report);
    expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}|\p{Cs}/u);
    const [file] = JSON.parse(text).files;
    expect(file.path).toBe('a\u202e\u001b\ud800');
    expect(file.diagnostics[0].message).toBe('has \\u{202e}');
    expect(file.diagnostics[0].fix.edits[0].text).toBe('\u202e\u0085\n');
  });
});

it('finds a reporter for each format', async () => {
  for (const format of FORMATS) expect(await reporterOf(format)).toBeTypeOf('function');
});
