import { describe, expect, it } from 'vitest';
import { main } from '../src/cli/main.ts';
import { loadRules } from '../src/dev/rule-files.ts';
import { defineRule, type Rule } from '../src/lint/index.ts';
import { fakeIo, type World } from './support/cli.ts';

const rule = (parts: Partial<Rule>): Rule =>
  defineRule({
    name: 'odd-thing',
    codes: ['DL9999'],
    category: 'cache',
    summary: 'A thing is odd',
    why: 'It makes every build longer than it has to be, on every machine, each time.',
    severity: 'warning',
    examples: [],
    check: () => ({}),
    ...parts,
  });

const RULES = [
  rule({
    fix: { safety: 'unsafe', note: 'It may break.' },
    examples: [
      { bad: 'FROM a\n\u202eRUN x\n', good: 'FROM b\n' },
      { title: 'Near', good: 'FROM c\n' },
    ],
  }),
  rule({ name: 'another-thing', codes: ['DL9999', 'X1'], category: 'ordering', off: true, severity: 'info' }),
];

const call = async (args: readonly string[], world: World = {}) => {
  const io = fakeIo({ cwd: '/', ...world });
  return { code: await main(args, io, RULES), ...io.written };
};

describe('explain', () => {
  it('says all there is to say of a rule', async () => {
    const { code, stdout, stderr } = await call(['explain', 'odd-thing']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toBe(`odd-thing
A thing is odd.

  Category       cache
  Severity       warning
  Also known as  \`DL9999\`
  Fix            \`--fix --unsafe-fixes\`. It may break.

It makes every build longer than it has to be, on every machine, each time.

Wrong:

    FROM a
    \\u{202e}RUN x

Right:

    FROM b

Right. Near:

    FROM c

To leave it out: \`--ignore odd-thing\`, or \`# iechorlint ignore=odd-thing\` above the instruction.
`);
  });

  it('takes a code in any letter case, and explains every rule that has it', async () => {
    expect((await call(['explain', 'x1'])).stdout).toMatch(/^another-thing\n/);
    expect((await call(['explain', 'dl9999'])).stdout.match(/^(?:odd|another)-thing$/gm)).toEqual([
      'odd-thing',
      'another-thing',
    ]);
  });

  it.each([
    ['od-thing', 'No rule or code is called `od-thing`. Did you mean `odd-thing`?'],
    ['DL9998', 'No rule or code is called `DL9998`. `iechorlint rules` lists them.'],
    ['something else', 'No rule or code is called `something else`. `iechorlint rules` lists them.'],
    ['cache', '`cache` is a category; `iechorlint rules` lists its rules.'],
  ])('refuses %s', async (called, message) => {
    expect(await call(['explain', called])).toEqual({ code: 2, stdout: '', stderr: `iechorlint: ${message}\n` });
  });

  it('wraps to the terminal, and has colours there alone', async () => {
    const { stdout } = await call(['explain', 'odd-thing'], { terminal: 40 });
    expect(stdout).toContain('\u001b[1modd-thing\u001b[22m\n');
    const plain = await call(['explain', 'odd-thing'], { terminal: 40, env: { NO_COLOR: '1' } });
    expect(plain.stdout).not.toContain('\u001b');
    expect(plain.stdout).toContain('It makes every build longer than it has\nto be, on every machine, each time.\n');
    expect(plain.stdout.split('\n').filter((line) => line.length > 40)).toEqual([]);
  });
});

describe('rules', () => {
  it('lists them by category', async () => {
    expect((await call(['rules'])).stdout).toBe(`ordering

  another-thing  info     off          DL9999, X1
    A thing is odd

cache

  odd-thing      warning  on   unsafe  DL9999
    A thing is odd

2 rules, 1 of them off unless selected; safe, unsafe and manual are their fixes. \`iechorlint explain
RULE\` says more.
`);
  });

  it('keeps to a narrow terminal', async () => {
    const { stdout } = await call(['rules'], { terminal: 44, env: { TERM: 'dumb' } });
    expect(stdout).toContain('another-thing  info     off\n    A thing is odd\n    DL9999, X1\n');
    expect(stdout.split('\n').filter((line) => line.length > 44)).toEqual([]);
  });

  it('prints them as JSON', async () => {
    const { stdout } = await call(['rules', '--format', 'json']);
    expect(JSON.parse(stdout)).toEqual({
      schema: 1,
      rules: [
        {
          name: 'another-thing',
          category: 'ordering',
          severity: 'info',
          on: false,
          codes: ['DL9999', 'X1'],
          summary: 'A thing is odd',
        },
        {
          name: 'odd-thing',
          category: 'cache',
          severity: 'warning',
          on: true,
          codes: ['DL9999'],
          summary: 'A thing is odd',
          fix: { safety: 'unsafe', note: 'It may break.' },
        },
      ],
    });
  });

  it('explains every rule there is, each line as wide as the terminal at most but for code and codes', async () => {
    const rules = (await loadRules()).flatMap(({ rule: each }) => each ?? []);
    for (const each of rules) {
      const io = fakeIo({ cwd: '/', terminal: 60, env: { NO_COLOR: '1' } });
      expect(await main(['explain', each.name], io, rules)).toBe(0);
      expect(io.written.stdout.split('\n').filter((line) => line.length > 60 && !/^ {4}|`/.test(line))).toEqual([]);
    }
  });
});
