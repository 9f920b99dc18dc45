import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rules } from '../rules/index.ts';
import { parse } from '../src/ast/create.ts';
import { lintConfigOf } from '../src/config/apply.ts';
import { readHadolint } from '../src/config/hadolint.ts';
import { parseConfig } from '../src/config/read.ts';
import { configure } from '../src/config/select.ts';
import { ROOT } from '../src/dev/rule-files.ts';
import { contextOf, readIgnoreFile } from '../src/facts/index.ts';
import type { Diagnostic, LintConfig } from '../src/lint/index.ts';
import { lint, lintFile } from '../src/lint/linter.ts';
import { modelOf } from '../src/model/index.ts';
import { documentOf } from '../src/source/document.ts';
import { lineIndexOf } from '../src/source/text.ts';
import { hasCorpus, sharedFile } from './support/corpus.ts';
import { lookupIn } from './support/rules.ts';

/*
 * The cases that BuildKit and hadolint test their checks with, as our presets `buildkit` and `hadolint` report them. What
 * differs is listed with its reason in `test/conformance/deviations.json`, and nothing else may.
 */

const deviations: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(`${ROOT}test/conformance/deviations.json`, 'utf8'),
);

const listed = (cases: readonly { readonly id: string }[]): readonly string[] =>
  cases
    .map(({ id }) => id)
    .filter((id) => id in deviations)
    .toSorted();

interface Warning {
  readonly rule: string;
  readonly line: number;
}

interface BuildkitCase {
  readonly id: string;
  readonly dockerfile: string;
  readonly dockerignore: string | null;
  readonly build_args: Readonly<Record<string, string>>;
  readonly warnings: readonly Warning[];
  readonly lint_all_targets_warnings: readonly Warning[] | null;
  readonly build_error: string | null;
  readonly build_error_regex: string | null;
  readonly build_error_line: number | null;
  /** What cannot be had here, such as a registry. */
  readonly needs: string | null;
}

const buildkitCases = (): readonly BuildkitCase[] => JSON.parse(sharedFile('cases/buildkit-lint.json').toString());

const findingsOf = (given: BuildkitCase, select: readonly string[]): readonly Diagnostic[] => {
  const inputs = { buildArgs: new Map(Object.entries(given.build_args)) };
  const config: LintConfig = { ...configure(rules, { select, ignore: [] }), inputs };
  const file = parse(given.dockerfile);
  const ignoreFile = given.dockerignore === null ? undefined : readIgnoreFile('.dockerignore', given.dockerignore);
  const context = contextOf(modelOf(file, inputs), ignoreFile, lookupIn(['Dockerfile']));
  return lintFile(documentOf(given.dockerfile, 'Dockerfile'), file, config, { context });
};

const reported = (given: BuildkitCase): readonly string[] => {
  const lines = lineIndexOf(given.dockerfile);
  const checks = findingsOf(given, ['buildkit']).flatMap(({ codes, range }) =>
    codes.filter((code) => !/\d$/.test(code)).map((code) => `${lines.lineAt(range.start)} ${code}`),
  );
  return [...new Set(checks)].toSorted();
};

const wanted = ({ warnings, lint_all_targets_warnings: all }: BuildkitCase): readonly string[] =>
  [...new Set((all ?? warnings).map(({ rule, line }) => `${line} ${rule}`))].toSorted();

/** The lines of our errors, where the build is to fail at one. */
const missesError = (given: BuildkitCase): boolean => {
  if (given.build_error === null && given.build_error_regex === null) return false;
  const lines = lineIndexOf(given.dockerfile);
  const errors = findingsOf(given, []).filter(({ severity }) => severity === 'error');
  return !errors.some(({ range }) => [null, lines.lineAt(range.start)].includes(given.build_error_line));
};

describe.skipIf(!hasCorpus)('the cases of BuildKit', () => {
  const cases = hasCorpus ? buildkitCases().filter(({ needs }) => needs === null) : [];

  it('give what BuildKit reports, but for those that are listed', () => {
    const different = cases.filter(
      (given) => JSON.stringify(reported(given)) !== JSON.stringify(wanted(given)) || missesError(given),
    );
    expect(different.map(({ id }) => id).toSorted()).toEqual(listed(cases));
    expect(cases.length).toBeGreaterThan(60);
  });
});

interface HadolintCase {
  readonly id: string;
  /** A code, `SC*` for any of ShellCheck's, `*` for any. */
  readonly rule: string;
  readonly dockerfile: string;
  readonly dockerfile_onbuild?: string;
  readonly expect: 'catch' | 'pass';
  readonly count: number | null;
  readonly config: Readonly<Record<string, unknown>> | null;
}

const hadolintCases = (): readonly HadolintCase[] => JSON.parse(sharedFile('cases/hadolint.json').toString());

/** The file's configuration is hadolint's own, in JSON, which is YAML. */
const configFor = async ({ rule, config }: HadolintCase): Promise<LintConfig> => {
  const flags = { select: [rule.includes('*') ? 'hadolint' : rule], ignore: [] };
  if (!config) return configure(rules, flags);
  const file = { shown: '.hadolint.yaml', text: JSON.stringify(config) };
  const { layers } = readHadolint(file, await parseConfig(file), rules);
  return lintConfigOf(rules, layers, { ...flags, inputs: undefined, fixOnly: undefined, inlineIgnores: undefined });
};

const isWanted = (rule: string, { codes }: Diagnostic): boolean =>
  rule === '*' || codes.some((code) => (rule === 'SC*' ? code.startsWith('SC') : code === rule));

const isAsExpected = async (given: HadolintCase): Promise<boolean> => {
  const document = documentOf(given.dockerfile_onbuild ?? given.dockerfile, 'Dockerfile');
  const found = lint(document, await configFor(given)).filter((each) => isWanted(given.rule, each));
  return found.length > 0 === (given.expect === 'catch') && (!given.count || found.length === given.count);
};

describe.skipIf(!hasCorpus)('the cases of hadolint', () => {
  const cases = hasCorpus ? hadolintCases() : [];

  it('give what hadolint reports, but for those that are listed', async () => {
    const different: string[] = [];
    for (const given of cases) if (!(await isAsExpected(given))) different.push(given.id);
    expect(different.toSorted()).toEqual(listed(cases));
    expect(cases.length).toBeGreaterThan(700);
  });
});

describe('the deviations', () => {
  it('have reasons that are sentences', () => {
    expect(Object.values(deviations).filter((reason) => !/^[A-Z].*\.$/.test(reason))).toEqual([]);
  });
});
