import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../src/dev/rule-files.ts';
import { nextSteps, readNewRule, ruleSkeleton } from '../src/dev/rule-skeleton.ts';
import type { Rule } from '../src/lint/index.ts';
import { folderWith } from './support/cli.ts';
import { findingsOf } from './support/rules.ts';

const PATHS = ['cache/old-rule.ts'];

describe('what a new rule is asked for with', () => {
  it.each([
    [['some-rule'], 'correctness'],
    [['some-rule', '--category', 'cache'], 'cache'],
    [['--category', 'cache', 'some-rule'], 'cache'],
    [['some-rule', '--category=cache'], 'cache'],
    [['some-rule', 'cache'], 'cache'],
  ])('%j', (args, category) => {
    expect(readNewRule(args, PATHS)).toEqual({ name: 'some-rule', category });
  });

  it.each([
    [[], 'Say one name'],
    [['a', 'cache', 'c'], 'Say one name'],
    [['SomeRule'], '`SomeRule` is no name in kebab case'],
    [['../rule'], '`../rule` is no name in kebab case'],
    [['old-rule'], 'rules/cache/old-rule.ts is there already.'],
    [['old-rule', 'syntax'], 'rules/cache/old-rule.ts is there already.'],
    [['rule', '--category'], 'There is no category ``.'],
    [['rule', 'cach'], 'There is no category `cach`. Did you mean `cache`?'],
  ])('%j is refused', (args, reason) => {
    expect(readNewRule(args, PATHS)).toContain(reason);
  });
});

describe('the skeleton of a rule', () => {
  it('is a rule that its test fails', async () => {
    const source = ruleSkeleton({ name: 'some-rule', category: 'cache' });
    const file = join(folderWith({}), 'some-rule.ts');
    writeFileSync(file, source.replace("'#lint'", JSON.stringify(`${ROOT}src/lint/index.ts`)));
    const { default: rule }: { readonly default: Rule } = await import(file);
    expect(rule).toMatchObject({ name: 'some-rule', category: 'cache', summary: '', why: '' });
    const [example] = rule.examples;
    expect(findingsOf(rule, example?.good ?? '')).not.toEqual([]);
  });

  it('comes with five steps', () => {
    expect(nextSteps({ name: 'some-rule', category: 'cache' }).match(/^\d\. /gm)).toHaveLength(5);
  });
});
