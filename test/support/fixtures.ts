import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { ROOT } from '../../src/dev/rule-files.ts';
import type { Diagnostic, Rule } from '../../src/lint/index.ts';
import { decode } from '../../src/source/decode.ts';
import type { Document } from '../../src/source/document.ts';
import { lineIndexOf } from '../../src/source/text.ts';

/** A file of `test/rules/<rule>/` and what its sibling `.json` says that the rule finds in it. */
export interface Fixture {
  readonly name: string;
  readonly document: Document;
  readonly expected: Expectation;
}

interface Expectation {
  /** The name under which the file is linted, where the rule looks at it. */
  readonly path?: string;
  readonly findings: readonly ExpectedFinding[];
  /** The text after all fixes of the rule; absent where it offers none. */
  readonly fixed?: string;
}

/** Lines and columns from 1; `end` is the place behind the last character. */
export interface ExpectedFinding {
  readonly start: string;
  readonly end: string;
  readonly message: string;
  /** Compared where it is given. */
  readonly help?: string;
}

const FOLDER = `${ROOT}test/rules`;

export const fixtureFolders = (): readonly string[] => (existsSync(FOLDER) ? readdirSync(FOLDER).toSorted() : []);

export const fixturesOf = ({ name }: Rule): readonly Fixture[] => {
  const folder = `${FOLDER}/${name}`;
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.iEchorfile'));
  return files.toSorted().map((file) => fixtureAt(folder, file.replace(/\.iEchorfile$/, '')));
};

const fixtureAt = (folder: string, name: string): Fixture => {
  const expected: Expectation = JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8'));
  const bytes = readFileSync(`${folder}/${name}.iEchorfile`);
  return { name, expected, document: decode(expected.path ?? `${name}.iEchorfile`, bytes) };
};

export const placed = (
  document: Document,
  { range, message, help }: Diagnostic,
  expected?: ExpectedFinding,
): ExpectedFinding => {
  const lines = lineIndexOf(document.text);
  const at = (offset: number): string => {
    const { line, column } = lines.positionAt(offset);
    return `${line}:${column}`;
  };
  const advice = expected?.help !== undefined && help !== undefined ? { help } : {};
  return { start: at(range.start), end: at(range.end), message, ...advice };
};
