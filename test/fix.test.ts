import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits, fix } from '../src/lint/fix.ts';
import { type Edit, insertBefore, type Rule, type Safety } from '../src/lint/index.ts';
import { decode } from '../src/source/decode.ts';
import { documentOf } from '../src/source/document.ts';
import { configOf, editing, saying } from './support/editing.ts';
import { RUNS } from './support/edits.ts';

const fixed = (text: string, rules: readonly Rule[], upTo: Exclude<Safety, 'manual'> = 'safe') =>
  fix(documentOf(text), configOf(...rules), upTo);

describe('edits', () => {
  it('are applied where they say, in whatever order they come', () => {
    const edits = [
      { range: { start: 4, end: 5 }, text: 'E' },
      { range: { start: 0, end: 0 }, text: '<' },
      { range: { start: 1, end: 3 }, text: '' },
    ];
    expect(applyEdits('abcde', edits)).toBe('<adE');
    expect(applyEdits('abcde', edits.toReversed())).toBe('<adE');
    expect(applyEdits('abc', [])).toBe('abc');
  });
});

describe('which fixes are applied', () => {
  const rules = [
    saying('s', 'alpha', 'A', 'safe'),
    saying('u', 'beta', 'B', 'unsafe'),
    saying('m', 'gamma', 'C', 'manual'),
  ];
  const text = 'FROM alpha\nRUN beta gamma\n';

  it('safe ones alone, unless unsafe ones are asked for; manual ones never', () => {
    expect(fixed(text, rules, 'safe').text).toBe('FROM A\nRUN beta gamma\n');
    expect(fixed(text, rules, 'unsafe').text).toBe('FROM A\nRUN B gamma\n');
  });

  it('what remains is reported, what was done is told', () => {
    const result = fixed(text, rules, 'unsafe');
    expect(result.applied).toEqual([
      { rule: 's', title: 'Edit alpha' },
      { rule: 'u', title: 'Edit beta' },
    ]);
    expect(result.diagnostics.map(({ rule }) => rule)).toEqual(['m']);
    expect(result.notes).toEqual([]);
  });

  it('none in a document whose bytes are not sound', () => {
    const document = decode('x', Buffer.from([...Buffer.from(text), 0xff]));
    const result = fix(document, configOf(...rules), 'unsafe');
    expect(result.text).toBe(document.text);
    expect(result.applied).toEqual([]);
    expect(result.diagnostics.every((diagnostic) => diagnostic.fix === undefined)).toBe(true);
  });

  it('none in a script that the shell cannot read, but where only lines are laid out', () => {
    const broken = 'FROM alpha\nRUN echo "alpha\nONBUILD RUN (alpha\n';
    expect(fixed(broken, rules).text).toBe(broken.replace('alpha', 'A'));
    const layingOut: Rule = { ...saying('s', 'alpha', 'A'), tags: ['format'] };
    expect(fixed(broken, [layingOut]).text).toBe(broken.replaceAll('alpha', 'A'));
  });

  it('a rule cannot make a fix safer than it declares', () => {
    const rule = saying('r', 'alpha', 'A', 'unsafe');
    const bold: Rule = {
      ...rule,
      check: (context) => {
        const visitor = rule.check(context);
        return {
          *done() {
            for (const problem of visitor.done?.() ?? [])
              yield { ...problem, fix: problem.fix && { ...problem.fix, safety: 'safe' } };
          },
        };
      },
    };
    expect(fixed(text, [bold], 'safe').text).toBe(text);
    expect(fixed(text, [bold], 'unsafe').text).toBe('FROM A\nRUN beta gamma\n');
  });

  it('one that a comment ignores is not', () => {
    expect(fixed(`# iechorlint ignore=s\n${text}`, rules, 'safe').text).toBe(`# iechorlint ignore=s\n${text}`);
  });
});

describe('fixes that touch', () => {
  const at = (start: number, end: number, text: string): Edit => ({ range: { start, end }, text });

  it.each([
    ['overlap', 'abcd', at(5, 8, 'X'), at(7, 9, 'Y')],
    ['replace the same', 'abcd', at(5, 7, 'X'), at(5, 7, 'Y')],
    ['insert at the same place', 'abcd', at(6, 6, 'X'), at(6, 6, 'Y')],
    ['insert where another begins', 'abcd', at(6, 6, 'X'), at(6, 8, 'Y')],
    ['insert where another ends', 'abcd', at(5, 6, 'X'), at(6, 6, 'Y')],
    ['are one within the other', 'abcd', at(5, 9, 'X'), at(6, 7, 'Y')],
  ])('%s: only the first is applied in a round', (_title, word, one, two) => {
    const text = `FROM ${word}\n`;
    // Both look for the text as it was, so that neither is offered again.
    const rules = [editing('a', text, () => [one]), editing('b', text, () => [two])];
    expect(fixed(text, rules)).toMatchObject({ text: applyEdits(text, [one]), applied: [{ rule: 'a' }], notes: [] });
  });

  it('that are neighbours are both applied', () => {
    const text = 'FROM abcd\n';
    const rules = [editing('a', text, () => [at(5, 6, 'X')]), editing('b', text, () => [at(6, 7, 'Y')])];
    expect(fixed(text, rules).text).toBe('FROM XYcd\n');
  });

  it('are whole or not at all', () => {
    const text = 'FROM abcd\nRUN efgh\n';
    const rules = [
      editing('a', text, () => [at(6, 7, 'X')]),
      editing('b', text, () => [at(5, 7, 'Y'), at(14, 15, 'Z')]),
    ];
    expect(fixed(text, rules).text).toBe('FROM aXcd\nRUN efgh\n');
    expect(fixed(text, rules).applied).toEqual([{ rule: 'a', title: `Edit ${text}` }]);
  });

  it('get their turn in the next round when they are still offered', () => {
    const rules = [saying('a', 'ab', 'x'), saying('b', 'bc', 'y')];
    expect(fixed('FROM abc bc\n', rules).text).toBe('FROM xc y\n');
    const chain = [saying('a', 'one', 'two'), saying('b', 'two', 'three')];
    expect(fixed('FROM one\n', chain).text).toBe('FROM three\n');
  });

  it('random ones give what applying them one by one gives', () => {
    const edit = fc.record({
      start: fc.nat(30),
      length: fc.nat(5),
      text: fc.string({ maxLength: 3, unit: fc.constantFrom('x', 'y') }),
    });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 12 }), (given) => {
        const text = `FROM ${'a'.repeat(40)}\n`;
        const edits = given.map(({ start, length, text: inserted }) => at(5 + start, 5 + start + length, inserted));
        const rules = edits.map((each, index) => editing(`r${String(index).padStart(2, '0')}`, text, () => [each]));
        const { text: result, applied } = fixed(text, rules);
        const chosen = edits.filter((_, index) => applied.some(({ rule }) => Number(rule.slice(1)) === index));
        const disjoint = chosen.toSorted((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
        for (const [index, each] of disjoint.entries()) {
          const next = disjoint[index + 1];
          if (next) expect(each.range.end).toBeLessThanOrEqual(next.range.start);
        }
        // From the last to the first, so that no edit moves another.
        let expected = text;
        for (const each of disjoint.toReversed()) {
          expected = expected.slice(0, each.range.start) + each.text + expected.slice(each.range.end);
        }
        expect(result).toBe(expected);
      }),
      RUNS,
    );
  });
});

describe('rounds', () => {
  it('end when a text comes back, and the rules are named', () => {
    const result = fixed('FROM a\n', [saying('there', 'FROM a\n', 'FROM b\n'), saying('back', 'FROM b\n', 'FROM a\n')]);
    expect(result.text).toBe('FROM b\n');
    expect(result.notes).toEqual(['Fixes undo each other and were stopped: back.']);
  });

  it('are ten at most', () => {
    const growing = saying('grow', 'FROM ', 'FROM a');
    const result = fixed('FROM b\n', [growing]);
    expect(result.text).toBe('FROM aaaaaaaaaab\n');
    expect(result.applied).toHaveLength(10);
    expect(result.diagnostics).toHaveLength(1);
  });
});

describe('a fix that helps nothing', () => {
  it('is dropped and named, the others are applied', () => {
    const vain = editing('vain', 'beta', (start) => [insertBefore({ start, end: start }, '-')]);
    const result = fixed('FROM alpha\nUSER beta gamma\n', [
      vain,
      saying('good', 'alpha', 'A'),
      saying('fine', 'gamma', 'C'),
    ]);
    expect(result.text).toBe('FROM A\nUSER beta C\n');
    expect(result.notes).toEqual([
      'The fix of `vain` ("Edit beta") was not applied: what it is to mend was there again after it.',
    ]);
  });
});

describe('a fix that breaks the file', () => {
  it('is dropped and named, the others are applied', () => {
    const rules = [saying('bad', 'EXPOSE', 'EXPOZE'), saying('good', 'alpha', 'A'), saying('fine', 'gamma', 'C')];
    const result = fixed('FROM alpha\nEXPOSE 1\nUSER gamma\n', rules);
    expect(result.text).toBe('FROM A\nEXPOSE 1\nUSER C\n');
    expect(result.notes).toEqual([
      'The fix of `bad` ("Edit EXPOSE") was not applied: the file could not be read after it.',
    ]);
    expect(result.applied.map(({ rule }) => rule)).toEqual(['good', 'fine']);
  });

  it('is found among many, wherever it stands', () => {
    for (let place = 0; place < 9; place++) {
      const lines = Array.from({ length: 9 }, (_, index) => (index === place ? 'EXPOSE 1\n' : `USER u${index}\n`));
      const rules = [saying('bad', 'EXPOSE 1', 'EXPOSE'), saying('good', 'USER u', 'USER v')];
      const result = fixed(`FROM a\n${lines.join('')}`, rules);
      expect(result.text).toBe(`FROM a\n${lines.join('').replaceAll('USER u', 'USER v')}`);
      expect(result.notes).toHaveLength(1);
    }
  });

  it('together with another only: the later of the two is dropped', () => {
    // Each takes a word away, and COPY needs two.
    const clashing = [saying('a', ' one', ''), saying('b', ' two', '')];
    const others = [
      saying('c', 'USER u', 'USER w'),
      saying('d', 'USER v', 'USER x'),
      saying('bad', 'EXPOSE 1', 'EXPOSE'),
    ];
    expect(fixed('FROM a\nCOPY one two three\n', clashing)).toMatchObject({
      text: 'FROM a\nCOPY two three\n',
      notes: ['The fix of `b` ("Edit  two") was not applied: the file could not be read after it.'],
    });
    const result = fixed('FROM a\nCOPY one two three\nUSER u\nEXPOSE 1\nUSER v\n', [...clashing, ...others]);
    expect(result.text).toBe('FROM a\nCOPY two three\nUSER w\nEXPOSE 1\nUSER x\n');
    expect(result.notes).toHaveLength(2);
  });

  it('may leave a file as broken as it was', () => {
    const text = 'FROM alpha\nRUNN x\nUSER beta\n';
    const result = fixed(text, [saying('a', 'alpha', 'A'), saying('b', 'USER', 'USERR')]);
    expect(result.text).toBe('FROM A\nRUNN x\nUSER beta\n');
    expect(result.notes).toHaveLength(1);
  });
});

describe('the text around a fix', () => {
  it.each([
    ['line ends', 'FROM a\r\nUSER alpha\r\n# c\r\n', 'FROM a\r\nUSER A\r\n# c\r\n'],
    ['mixed line ends', 'FROM a\r\nUSER alpha\n\r\r\n', 'FROM a\r\nUSER A\n\r\r\n'],
    ['no final line end', 'FROM a\nUSER alpha', 'FROM a\nUSER A'],
    ['other characters', 'FROM a\nLABEL é="\u{1f433}" b=alpha \n', 'FROM a\nLABEL é="\u{1f433}" b=A \n'],
  ])('stays as it is: %s', (_title, before, after) => {
    expect(fixed(before, [saying('a', 'alpha', 'A')]).text).toBe(after);
  });

  it('has no byte order mark, which the document keeps', () => {
    expect(fixed('\ufeffFROM alpha\n', [saying('a', 'alpha', 'A')]).text).toBe('FROM A\n');
  });
});

describe('very many fixes', () => {
  it('are no burden', { timeout: 60_000 }, () => {
    const result = fixed(`FROM a\n${'USER alpha\n'.repeat(10_000)}`, [saying('a', 'alpha', 'A')]);
    expect(result.applied).toHaveLength(10_000);
  });
});
