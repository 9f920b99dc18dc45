import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report, RuleMeta } from '../src/report/index.ts';
import { reportSarif } from '../src/report/sarif.ts';
import { fileOf, findingAt, rangeOf, render, reportOf } from './support/report.ts';

const TEXT = 'FROM alpine\nWORKDIR app\n\nRUN true\nRUN   true\n';

const RULE: RuleMeta = {
  name: 'relative-workdir',
  codes: ['DL3000'],
  category: 'correctness',
  summary: 'WORKDIR is relative',
  severity: 'info',
  tags: ['paths'],
  fix: { safety: 'unsafe', note: 'Assumes the base image ends in `/`.' },
};

const relative = findingAt(rangeOf(TEXT, 'app'), {
  rule: 'relative-workdir',
  codes: ['DL3000'],
  severity: 'info',
  message: 'Relative WORKDIR `app`',
  help: 'Write `/app`',
  related: [{ range: rangeOf(TEXT, 'alpine'), message: 'The base image' }],
  fix: { title: 'Make it absolute', safety: 'unsafe', edits: [{ range: { start: 20, end: 20 }, text: '/' }] },
});

const sarif = (report: Report) => JSON.parse(render(reportSarif, report));
const runOf = (report: Report) => sarif(report).runs[0];
const resultOf = (text: string, range: { start: number; end: number }) =>
  runOf(reportOf([fileOf(text, [findingAt(range)])])).results[0];

describe('sarif', () => {
  it('describes the tool and its rules', () => {
    const why = new Map([['relative-workdir', 'The base image decides\n    where it ends.']]);
    const { version, runs } = sarif(reportOf([fileOf(TEXT, [relative])], { rules: [RULE], why }));
    expect(version).toBe('2.1.0');
    expect(runs[0].columnKind).toBe('utf16CodeUnits');
    expect(runs[0].tool.driver).toMatchObject({ name: 'iechorlint', version: '1.2.3', semanticVersion: '1.2.3' });
    expect(runs[0].tool.driver.rules).toEqual([
      {
        id: 'relative-workdir',
        name: 'RelativeWorkdir',
        shortDescription: { text: 'WORKDIR is relative.' },
        fullDescription: { text: 'The base image decides where it ends.' },
        help: {
          text: "The base image decides where it ends. A comment '# iechorlint ignore=relative-workdir' above the line silences it there.",
          markdown: [
            '**WORKDIR is relative.**',
            'The base image decides where it ends.',
            'Known elsewhere as `DL3000`.',
            '`--fix --unsafe-fixes` mends it.',
            'Assumes the base image ends in `/`.',
            'A comment `# iechorlint ignore=relative-workdir` above the line silences it there.',
          ].join('\n\n'),
        },
        defaultConfiguration: { level: 'note' },
        properties: { tags: ['correctness', 'paths'], precision: 'high', 'problem.severity': 'recommendation' },
      },
    ]);
  });

  it('gives a result its place, text, related places and fix', () => {
    const [result] = runOf(reportOf([fileOf(TEXT, [relative], 'web/Dockerfile')], { rules: [RULE] })).results;
    const artifactLocation = { uri: 'web/Dockerfile', uriBaseId: '%SRCROOT%', index: 0 };
    expect(result).toEqual({
      ruleId: 'relative-workdir',
      ruleIndex: 0,
      level: 'note',
      message: { text: 'Relative WORKDIR `app`. Write `/app`.' },
      locations: [
        {
          physicalLocation: {
            artifactLocation,
            region: { startLine: 2, startColumn: 9, endLine: 2, endColumn: 12, snippet: { text: 'app' } },
            contextRegion: {
              ...{ startLine: 1, startColumn: 1, endLine: 3, endColumn: 1 },
              snippet: { text: 'FROM alpine\nWORKDIR app\n' },
            },
          },
        },
      ],
      partialFingerprints: { 'ruleAndLine/v1': expect.stringMatching(/^[0-9a-f]{16}$/) },
      relatedLocations: [
        {
          id: 0,
          physicalLocation: {
            artifactLocation,
            region: { startLine: 1, startColumn: 6, endLine: 1, endColumn: 12, snippet: { text: 'alpine' } },
          },
          message: { text: 'The base image.' },
        },
      ],
      fixes: [
        {
          description: { text: 'Make it absolute.' },
          artifactChanges: [
            {
              artifactLocation,
              replacements: [
                {
                  deletedRegion: { startLine: 2, startColumn: 9, endLine: 2, endColumn: 9 },
                  insertedContent: { text: '/' },
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it('offers no manual fix', () => {
    const fix = { title: 'Split it', safety: 'manual', edits: [{ range: { start: 0, end: 0 }, text: 'x' }] } as const;
    expect(runOf(reportOf([fileOf(TEXT, [{ ...relative, fix }])])).results[0]).not.toHaveProperty('fixes');
  });

  it('describes a name under which the engine reported', () => {
    const run = runOf(
      reportOf([fileOf(TEXT, [findingAt({ start: 0, end: 4 }, { rule: 'syntax', severity: 'error' })])]),
    );
    expect(run.tool.driver.rules).toMatchObject([{ id: 'syntax', defaultConfiguration: { level: 'error' } }]);
    expect(run.results[0]).toMatchObject({ ruleIndex: 0, level: 'error' });
  });

  it('names unreadable files', () => {
    const run = runOf(reportOf([], { unreadable: [{ path: 'a b/Dockerfile', message: 'no such file' }] }));
    expect(run.invocations).toEqual([
      {
        executionSuccessful: false,
        toolExecutionNotifications: [
          {
            descriptor: { id: 'unreadable-file', index: 0 },
            level: 'error',
            message: { text: 'no such file.' },
            locations: [
              { physicalLocation: { artifactLocation: { uri: 'a%20b/Dockerfile', uriBaseId: '%SRCROOT%' } } },
            ],
          },
        ],
      },
    ]);
    expect(runOf(reportOf([])).invocations[0].executionSuccessful).toBe(true);
  });

  it.each([
    ['./a/Dockerfile', 'a/Dockerfile', '%SRCROOT%'],
    ['../a/Dockerfile', '../a/Dockerfile', '%SRCROOT%'],
    ['ä b/50%#?.Dockerfile', '%C3%A4%20b/50%25%23%3F.Dockerfile', '%SRCROOT%'],
    ['a:b/Dockerfile', 'a%3Ab/Dockerfile', '%SRCROOT%'],
    ['lone\ud800', 'lone%EF%BF%BD', '%SRCROOT%'],
    ['/srv/a b', 'file:///srv/a%20b', undefined],
    ['C:/a b', 'file:///C:/a%20b', undefined],
    ['//host/share/a', 'file://host/share/a', undefined],
  ])('makes a URI of %s', (path, uri, uriBaseId) => {
    const [{ location }] = runOf(reportOf([fileOf(TEXT, [], path)])).artifacts;
    expect(location).toEqual(uriBaseId === undefined ? { uri } : { uri, uriBaseId });
  });

  it('places ranges at the ends of files and of lines', () => {
    const regionOf = (text: string, start: number, end: number) =>
      resultOf(text, { start, end }).locations[0].physicalLocation.region;
    expect(regionOf('', 0, 0)).toMatchObject({ startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 });
    expect(regionOf('\uFEFFFROM a\r\n', 8, 8)).toMatchObject({
      startLine: 2,
      startColumn: 1,
      endLine: 2,
      endColumn: 1,
    });
    expect(regionOf('FROM 😀 x\n', 8, 9)).toMatchObject({ startColumn: 9, endColumn: 10, snippet: { text: 'x' } });
  });

  it('makes hidden characters of snippets visible', () => {
    const text = render(reportSarif, reportOf([fileOf('RUN \u202e\u001b\n', [findingAt({ start: 4, end: 6 })])]));
    expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    expect(JSON.parse(text).runs[0].results[0].locations[0].physicalLocation.region.snippet.text).toBe(
      '\\u{202e}\\u{1b}',
    );
  });

  it('tells of what comments suppress where it was asked for', () => {
    const comment = rangeOf(TEXT, 'RUN true');
    const suppressed = [
      { diagnostic: relative, comment, reason: 'as the base has it' },
      { diagnostic: relative, comment, reason: undefined },
    ];
    const { results } = runOf(reportOf([{ ...fileOf(TEXT, [relative]), suppressed }]));
    expect(results.map(({ suppressions }: { suppressions: unknown }) => suppressions)).toEqual([
      [],
      [
        {
          kind: 'inSource',
          location: {
            physicalLocation: expect.objectContaining({ region: expect.objectContaining({ startLine: 4 }) }),
          },
          justification: 'as the base has it',
        },
      ],
      [{ kind: 'inSource', location: expect.anything() }],
    ]);
    expect(runOf(reportOf([fileOf(TEXT, [relative])])).results[0]).not.toHaveProperty('suppressions');
  });

  it('fingerprints a finding whatever stands above it, equal lines apart', () => {
    const fingerprints = (text: string, lines: readonly string[]) => {
      const findings = lines.map((line) => findingAt(rangeOf(text, line)));
      const { results } = runOf(reportOf([fileOf(text, findings)]));
      return results.map((result: { partialFingerprints: object }) => Object.values(result.partialFingerprints)[0]);
    };
    const before = fingerprints(TEXT, ['RUN true', 'RUN   true', 'WORKDIR']);
    expect(new Set(before).size).toBe(3);
    expect(fingerprints(`# new\n${TEXT}`, ['RUN true', 'RUN   true', 'WORKDIR'])).toEqual(before);
    expect(fingerprints('  RUN true  \n', ['RUN'])).toEqual(before.slice(0, 1));
  });
});

/** The validator's program, or why it cannot run. */
const findValidator = (): { readonly path: string } | { readonly missing: string } => {
  try {
    const path: string = createRequire(import.meta.url)('@microsoft/sarif-multitool');
    // What its own install script does, for where install scripts are off.
    chmodSync(path, 0o755);
    const { error } = spawnSync(path, ['version'], { env: ENVIRONMENT });
    return error === undefined ? { path } : { missing: error.message };
  } catch (error) {
    return { missing: String(error) };
  }
};

const ENVIRONMENT = { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' };

const validator = findValidator();
if ('missing' in validator) console.warn(`test/sarif.test.ts: the SARIF validator cannot run: ${validator.missing}`);

describe.skipIf('missing' in validator)('the SARIF validator', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'iechorlint-sarif-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const complaintsAbout = (log: string): readonly string[] => {
    if ('missing' in validator) return [validator.missing];
    const file = join(folder, 'log.sarif');
    writeFileSync(file, log);
    const { stdout } = spawnSync(validator.path, ['validate', file], { env: ENVIRONMENT, encoding: 'utf8' });
    if (!stdout.includes('Analysis completed successfully')) return [`no analysis: ${stdout}`];
    return stdout.split('\n').filter((line) => /: (?:error|warning) /.test(line));
  };

  const many = [
    fileOf(TEXT, [relative, findingAt({ start: 0, end: TEXT.length }), findingAt(rangeOf(TEXT, ''))], 'web/Dockerfile'),
    fileOf('', [findingAt({ start: 0, end: 0 }, { rule: 'internal', severity: 'error' })], '日本/empty'),
    fileOf('\uFEFFFROM a\r\n', [findingAt({ start: 5, end: 6 }, { severity: 'style' })], './a b/50%41#?.Dockerfile'),
    fileOf('FROM a\n', [], '../quote\'"<>|.Dockerfile'),
    fileOf(`RUN ${'x'.repeat(9000)}\n`, [findingAt({ start: 0, end: 9004 })], '/srv/absolute/Dockerfile'),
    fileOf('RUN \u202e\u001b\n', [findingAt({ start: 4, end: 6 }, { message: 'A `\u202e`?' })], 'hidden\u202e\u001b'),
  ];
  const unreadable = [{ path: 'a b/ä%', message: 'no such file' }];
  const rules = [RULE, { ...RULE, name: 'syntax', codes: [], off: true, severity: 'error' } as const];

  it.each<[string, Report]>([
    ['no files', reportOf([])],
    ['no findings', reportOf([fileOf(TEXT)], { rules })],
    ['a part of the files', reportOf(many, { rules, shard: '2/8' })],
    [
      'what comments suppress',
      reportOf(
        many.map((file) => ({
          ...file,
          suppressed: file.diagnostics.map((diagnostic) => ({
            diagnostic,
            comment: diagnostic.range,
            reason: 'It \u202e has to be',
          })),
        })),
        { rules },
      ),
    ],
    ['several files', reportOf(many, { rules, unreadable, why: new Map([['syntax', 'A reason']]) })],
  ])('has nothing to say of a run with %s', (_, report) => {
    expect(complaintsAbout(render(reportSarif, report))).toEqual([]);
  });

  it('would have of one that is not sound', () => {
    const report = reportOf(many, { rules });
    const [named, mute] = [sarif(report), sarif(report)];
    named.runs[0].tool.driver.rules[0].name = named.runs[0].tool.driver.rules[0].id;
    delete mute.runs[0].results[0].message;
    expect(complaintsAbout(JSON.stringify(named))).toEqual([expect.stringContaining('warning SARIF1001')]);
    expect(complaintsAbout(JSON.stringify(mute))).toEqual([expect.stringContaining('error JSON1002')]);
  });
});
