import { describe, expect, it } from 'vitest';
import { defuse } from '../src/report/defuse.ts';
import { FORMATS, isPlainText, type Report, reporterOf } from '../src/report/index.ts';
import { fileOf, findingAt, rangeOf, render, reportOf } from './support/report.ts';

/** What a linted file, or its name, might hold to be more than text in a report or in the log it ends in. */
const PAYLOADS = [
  '::set-output name=a::b',
  '\n::error::x',
  '\r::add-mask::x',
  '\u2028::warning::x',
  '%0A::error::x',
  '##[group]x',
  '##vso[task.setvariable variable=a]b',
  '##teamcity[buildStatus]',
  '</failure></testcase><testcase name="x"/>',
  ']]><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '" onmouseover="alert(1)" a="',
  "' onmouseover='alert(1)' a='",
  '</style><style>*{display:none}',
  '`</code><b>`',
  '| x | y |',
  '[x](javascript:alert(1))',
  '![x](https://example.com/x.png)',
  'https://example.com www.example.com',
  '**x** _y_ ~~z~~ # x',
  '@someone',
  '&lt;script&gt;&#60;script&#62;',
  '\u001b[31mred\u001b[0m \u202eevil',
  '\u0000\ufffe\uffff\ud800',
  '{"a":"b"}',
] as const;

const reportWith = (payload: string): Report => {
  const text = `FROM a\nRUN ${payload.replaceAll('\n', '')}\n${payload}\nUSER b\n`;
  const range = rangeOf(text, 'RUN');
  const finding = findingAt(range, {
    message: `Wrong: \`${payload}\` and ${payload}`,
    help: `Write \`${payload}\` or\n${payload}`,
    related: [{ range: rangeOf(text, 'USER'), message: payload }],
    fix: {
      title: `Do ${payload}`,
      safety: 'manual',
      edits: [{ range: { start: text.length - 7, end: text.length - 7 }, text: `${payload}\n` }],
    },
  });
  return reportOf([fileOf(text, [finding, finding], `${payload}/Dockerfile`), fileOf('', [], payload)], {
    unreadable: [{ path: payload, message: payload }],
  });
};

const rendered = async (format: (typeof FORMATS)[number], payload: string): Promise<string> => {
  const text = render(await reporterOf(format), reportWith(payload));
  return isPlainText(format) ? defuse(text) : text;
};

describe.each(PAYLOADS)('%j', (payload) => {
  it.each(FORMATS)('is no command in the log of a CI system, as %s', async (format) => {
    const text = await rendered(format, payload);
    const commands = text.split(/[\r\n\u0085\u2028\u2029]/).filter((line) => /^\s*::|##\w*\[/.test(line));
    if (format !== 'github') return expect(commands).toEqual([]);
    for (const command of commands)
      expect(command).toMatch(/^::(?:error|warning) (?:[a-zA-Z]+=[^:,]*)(?:,[a-zA-Z]+=[^:,]*)*::.*$/);
    expect(text.split('\n')).toHaveLength(commands.length + 1);
    expect(commands).toHaveLength(3);
  });

  it.each(FORMATS)('sends no hidden character, as %s', async (format) => {
    const text = await rendered(format, payload);
    expect(text.replaceAll('\0', format === 'codeclimate' ? '' : '\0')).not.toMatch(
      /[^\P{Cc}\t\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u,
    );
  });

  it('is no tag and no attribute in HTML', async () => {
    const text = (await rendered('html', payload)).replace(/<style>.*?<\/style>/s, '');
    const plain = (await rendered('html', 'x')).replace(/<style>.*?<\/style>/s, '');
    const kinds = (page: string) => [...new Set(Array.from(page.matchAll(/<[^>]*>/g), ([tag]) => tag))];
    // A payload's own backticks make code of what is between them, and no more.
    expect(kinds(text).filter((tag) => !kinds(plain).includes(tag))).toEqual([]);
    expect(text.replace(/<[^>]*>/g, '')).not.toMatch(/[<>"']/);
  });

  it('is no markup in Markdown', async () => {
    const text = await rendered('markdown', payload);
    const left = text.replace(/<\/?code>|<br>|@<!-- -->/g, '').replace(/&#\d+;/g, '');
    const rows = left.split('\n').filter((line) => line.startsWith('|'));
    expect(rows.every((row) => row.split('|').length === 5)).toBe(true);
    expect(left.replace(/^#{2,3} |^\|.*\|$/gm, (line) => line.replaceAll(/[#|]/g, ''))).not.toMatch(
      /[`*_[\]<>#|~&!\\]|:\/\/|www\.|@/,
    );
  });
});
