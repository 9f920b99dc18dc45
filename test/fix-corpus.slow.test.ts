import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { rules } from '../rules/index.ts';
import type { InstructionKind } from '../src/ast/nodes.ts';
import { configure } from '../src/config/select.ts';
import { corpusFiles } from '../src/dev/corpus-files.ts';
import { type FixResult, fix } from '../src/lint/fix.ts';
import { type Diagnostic, SAFETY_ORDER, type Safety } from '../src/lint/index.ts';
import { lint } from '../src/lint/linter.ts';
import { decode } from '../src/source/decode.ts';
import { changedKinds, configsOf, kindsShownBy, lineEndsIn, unmeantWords } from './support/fix-effects.ts';
import { commentsIn } from './support/soundness.ts';

/*
 * Every fix of every rule in real files. A part of them is tried, every file with `CORPUS=all`.
 */

const ALL = process.env.CORPUS === 'all';
const STEP = ALL ? 1 : 4;

const paths = [...corpusFiles('dev'), ...corpusFiles('rare')].filter((_, index) => index % STEP === 0);
if (paths.length === 0) console.warn('SKIPPED: fixes in real files, there is no ../shared/corpus');

/** Rules whose matter are comments, or that give a comment a line of its own. */
const MOVES_COMMENTS: ReadonlySet<string> = new Set([
  'comment-in-arguments',
  'commented-out-continuation',
  'late-directive',
  'malformed-json-array',
  'syntax-directive-missing',
  'unused-suppression',
]);

/** Rules that put a line into a text that had only one, take away empty ones, or end the last. */
const CHANGES_LINES: ReadonlySet<string> = new Set([
  'empty-continuation',
  'missing-final-newline',
  'repeated-empty-lines',
  'syntax-directive-missing',
]);

/** Rules that say a command in other words, as their examples show. */
const REWORDS_COMMANDS: ReadonlySet<string> = new Set([
  'backtick-substitution',
  'malformed-json-array',
  'shell-form-command',
]);

interface Outcome {
  readonly before: string;
  readonly found: readonly Diagnostic[];
  readonly result: FixResult;
  readonly upTo: Exclude<Safety, 'manual'>;
  /** The rules whose fixes were applied. */
  readonly by: ReadonlySet<string>;
}

const config = configure(rules, { select: ['all'], ignore: [] });
const shown = new Map(rules.map((rule) => [rule.name, kindsShownBy(rule)]));

/** What is wrong with the result, as words; nothing where all is well. */
const flawsOf = (outcome: Outcome): readonly string[] =>
  [...flawsOfResult(outcome), ...flawsOfText(outcome), ...flawsOfMeaning(outcome)].map(String);

function* flawsOfResult({ found, result, upTo }: Outcome): Iterable<string> {
  yield* result.notes;
  const known = new Set(found.map(({ message }) => message));
  for (const { rule, message } of result.diagnostics)
    if ((rule === 'syntax' || rule === 'shell-syntax') && !known.has(message)) yield `new: ${message}`;
  const left = result.diagnostics.filter(({ fix: offered }) => offered && isAllowed(offered.safety, upTo));
  for (const { rule, message } of left) yield `a second run would fix ${rule}: ${message}`;
}

const isAllowed = (safety: Safety, upTo: Safety): boolean => SAFETY_ORDER.indexOf(safety) <= SAFETY_ORDER.indexOf(upTo);

function* flawsOfText({ before, result: { text }, by }: Outcome): Iterable<string> {
  const isAbout = (names: ReadonlySet<string>) => [...by].some((name) => names.has(name));
  if (!isDeepStrictEqual(commentsIn(text), commentsIn(before)) && !isAbout(MOVES_COMMENTS)) yield 'other comments';
  if (!isDeepStrictEqual(lineEndsIn(text), lineEndsIn(before)) && !isAbout(CHANGES_LINES)) yield 'other line ends';
}

/** Which instruction an unknown word was to be nobody can say beforehand. */
function* flawsOfMeaning({ before, result: { text }, upTo, by }: Outcome): Iterable<string> {
  const meant = new Set([...by].flatMap((name): readonly InstructionKind[] => [...(shown.get(name) ?? [])]));
  for (const kind of by.has('syntax') ? [] : changedKinds(before, text))
    if (!meant.has(kind)) yield `no example shows that ${kind} changes`;
  const isSame = ![...by].some((name) => REWORDS_COMMANDS.has(name));
  const [old, now] = [configsOf(before, isSame), configsOf(text, isSame)];
  if (upTo === 'safe') {
    yield* unmeantWords(before, text, by);
    if (!old.some(isRefusal) && !isDeepStrictEqual(now, old)) yield 'another configuration';
  } else if (now.some(isRefusal) && !old.some(isRefusal)) yield `refused: ${JSON.stringify(now.find(isRefusal))}`;
}

const isRefusal = (plan: unknown): boolean => typeof plan === 'object' && plan !== null && 'refusal' in plan;

describe.skipIf(paths.length === 0)('fixes in real files', { timeout: 1_800_000 }, () => {
  it.each(['safe', 'unsafe'] as const)('%s ones change what they mean to change, once', (upTo) => {
    const flaws: string[] = [];
    let fixes = 0;
    for (const path of paths) {
      const document = decode(path, readFileSync(path));
      const result = fix(document, config, upTo);
      fixes += result.applied.length;
      if (result.text === document.text && result.notes.length === 0) continue;
      const by = new Set(result.applied.map(({ rule }) => rule));
      const outcome = { before: document.text, found: lint(document, config), result, upTo, by };
      flaws.push(...flawsOf(outcome).map((flaw) => `${path}: ${flaw} (${[...by].join(', ')})`));
    }
    expect(flaws).toEqual([]);
    expect(fixes).toBeGreaterThan(paths.length);
  });
});
