import { describe, expect, it } from 'vitest';
import { rulePages } from '../src/dev/generate/rule-pages.ts';
import { loadRules } from '../src/dev/rule-files.ts';
import { factsOf, markdownOf, snippetsOf } from '../src/lint/document.ts';
import { CATEGORIES, defineRule, type Rule } from '../src/lint/index.ts';

const ruleWith = (parts: Partial<Rule>): Rule =>
  defineRule({
    name: 'some-rule',
    codes: ['DL9999'],
    category: 'cache',
    summary: 'Something is odd',
    why: `It is
      so.`,
    severity: 'warning',
    examples: [],
    check: () => ({}),
    ...parts,
  });

describe('a rule as markdown', () => {
  it('has heading, summary, table, why and examples', () => {
    const rule = ruleWith({
      fix: { safety: 'unsafe', note: 'It | may\n break.' },
      examples: [
        { bad: 'FROM a\n', good: 'FROM b\n' },
        { title: 'A near miss', good: 'FROM c\r\nRUN x\r\n' },
      ],
    });
    expect(markdownOf(rule)).toBe(`## some-rule

Something is odd.

| Category | Severity | Also known as | Fix |
|---|---|---|---|
| cache | warning | \`DL9999\` | \`--fix --unsafe-fixes\`. It \\| may break. |

It is so.

**Wrong:**

\`\`\`dockerfile
FROM a
\`\`\`

**Right:**

\`\`\`dockerfile
FROM b
\`\`\`

**Right.** A near miss:

\`\`\`dockerfile
FROM c
RUN x
\`\`\`
`);
  });

  it('fences code that holds a fence with a longer one', () => {
    expect(markdownOf(ruleWith({ examples: [{ bad: 'RUN echo "```"\n' }] }))).toContain(
      '````dockerfile\nRUN echo "```"\n````\n',
    );
  });

  it('says when a rule is off, has no code, no fix', () => {
    expect(factsOf(ruleWith({ off: true, codes: [], severity: 'info' }))).toEqual([
      ['Category', 'cache'],
      ['Severity', 'info, off by default'],
      ['Also known as', '–'],
      ['Fix', 'none'],
    ]);
  });

  it('puts the title of an example on its first snippet', () => {
    expect(snippetsOf(ruleWith({ examples: [{ title: 'T', bad: 'A\n', good: 'B' }] }))).toEqual([
      { verdict: 'Wrong', title: 'T', code: 'A' },
      { verdict: 'Right', title: undefined, code: 'B' },
    ]);
  });
});

describe('the page of all rules', () => {
  it('lists them by category in the order of importance, then by name, whatever order they come in', () => {
    const rules = [
      ruleWith({ name: 'z', category: 'ordering' }),
      ruleWith({ name: 'b', category: 'syntax' }),
      ruleWith({ name: 'a', category: 'syntax' }),
    ];
    const page = rulePages(rules);
    expect(page.match(/^#+ .*$/gm)).toEqual([
      '# Rules',
      '## Ordering rules',
      '### z',
      '## Syntax rules',
      '### a',
      '### b',
    ]);
    expect(rulePages(rules.toReversed())).toBe(page);
  });

  it('begins with what the project exists for', () => {
    expect(CATEGORIES.slice(0, 5)).toEqual(['ordering', 'cache', 'security', 'correctness', 'multi-stage']);
  });

  it('has a row, a section and a working link for each rule', async () => {
    const rules = (await loadRules()).flatMap(({ rule }) => rule ?? []);
    const lines = rulePages(rules)
      .replaceAll(/^(`{3,}).*?^\1$/gms, '')
      .split('\n');
    const headings = lines
      .filter((line) => /^#{1,3} /.test(line))
      .map((line) => line.replace(/^#+ /, '').toLowerCase().replaceAll(' ', '-'));
    expect(headings).toEqual([...new Set(headings)]);
    for (const { name } of rules) {
      expect(lines.filter((line) => line.startsWith(`| [${name}](#${name}) |`))).toHaveLength(1);
      expect(headings).toContain(name);
    }
  });
});
