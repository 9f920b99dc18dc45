import { describe, expect, it } from 'vitest';
import { parse } from '../src/ast/create.ts';
import { loadRules, type RuleFile } from '../src/dev/rule-files.ts';
import { CATEGORIES, type Example, type Exceptions, type Rule } from '../src/lint/index.ts';
import { decode, tooLarge } from '../src/source/decode.ts';
import { fixedBy, fixedByEngine } from './support/fixing.ts';
import { fixtureFolders, fixturesOf, placed } from './support/fixtures.ts';
import { findingsIn, findingsOf } from './support/rules.ts';
import { expectNoNewProblems, expectSafe, expectSound } from './support/soundness.ts';
import { withCrlf, withEarlierStage, withLowerCase, withOnbuild } from './support/variations.ts';

/*
 * What holds of every rule. The cases are the rules' own examples; what an example cannot show stands in
 * `test/rules/<rule>/<case>.iEchorfile`, byte for byte, and beside it in `<case>.json`:
 *
 *   { "findings": [{ "start": "2:5", "end": "2:9", "message": "…" }], "fixed": "the text after all fixes" }
 *
 * Lines and columns count from 1; a finding may have its `help` too. `fixed` is left out where the rule offers no fix;
 * `path` names the file where the rule looks at its name.
 */

/** Codes that two rules have on purpose: the other tool checks with one what are two problems here. */
const SHARED_CODES: Readonly<Record<string, readonly string[]>> = {
  'DS-0002': ['last-user-root', 'missing-user'],
  S6471: ['last-user-root', 'missing-user'],
};

/** Rules whose matter are comments. */
const DELETES_COMMENTS: ReadonlySet<string> = new Set(['unused-suppression']);

const files = await loadRules();
const rules = files.flatMap(({ rule }) => rule ?? []);

describe('the rules together', () => {
  it('have names that differ', () => {
    const names = rules.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  it('have codes that differ, but for those that are shared on purpose', () => {
    const owners = new Map<string, string[]>();
    for (const { name, codes } of rules)
      for (const code of codes) owners.set(code, [...(owners.get(code) ?? []), name]);
    const shared = [...owners].filter(([, names]) => names.length > 1);
    expect(Object.fromEntries(shared)).toEqual(SHARED_CODES);
  });

  it('have codes that are no name or category of ours', () => {
    const ours = new Set<string>([...CATEGORIES, ...rules.map(({ name }) => name), 'all', 'recommended']);
    expect(rules.flatMap(({ codes }) => codes).filter((code) => ours.has(code.toLowerCase()))).toEqual([]);
  });

  it('have fixtures under their own names alone', () => {
    const names = new Set(rules.map(({ name }) => name));
    expect(fixtureFolders().filter((folder) => !names.has(folder))).toEqual([]);
  });
});

for (const file of files) {
  describe(file.name, () => {
    const { rule } = file;
    it('is a rule', () => {
      if (!rule) throw file.error;
    });
    if (!rule) return;
    describeContract(rule, file);
    for (const example of rule.examples) describe(titleOf(example), () => describeExample(rule, example));
    describeExceptions(rule);
    for (const { name, document, expected } of fixturesOf(rule)) {
      it(`fixture ${name}`, () => {
        const findings = findingsIn(rule, document);
        const found = findings.map((finding, index) => placed(document, finding, expected.findings[index]));
        expect(found).toEqual(expected.findings);
        expect(fixedBy(rule, document.text, { path: document.path })).toEqual(expected.fixed);
      });
    }
  });
}

const titleOf = ({ title, bad, good }: Example): string => JSON.stringify(title ?? bad ?? good ?? '').slice(0, 80);

// What a rule says of itself --------------------------------------------------------------------------------------------

function describeContract(rule: Rule, { category, name }: RuleFile): void {
  it('is named after its file and folder', () => {
    expect(rule.name).toBe(name);
    expect(rule.name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    expect(rule.category).toBe(category);
  });

  it('has a summary that is a clause', () => {
    expect(rule.summary).toMatch(/^[^\s\n][^\n]{0,98}[^\s.,;:!?]$/);
  });

  it('says why in one to three sentences', () => {
    expect(rule.why.trim()).toMatch(/[.`)]$/);
    expect(rule.why.match(/[.!?](?=\s|$)/g)?.length ?? 0).toBeGreaterThanOrEqual(1);
    expect(rule.why.match(/[.!?](?=\s|$)/g)?.length ?? 0).toBeLessThanOrEqual(3);
  });

  it('has codes without blanks, each once', () => {
    expect(rule.codes.filter((code) => !/^\S+$/.test(code))).toEqual([]);
    expect(rule.codes).toEqual([...new Set(rule.codes)]);
  });

  // A rule that looks at bytes has nothing that an example, which is text, can show.
  it.skipIf(rule.bytes)('has a bad and a good example', () => {
    expect(rule.examples.some(({ bad }) => bad !== undefined)).toBe(true);
    expect(rule.examples.some(({ good }) => good !== undefined)).toBe(true);
  });

  it('declares a fix exactly when an example shows one', () => {
    const shows = rule.examples.some(
      (example) =>
        example.bad !== undefined && example.good !== undefined && fixedBy(rule, example.bad, example) !== undefined,
    );
    expect(shows).toBe(rule.fix !== undefined);
  });
}

// Examples --------------------------------------------------------------------------------------------------------------

function describeExample(rule: Rule, example: Example): void {
  it('shows something', () => {
    expect(example.bad ?? example.good).toBeDefined();
  });
  if (example.bad !== undefined) describeBad(rule, example, example.bad);
  if (example.good !== undefined) describeGood(rule, example, example.good);
}

function describeGood(rule: Rule, example: Example, good: string): void {
  it('good can be read', () => {
    expect(parse(good).problems).toEqual([]);
  });

  it('good is silent', () => {
    expect(findingsOf(rule, good, example)).toEqual([]);
  });

  if (!rule.exceptions?.crlf) {
    it('good is silent with CRLF', () => {
      expect(findingsOf(rule, withCrlf(good), example)).toEqual([]);
    });
  }

  if (!rule.exceptions?.lowerCase) {
    it('good is silent with lower-case keywords', () => {
      expect(findingsOf(rule, withLowerCase(good), example)).toEqual([]);
    });
  }
}

function describeBad(rule: Rule, example: Example, bad: string): void {
  it('bad is reported, at a place in the file, in words', () => {
    const findings = findingsOf(rule, bad, example);
    expect(findings).not.toEqual([]);
    for (const finding of findings) expectSound(rule, bad, finding);
  });

  it('bad gives the same answer twice', () => {
    expect(findingsOf(rule, bad, example)).toEqual(findingsOf(rule, bad, example));
  });

  for (const key of VARIATIONS.filter((each) => !rule.exceptions?.[each])) {
    it(`bad is reported ${TITLES[key]}`, ({ skip }) => {
      const missed = missedIn(key, rule, example, bad);
      if (missed === undefined) return skip('does not apply to this example');
      expect(missed).toBe(false);
    });
  }

  it('bad is fixed', ({ skip }) => {
    if (fixedBy(rule, bad, example) === undefined) return skip('no fix is offered here');
    expectFixed(rule, example, bad);
  });

  it('the fix keeps CRLF', ({ skip }) => {
    const fixed = rule.exceptions?.crlf ? undefined : fixedBy(rule, withCrlf(bad), example);
    if (fixed === undefined) return skip('no fix is offered here');
    expect(fixed).not.toMatch(/(?<!\r)\n/);
  });
}

// Variations ------------------------------------------------------------------------------------------------------------

const VARIATIONS = ['crlf', 'lowerCase', 'laterStage', 'onbuild'] as const satisfies readonly (keyof Exceptions)[];

const TITLES: Readonly<Record<(typeof VARIATIONS)[number], string>> = {
  crlf: 'with CRLF',
  lowerCase: 'with lower-case keywords',
  laterStage: 'in a later stage that is final',
  onbuild: 'as a trigger of ONBUILD',
};

/** Whether the rule misses something in the variation of the example; undefined where that cannot be made. */
function missedIn(key: keyof Exceptions, rule: Rule, example: Example, bad: string): boolean | undefined {
  const findings = findingsOf(rule, bad, example);
  const count = (text: string) => findingsOf(rule, text, example).length;
  if (key === 'crlf') return count(withCrlf(bad)) !== findings.length;
  if (key === 'lowerCase') return count(withLowerCase(bad)) !== findings.length;
  if (key === 'laterStage') {
    const later = withEarlierStage(bad);
    if (!later) return undefined;
    return (
      findingsOf(rule, later.text, example).filter(({ range }) => range.start >= later.from).length < findings.length
    );
  }
  const onbuild = withOnbuild(bad, findings);
  if (!onbuild) return undefined;
  const { start, end } = onbuild.trigger;
  return !findingsOf(rule, onbuild.text, example).some(({ range }) => start <= range.start && range.end <= end);
}

/** An exception that no example needs is out of date. */
function describeExceptions(rule: Rule): void {
  for (const key of VARIATIONS) {
    const reason = rule.exceptions?.[key];
    if (reason === undefined) continue;
    it(`needs its exception: not ${TITLES[key]}`, () => {
      expect(reason).toMatch(/^\S.*\.$/);
      expect(rule.examples.some((example) => needsException(key, rule, example))).toBe(true);
    });
  }
}

function needsException(key: keyof Exceptions, rule: Rule, example: Example): boolean {
  const { bad, good } = example;
  if (bad !== undefined && missedIn(key, rule, example, bad)) return true;
  if (good === undefined) return false;
  if (key === 'crlf') return findingsOf(rule, withCrlf(good), example).length > 0;
  return key === 'lowerCase' && findingsOf(rule, withLowerCase(good), example).length > 0;
}

// Fixes -----------------------------------------------------------------------------------------------------------------

function expectFixed(rule: Rule, example: Example, bad: string): void {
  const { good } = example;
  const fixed = fixedBy(rule, bad, example) ?? bad;
  if (good !== undefined) expect(fixed).toBe(good);
  expectNoNewProblems(bad, fixed);
  // What has no fix may stay; what has one is gone.
  const unfixable = findingsOf(rule, bad, example).filter(({ fix }) => !fix);
  expect(findingsOf(rule, fixed, example).length).toBeLessThanOrEqual(unfixable.length);
  expect(fixedBy(rule, fixed, example) ?? fixed, 'a second fix changes nothing').toBe(fixed);
  if (!rule.exceptions?.crlf) {
    expect(fixedBy(rule, withCrlf(bad), example), 'line ends are kept').toBe(withCrlf(fixed));
  }
  if (rule.fix?.safety !== 'safe') expect(fixedByEngine(rule, bad, 'safe', example), 'nothing is safe here').toBe(bad);
  else expectSafe(bad, fixedByEngine(rule, bad, 'safe', example), DELETES_COMMENTS.has(rule.name));
}

// Bytes -----------------------------------------------------------------------------------------------------------------

describe('rules of bytes', () => {
  const ruleOf = (name: string): Rule => {
    const rule = rules.find((each) => each.name === name);
    if (!rule) throw new Error(`there is no rule \`${name}\``);
    return rule;
  };
  const bytesOf = (...parts: readonly (string | number)[]): Uint8Array =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));

  it('are encoding and file-too-large', () => {
    expect(rules.filter(({ bytes }) => bytes).map(({ name }) => name)).toEqual(['encoding', 'file-too-large']);
  });

  it.each([
    ['a byte that is no UTF-8', bytesOf('FROM a\nLABEL n=', 0xe9, '\n'), 15],
    ['a NUL', bytesOf('FROM a\nRUN x', 0, '\n'), 12],
    ['UTF-16 with its mark', bytesOf(0xff, 0xfe, 'F', 0, 'R', 0), 0],
    ['UTF-16 without a mark', bytesOf('F', 0, 'R', 0), 1],
    ['a mark of UTF-8 before a bad byte', bytesOf(0xef, 0xbb, 0xbf, 'FROM ', 0xff), 5],
  ])('encoding: %s', (_title, bytes, offset) => {
    const [finding, ...more] = findingsIn(ruleOf('encoding'), decode('iEchorfile', bytes));
    expect(finding?.range).toEqual({ start: offset, end: offset });
    expect(more).toEqual([]);
  });

  it.each([
    ['ASCII', bytesOf('FROM a\n')],
    ['other letters', bytesOf('FROM a\nLABEL n=é\u{1f433}\n')],
    ['a mark of UTF-8', bytesOf(0xef, 0xbb, 0xbf, 'FROM a\n')],
    ['nothing', bytesOf()],
  ])('encoding is silent: %s', (_title, bytes) => {
    expect(findingsIn(ruleOf('encoding'), decode('iEchorfile', bytes))).toEqual([]);
  });

  it('file-too-large, and nothing else of such a file', () => {
    const document = tooLarge('iEchorfile', 6_000_000, 5_000_000);
    expect(findingsIn(ruleOf('file-too-large'), document).map(({ range }) => range)).toEqual([{ start: 0, end: 0 }]);
    expect(findingsIn(ruleOf('encoding'), document)).toEqual([]);
    expect(findingsIn(ruleOf('syntax'), document)).toEqual([]);
    expect(findingsIn(ruleOf('file-too-large'), decode('iEchorfile', bytesOf('FROM a\n')))).toEqual([]);
  });
});
