import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { reportCheckstyle } from '../src/report/checkstyle.ts';
import { reportCodeclimate } from '../src/report/codeclimate.ts';
import { reportGithub } from '../src/report/github.ts';
import { reportGitlab } from '../src/report/gitlab.ts';
import { reportGnu } from '../src/report/gnu.ts';
import type { RuleMeta } from '../src/report/index.ts';
import { reportJunit } from '../src/report/junit.ts';
import { reportSonarqube } from '../src/report/sonarqube.ts';
import { fileOf, findingAt, rangeOf, render, reportOf } from './support/report.ts';

const TEXT = 'FROM alpine\nWORKDIR app\nRUN a \\\n  b\n';

const RULE: RuleMeta = {
  name: 'relative-workdir',
  codes: ['DL3000'],
  category: 'correctness',
  summary: 'WORKDIR is relative',
  severity: 'warning',
};

const relative = findingAt(rangeOf(TEXT, 'app'), {
  rule: 'relative-workdir',
  message: 'Relative WORKDIR `app`',
  help: 'Write `/app`',
  related: [{ range: rangeOf(TEXT, 'alpine'), message: 'The base image' }],
});
const grave = findingAt(rangeOf(TEXT, 'a \\\n  b'), {
  rule: 'syntax',
  severity: 'error',
  message: '100% wrong, so: no',
});
const taste = findingAt(
  { start: TEXT.length, end: TEXT.length },
  { rule: 'end', severity: 'style', message: 'At the end' },
);

const REPORT = reportOf([fileOf(TEXT, [relative, grave, taste], './a,b/Dockerfile'), fileOf(TEXT, [], 'clean')], {
  rules: [RULE],
  why: new Map([['relative-workdir', 'The base image decides\n  where it ends']]),
  unreadable: [{ path: 'gone', message: 'no such file or directory' }],
});
const EMPTY = reportOf([]);

describe('github', () => {
  it('has a workflow command for each finding', () => {
    expect(render(reportGithub, REPORT)).toBe(`\
::error title=iechorlint::cannot read gone: no such file or directory
::warning file=a%2Cb/Dockerfile,line=2,endLine=2,col=9,endColumn=12,title=iechorlint%3A relative-workdir::Relative WORKDIR \`app\`%0AWrite \`/app\`
::error file=a%2Cb/Dockerfile,line=3,endLine=4,title=iechorlint%3A syntax::100%25 wrong, so: no
::notice file=a%2Cb/Dockerfile,line=5,endLine=5,col=1,endColumn=1,title=iechorlint%3A end::At the end
`);
    expect(render(reportGithub, EMPTY)).toBe('');
  });
});

describe('gnu', () => {
  it('has a line for each finding', () => {
    expect(render(reportGnu, REPORT)).toBe(`\
./a,b/Dockerfile:2:9: warning: Relative WORKDIR \`app\` [relative-workdir]
./a,b/Dockerfile:3:5: error: 100% wrong, so: no [syntax]
./a,b/Dockerfile:5:1: note: At the end [end]
`);
  });
});

describe('gitlab', () => {
  it('has an entry for each finding, with paths as the repository has them', () => {
    const issues = JSON.parse(render(reportGitlab, REPORT));
    expect(issues).toEqual([
      {
        description: 'Relative WORKDIR `app`. Write `/app`.',
        check_name: 'relative-workdir',
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
        severity: 'major',
        location: { path: 'a,b/Dockerfile', lines: { begin: 2, end: 2 } },
      },
      expect.objectContaining({
        severity: 'critical',
        location: { path: 'a,b/Dockerfile', lines: { begin: 3, end: 4 } },
      }),
      expect.objectContaining({ severity: 'info' }),
    ]);
    expect(JSON.parse(render(reportGitlab, EMPTY))).toEqual([]);
  });

  it('gives no two findings one fingerprint, and the same one when lines above come and go', () => {
    const files = [fileOf(TEXT, [relative, relative], 'a'), fileOf(TEXT, [relative], 'b')];
    const prints = (report: Parameters<typeof reportGitlab>[0]): string[] =>
      JSON.parse(render(reportGitlab, report)).map(({ fingerprint }: { fingerprint: string }) => fingerprint);
    const before = prints(reportOf(files));
    expect(new Set(before).size).toBe(3);
    const moved = `# new\n${TEXT}`;
    const later = fileOf(moved, [findingAt(rangeOf(moved, 'app'), { rule: 'relative-workdir' })], 'b');
    expect(prints(reportOf([later]))).toEqual(before.slice(2));
  });
});

describe('codeclimate', () => {
  it('has an issue for each finding, each ended by a NUL', () => {
    const text = render(reportCodeclimate, REPORT);
    const issues = text.split('\0');
    expect(issues.pop()).toBe('');
    expect(issues.map((issue) => JSON.parse(issue))).toEqual([
      expect.objectContaining({ type: 'issue', categories: ['Bug Risk'], content: { body: 'Write `/app`' } }),
      expect.objectContaining({ type: 'issue', check_name: 'syntax', severity: 'critical' }),
      expect.objectContaining({ type: 'issue', check_name: 'end', severity: 'info' }),
    ]);
  });
});

describe('sonarqube', () => {
  it('has the rules that reported and an issue for each finding, columns from 0', () => {
    const { rules, issues } = JSON.parse(render(reportSonarqube, REPORT));
    expect(rules.map(({ id }: { id: string }) => id)).toEqual(['relative-workdir', 'syntax', 'end']);
    expect(rules[0]).toEqual({
      id: 'relative-workdir',
      name: 'WORKDIR is relative',
      description: 'The base image decides where it ends.',
      engineId: 'iechorlint',
      cleanCodeAttribute: 'LOGICAL',
      impacts: [{ softwareQuality: 'RELIABILITY', severity: 'MEDIUM' }],
    });
    expect(issues[0]).toEqual({
      ruleId: 'relative-workdir',
      primaryLocation: {
        message: 'Relative WORKDIR `app`. Write `/app`.',
        filePath: 'a,b/Dockerfile',
        textRange: { startLine: 2, endLine: 2, startColumn: 8, endColumn: 11 },
      },
      secondaryLocations: [
        {
          message: 'The base image',
          filePath: 'a,b/Dockerfile',
          textRange: { startLine: 1, endLine: 1, startColumn: 5, endColumn: 11 },
        },
      ],
    });
    expect(JSON.parse(render(reportSonarqube, EMPTY))).toEqual({ rules: [], issues: [] });
  });

  it('has no empty range, and no column behind a line end', () => {
    const text = 'FROM a\r\nRUN b\r\n';
    const ranges = [
      { start: 3, end: 3 },
      { start: 6, end: 7 },
      { start: 0, end: 7 },
      { start: 0, end: 8 },
    ];
    const { issues } = JSON.parse(
      render(
        reportSonarqube,
        reportOf([
          fileOf(
            text,
            ranges.map((range) => findingAt(range)),
          ),
        ]),
      ),
    );
    expect(issues.map((issue: { primaryLocation: { textRange: object } }) => issue.primaryLocation.textRange)).toEqual([
      { startLine: 1 },
      { startLine: 1 },
      { startLine: 1, endLine: 1, startColumn: 0, endColumn: 6 },
      { startLine: 1, endLine: 2, startColumn: 0, endColumn: 0 },
    ]);
  });
});

describe('junit', () => {
  it('has a suite for each file and a failed test for each finding', () => {
    expect(render(reportJunit, REPORT)).toBe(`\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="iechorlint" tests="5" failures="3" errors="1">
<testsuite name="gone" file="gone" tests="1" failures="0" errors="1">
  <testcase name="can be read" classname="gone"><error message="cannot be read: no such file or directory" type="unreadable-file"/></testcase>
</testsuite>
<testsuite name="./a,b/Dockerfile" file="./a,b/Dockerfile" tests="3" failures="3" errors="0">
  <testcase name="relative-workdir at 2:9" classname="./a,b/Dockerfile"><failure message="Relative WORKDIR \`app\`" type="warning">./a,b/Dockerfile:2:9: Relative WORKDIR \`app\`
Write \`/app\`</failure></testcase>
  <testcase name="syntax at 3:5" classname="./a,b/Dockerfile"><failure message="100% wrong, so: no" type="error">./a,b/Dockerfile:3:5: 100% wrong, so: no</failure></testcase>
  <testcase name="end at 5:1" classname="./a,b/Dockerfile"><failure message="At the end" type="style">./a,b/Dockerfile:5:1: At the end</failure></testcase>
</testsuite>
<testsuite name="clean" file="clean" tests="1" failures="0" errors="0">
  <testcase name="no findings" classname="clean"/>
</testsuite>
</testsuites>
`);
  });
});

describe('checkstyle', () => {
  it('has an element for each file and each finding', () => {
    expect(render(reportCheckstyle, REPORT)).toBe(`\
<?xml version="1.0" encoding="UTF-8"?>
<checkstyle version="4.3">
<file name="gone">
  <error line="1" column="1" severity="error" message="cannot be read: no such file or directory" source="iechorlint.unreadable-file"/>
</file>
<file name="./a,b/Dockerfile">
  <error line="2" column="9" severity="warning" message="Relative WORKDIR \`app\`. Write \`/app\`." source="iechorlint.relative-workdir"/>
  <error line="3" column="5" severity="error" message="100% wrong, so: no" source="iechorlint.syntax"/>
  <error line="5" column="1" severity="info" message="At the end" source="iechorlint.end"/>
</file>
<file name="clean"/>
</checkstyle>
`);
  });
});

// Where the program is not installed, the texts above are all there is.
const hasXmllint = spawnSync('xmllint', ['--version']).status === 0;

const NASTY = ' <a b="c">&amp;]]> \u0000\u001b[2J\ufffe\uffff\ud800 \'\n::error::##[x]';

describe.skipIf(!hasXmllint)('xmllint', () => {
  const nasty = findingAt({ start: 0, end: 1 }, { rule: NASTY, message: NASTY, help: NASTY });
  const reports = {
    usual: REPORT,
    empty: EMPTY,
    nasty: reportOf([fileOf(NASTY, [nasty], NASTY), fileOf('', [], NASTY)], {
      unreadable: [{ path: NASTY, message: NASTY }],
    }),
  };
  const cases = Object.keys(reports) as (keyof typeof reports)[];

  it.each(cases)('finds nothing wrong with %s reports of junit and checkstyle', (name) => {
    for (const [format, reporter] of Object.entries({ junit: reportJunit, checkstyle: reportCheckstyle })) {
      const args = ['--noout', '--schema', `test/schemas/${format}.xsd`, '-'];
      const { status, stderr } = spawnSync('xmllint', args, {
        input: render(reporter, reports[name]),
        encoding: 'utf8',
      });
      expect({ format, status, stderr }).toEqual({ format, status: 0, stderr: '- validates\n' });
    }
  });
});
