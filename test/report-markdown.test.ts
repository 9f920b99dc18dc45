import { describe, expect, it } from 'vitest';
import { reportMarkdown } from '../src/report/markdown.ts';
import { fileOf, findingAt, rangeOf, render, reportOf } from './support/report.ts';

const TEXT = 'FROM alpine\nWORKDIR app\n';
const relative = findingAt(rangeOf(TEXT, 'app'), { message: 'Relative WORKDIR `app`', help: 'Write `/app`' });

describe('markdown', () => {
  it('has a table for each file with findings', () => {
    const report = reportOf([fileOf(TEXT, [relative], 'a_b/Dockerfile'), fileOf(TEXT, [], 'clean')], {
      unreadable: [{ path: 'gone', message: 'no such file' }],
    });
    expect(render(reportMarkdown, report, { statistics: true })).toBe(`\
## iechorlint: 1 warning

1 warning in 1 of 2 files; 1 file could not be read

- <code>gone</code> cannot be read: no such file

| findings | rule | severity | fixable |
| ---: | --- | --- | ---: |
| 1 | <code>some-rule</code> | warning | 0 |

### <code>a&#95;b/Dockerfile</code>

| place | severity | finding |
| ---: | --- | --- |
| 2&#58;9 | warning | Relative WORKDIR <code>app</code><br>Write <code>/app</code><br><code>some-rule</code> |
`);
    expect(render(reportMarkdown, reportOf([fileOf(TEXT)]))).toBe(
      '## iechorlint: no findings\n\nno findings in 1 file\n',
    );
  });

  it('stays below the size that a job summary may have, and counts the rest', () => {
    const file = fileOf(TEXT, Array(200).fill({ ...relative, message: 'x'.repeat(1000) }));
    const text = render(reportMarkdown, reportOf(Array(10).fill(file)));
    expect(text.length).toBeLessThan(1_000_000);
    expect(text).toMatch(/\n… and 1200 findings more\.\n$/);
  });
});
