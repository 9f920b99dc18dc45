import { describe, expect, it } from 'vitest';
import { reportHtml } from '../src/report/html.ts';
import { fileOf, findingAt, rangeOf, render, reportOf } from './support/report.ts';

const TEXT = 'FROM alpine\nWORKDIR app\nRUN true\n';

const relative = findingAt(rangeOf(TEXT, 'app'), {
  message: 'Relative WORKDIR `app`',
  help: 'Write `/app`',
  fix: { title: 'Make it absolute', safety: 'unsafe', edits: [{ range: { start: 20, end: 20 }, text: '/' }] },
});

const html = (text: string, ...findings: Parameters<typeof fileOf>[1] & object) =>
  render(reportHtml, reportOf([fileOf(text, findings)], { why: new Map([['some-rule', 'Because.']]) }));

describe('html', () => {
  it('is one page that loads nothing and runs nothing', () => {
    const page = html(TEXT, relative);
    expect(page).toMatch(/^<!DOCTYPE html>\n<html lang="en">/);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/<script|<link|<img|\bsrc=|href=|url\(|@import|\bon\w+=/);
    expect(page).toMatch(/<\/html>\n$/);
  });

  it('shows place, lines, help, fix, and why once', () => {
    const page = html(TEXT, relative, relative);
    expect(page).toContain('<h3><span class="badge">warning</span> Relative WORKDIR <code>app</code></h3>');
    expect(page).toContain(
      '<pre><i>1</i>FROM alpine\n<i>2</i>WORKDIR <mark>app</mark>\n<i>3</i>RUN true</pre>\n<p class="help">Write <code>/app</code></p>',
    );
    expect(page).toContain('<del>- WORKDIR app</del>\n<ins>+ WORKDIR /app</ins>');
    expect(page.match(/Because\./g)).toHaveLength(1);
    expect(page.match(/<input/g)).toHaveLength(1);
  });

  it('leaves out the middle of many lines and the end of a long one', () => {
    const text = `RUN a \\\n${'  b \\\n'.repeat(40)}  c\n`;
    const page = html(text, findingAt({ start: 0, end: text.length }));
    expect(page.match(/<i>\d+<\/i>/g)?.map((number) => Number(/\d+/.exec(number)?.[0]))).toEqual([
      1, 2, 3, 4, 5, 6, 37, 38, 39, 40, 41, 42,
    ]);
    const long = html(`RUN ${'x'.repeat(100_000)}\n`, findingAt({ start: 0, end: 3 }));
    expect(long.length).toBeLessThan(12_000);
  });

  it('lists clean files, and says where there is nothing', () => {
    expect(html(TEXT)).toContain('<details><summary>1 file without findings</summary>');
    expect(html(TEXT)).not.toContain('<fieldset>');
  });
});
