import { readFileSync } from 'node:fs';
import { parseSync } from 'rolldown/utils';
import { describe, expect, it } from 'vitest';
import { ROOT, rulePaths } from '../src/dev/rule-files.ts';
import { stripRule } from '../src/dev/strip-rules.ts';

const rule = (properties: string): string =>
  `import { defineRule } from '#lint';\nexport default defineRule({${properties}});\n`;

describe('stripping a rule', () => {
  it('empties examples and exceptions, and keeps the reason', () => {
    const source = rule(" name: 'x', why: 'So.', examples: [{ bad: '[{' }], exceptions: { crlf: 'No.' }, check() {} ");
    expect(stripRule(source, 'x.ts')).toBe(rule(" name: 'x', why: 'So.', examples: [], exceptions: {}, check() {} "));
  });

  it('keeps what only looks like one of them', () => {
    const source = rule(" name: 'x', check() { return { why: 1, examples: [2] }; }, 'why': 3 ");
    expect(stripRule(source, 'x.ts')).toBe(source);
  });

  it('reads brackets, templates, comments and types as the language does', () => {
    const examples = "[{ bad: `}]`, /* ] */ good: '\\']' }] satisfies readonly Example[]";
    const source = rule(
      ` examples: ${examples}, exceptions: { crlf: '}' } /* } */, name: 'é\u{1f433}', why: 'x' as const `,
    );
    expect(stripRule(source, 'x.ts')).toBe(
      rule(" examples: [], exceptions: {} /* } */, name: 'é\u{1f433}', why: 'x' as const "),
    );
  });

  it('refuses what is no rule', () => {
    expect(() => stripRule('export const x = 1;\n', 'x.ts')).toThrow('x.ts has no `export default defineRule({…})`');
    expect(() => stripRule('export default defineRule({', 'x.ts')).toThrow(/^x\.ts: /);
  });

  it.each(rulePaths())('leaves a program: rules/%s', (path) => {
    const source = readFileSync(`${ROOT}rules/${path}`, 'utf8');
    const stripped = stripRule(source, path);
    expect(parseSync(path, stripped).errors).toEqual([]);
    expect(stripped.length).toBeLessThanOrEqual(source.length);
    expect(stripRule(stripped, path)).toBe(stripped);
  });
});
