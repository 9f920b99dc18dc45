import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rules } from '../rules/index.ts';
import { parse } from '../src/ast/create.ts';
import { configure } from '../src/config/select.ts';
import { ROOT } from '../src/dev/rule-files.ts';
import { contextOf, readIgnoreFile } from '../src/facts/index.ts';
import type { Diagnostic, LintConfig } from '../src/lint/index.ts';
import { lintFile } from '../src/lint/linter.ts';
import { modelOf } from '../src/model/index.ts';
import { documentOf } from '../src/source/document.ts';
import { lineIndexOf } from '../src/source/text.ts';
import { hasCorpus, sharedFile } from './support/corpus.ts';
import { lookupIn } from './support/rules.ts';

/*
 * The cases that BuildKit tests its checks with, as our preset `buildkit` reports them. What differs is listed with its
 * reason in `test/conformance/deviations.json`, and nothing else may.
 */

interface Warning {
  readonly rule: string;
  readonly line: number;
}

interface Case {
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

const readCases = (): readonly Case[] => JSON.parse(sharedFile('cases/buildkit-lint.json').toString());

const deviations: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(`${ROOT}test/conformance/deviations.json`, 'utf8'),
);

const findingsOf = (given: Case, select: readonly string[]): readonly Diagnostic[] => {
  const inputs = { buildArgs: new Map(Object.entries(given.build_args)) };
  const config: LintConfig = { ...configure(rules, { select, ignore: [] }), inputs };
  const file = parse(given.dockerfile);
  const ignoreFile = given.dockerignore === null ? undefined : readIgnoreFile('.dockerignore', given.dockerignore);
  const context = contextOf(modelOf(file, inputs), ignoreFile, lookupIn(['Dockerfile']));
  return lintFile(documentOf(given.dockerfile, 'Dockerfile'), file, config, { context });
};

const reported = (given: Case): readonly string[] => {
  const lines = lineIndexOf(given.dockerfile);
  const checks = findingsOf(given, ['buildkit']).flatMap(({ codes, range }) =>
    codes.filter((code) => !/\d$/.test(code)).map((code) => `${lines.lineAt(range.start)} ${code}`),
  );
  return [...new Set(checks)].toSorted();
};

const wanted = ({ warnings, lint_all_targets_warnings: all }: Case): readonly string[] =>
  [...new Set((all ?? warnings).map(({ rule, line }) => `${line} ${rule}`))].toSorted();

/** The lines of our errors, where the build is to fail at one. */
const missesError = (given: Case): boolean => {
  if (given.build_error === null && given.build_error_regex === null) return false;
  const lines = lineIndexOf(given.dockerfile);
  const errors = findingsOf(given, []).filter(({ severity }) => severity === 'error');
  return !errors.some(({ range }) => [null, lines.lineAt(range.start)].includes(given.build_error_line));
};

describe.skipIf(!hasCorpus)('the cases of BuildKit', () => {
  const cases = hasCorpus ? readCases().filter(({ needs }) => needs === null) : [];

  it('give what BuildKit reports, but for those that are listed', () => {
    const different = cases.filter(
      (given) => JSON.stringify(reported(given)) !== JSON.stringify(wanted(given)) || missesError(given),
    );
    expect(different.map(({ id }) => id).toSorted()).toEqual(
      cases
        .map(({ id }) => id)
        .filter((id) => id in deviations)
        .toSorted(),
    );
    expect(cases.length).toBeGreaterThan(60);
  });

  it('have reasons that are sentences', () => {
    expect(Object.values(deviations).filter((reason) => !/^[A-Z].*\.$/.test(reason))).toEqual([]);
  });
});
