import { rules as allRules } from '../../rules/index.ts';
import { parse } from '../../src/ast/create.ts';
import { contextOf, type Facts, type Lookup, readIgnoreFile, type ShellcheckComment } from '../../src/facts/index.ts';
import type { Diagnostic, Example, LintConfig, Problems, Rule } from '../../src/lint/index.ts';
import { NO_POLICY } from '../../src/lint/index.ts';
import { lint } from '../../src/lint/linter.ts';
import { modelOf } from '../../src/model/index.ts';
import { type Document, documentOf } from '../../src/source/document.ts';

/** How an example is to be read. */
export type Setup = Pick<Example, 'path' | 'as' | 'policy' | 'options' | 'context' | 'beside' | 'shellcheck'>;

/** A run of this rule alone, or beside others that fix nothing. */
export const only = (rule: Rule, { as, policy, options, beside = [] }: Setup = {}): LintConfig => ({
  rules: new Map([
    [rule, { ...(as ? { as } : {}), ...(options ? { options } : {}) }],
    ...beside.map((name) => [withoutFix(ruleCalled(name)), {}] as const),
  ]),
  known: [rule, ...beside.map(ruleCalled)],
  inlineIgnores: true,
  policy: { ...NO_POLICY, ...policy },
});

const ruleCalled = (name: string): Rule => {
  const rule = allRules.find((each) => each.name === name);
  if (!rule) throw new Error(`there is no rule \`${name}\``);
  return rule;
};

const withoutFix = ({ fix: _, ...rule }: Rule): Rule => rule;

/** What the rule says of a text; a rule that throws makes the caller throw. */
export const findingsOf = (rule: Rule, text: string, setup?: Setup): readonly Diagnostic[] =>
  findingsIn(rule, documentOf(text, setup?.path), setup);

export const findingsIn = (rule: Rule, document: Document, setup?: Setup): readonly Diagnostic[] => {
  const findings = lint(document, only(watched(rule), setup), factsOf(document, setup));
  for (const { rule: name, message } of findings) if (name === 'internal') throw new Error(message);
  return setup?.beside ? findings.filter(({ rule: name }) => name === rule.name) : findings;
};

/** What an example knows beyond the file: what its context has, looked for as in a folder, or what ShellCheck says. */
export const factsOf = ({ text }: Document, setup: Setup | undefined): Facts => {
  if (setup?.shellcheck) return { shellcheck: { version: '0', text, comments: commentsIn(text, setup.shellcheck) } };
  if (!setup?.context) return {};
  const { files, ignore } = setup.context;
  const ignoreFile = ignore === undefined ? undefined : readIgnoreFile('.dockerignore', ignore);
  return { context: contextOf(modelOf(parse(text)), ignoreFile, lookupIn(files)) };
};

const commentsIn = (text: string, said: NonNullable<Example['shellcheck']>): readonly ShellcheckComment[] =>
  said.flatMap(({ at, instead, ...comment }) => {
    const range = { start: text.indexOf(at), end: text.indexOf(at) + at.length };
    if (range.start < 0) return [];
    return { ...comment, ...range, edits: instead === undefined ? undefined : [{ range, text: instead }] };
  });

export const lookupIn = (files: readonly string[]): Lookup => ({
  kindOf: (path) => {
    if (files.includes(path)) return 'file';
    return path === '.' || files.some((file) => file.startsWith(`${path}/`)) ? 'folder' : undefined;
  },
  namesIn: (folder) => [
    ...new Set(
      files.filter((file) => file.startsWith(folder)).map((file) => file.slice(folder.length).split('/')[0] ?? ''),
    ),
  ],
});

/** The same rule, failing where it points outside of the text: the engine would move such a range into it. */
const watched = (rule: Rule): Rule => ({
  ...rule,
  check: (context) =>
    new Proxy(rule.check(context), {
      get: (visitor, kind) => {
        const handler: unknown = Reflect.get(visitor, kind);
        if (typeof handler !== 'function') return handler;
        return (...given: readonly unknown[]) =>
          inspected(Reflect.apply(handler, undefined, given), context.document.text.length);
      },
    }),
});

function* inspected(problems: Problems | undefined, length: number): Problems {
  for (const problem of problems ?? []) {
    const places = [problem.at, ...(problem.related ?? [])].map((at) => ('range' in at ? at.range : at));
    for (const { start, end } of places) {
      if (!(0 <= start && start <= end && end <= length)) throw new Error(`${start}–${end} is outside of the text`);
    }
    yield problem;
  }
}
