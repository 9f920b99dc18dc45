import { CATEGORIES, type Category } from '../lint/index.ts';
import { nearest } from '../source/nearest.ts';
import { ruleNameOf } from './rule-files.ts';

export interface NewRule {
  readonly name: string;
  readonly category: Category;
}

/** A rule that compiles and is not done: its test fails at each thing that is left to say. */
export const ruleSkeleton = ({ name, category }: NewRule): string => `import { defineRule } from '#lint';

export default defineRule({
  name: '${name}',
  codes: [],
  category: '${category}',
  summary: '',
  why: '',
  severity: 'info',
  examples: [{ bad: 'FROM alpine\\nRUN true\\n', good: 'FROM alpine\\nRUN true\\n' }],
  check() {
    return {
      *Run(node) {
        yield { at: node.keyword, message: '' };
      },
    };
  },
});
`;

/**
 * What `NAME [--category CATEGORY]` asks for; a text says why it cannot be done. The flag may lack its name: npm takes
 * that for itself, and leaves the value.
 */
export const readNewRule = (args: readonly string[], paths: readonly string[]): NewRule | string => {
  const words = args.flatMap((arg) => arg.split('='));
  const flag = words.indexOf('--category');
  const rest = flag < 0 ? words : [...words.toSpliced(flag, 2), words[flag + 1] ?? ''];
  const [name, wanted = 'correctness', ...more] = rest;
  if (name === undefined || more.length) return 'Say one name: `npm run new-rule NAME -- --category CATEGORY`.';
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name))
    return `\`${name}\` is no name in kebab case, such as \`relative-workdir\`.`;
  const category = CATEGORIES.find((each) => each === wanted);
  if (!category) return `There is no category \`${wanted}\`.${meant(wanted)} There are ${CATEGORIES.join(', ')}.`;
  const taken = paths.find((path) => ruleNameOf(path) === name);
  return taken ? `rules/${taken} is there already.` : { name, category };
};

const meant = (wanted: string): string => {
  const near = nearest(wanted, CATEGORIES);
  return near ? ` Did you mean \`${near}\`?` : '';
};

export const nextSteps = ({ name, category }: NewRule): string => `wrote rules/${category}/${name}.ts and rules/index.ts

1. Examples first: one that is wrong, one that is right, and the near misses that are right too.
2. Say what it is: summary, why, severity, and the codes that other tools have for it.
3. Write \`check\` until \`npx vitest run test/rules.test.ts -t ${name}\` passes.
4. Can it be mended? Declare \`fix\` with its safety and give the finding edits; an example shows the result.
5. \`npm run generate\`, lint real files with it, and commit it with rules/index.ts and rules.md.
`;
