import { readFileSync } from 'node:fs';
import { rules } from '../../rules/index.ts';
import { configure, matching } from '../config/select.ts';
import type { Diagnostic } from '../lint/diagnostic.ts';
import { applyEdits } from '../lint/fix.ts';
import { lint } from '../lint/linter.ts';
import { diffOf } from '../report/diff.ts';
import { decode } from '../source/decode.ts';
import type { Document } from '../source/document.ts';
import { lineIndexOf } from '../source/text.ts';
import { corpusFiles } from './corpus-files.ts';

/**
 * Draws findings on the real files by a seed, to be read by a person who counts the wrong ones:
 * `npm run precision -- --seed 1 --count 200`, or `--each 10` of every rule, or `--rule NAME`.
 * `--context 100` shows more lines around each, `--no-diff` leaves out what the fixes would do.
 */
const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};

/** The mulberry32 generator: the same seed draws the same findings. */
const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const draw = <T>(items: readonly T[], count: number, random: () => number): readonly T[] =>
  items
    .map((item) => ({ item, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .slice(0, count)
    .map(({ item }) => item);

interface Finding {
  readonly diagnostic: Diagnostic;
  readonly document: Document;
}

const findingsOf = (selector: string): readonly Finding[] => {
  const config = configure(rules, { select: [selector], ignore: [] });
  const wanted = new Set(matching(rules, selector).map(({ name }) => name));
  return corpusFiles('dev').flatMap((path) => {
    const document = decode(path, readFileSync(path));
    const found = lint(document, config).filter(({ rule }) => wanted.has(rule) || rule === 'internal');
    return found.map((diagnostic) => ({ diagnostic, document }));
  });
};

const drawn = (): readonly Finding[] => {
  const random = randomOf(Number(option('seed') ?? 1));
  const each = Number(option('each') ?? 0);
  const findings = findingsOf(option('rule') ?? (each ? 'all' : 'recommended'));
  if (!each) return draw(findings, Number(option('count') ?? 200), random);
  const names = [...new Set(findings.map(({ diagnostic }) => diagnostic.rule))].toSorted();
  return names.flatMap((name) =>
    draw(
      findings.filter(({ diagnostic }) => diagnostic.rule === name),
      each,
      random,
    ),
  );
};

const sourceLines = (text: string, { range }: Diagnostic, context: number): readonly string[] => {
  const index = lineIndexOf(text);
  const first = index.lineAt(range.start);
  const last = Math.min(index.lineAt(range.end), first + 12);
  const lines: string[] = [];
  for (let line = Math.max(1, first - context); line <= Math.min(last + context, index.starts.length); line++) {
    const { start, end } = index.rangeOf(line);
    const mark = line >= first && line <= last ? '>' : ' ';
    lines.push(`${mark} ${String(line).padStart(4)} ${text.slice(start, Math.min(end, start + 200))}`);
  }
  return lines;
};

const fixLines = (document: Document, { fix }: Diagnostic): readonly string[] => {
  if (!fix || process.argv.includes('--no-diff')) return [];
  const diff = diffOf(document, applyEdits(document.text, fix.edits), { color: false });
  return [`   fix (${fix.safety}): ${fix.title}`, ...diff.trimEnd().split('\n').slice(2)];
};

const context = Number(option('context') ?? 3);
for (const [number, { diagnostic, document }] of drawn().entries()) {
  const { rule, severity, path, range, message, help } = diagnostic;
  const line = lineIndexOf(document.text).lineAt(range.start);
  console.log(`\n#${number + 1} ${rule} [${severity}] ${path}:${line}`);
  console.log(`   ${message}${help ? `\n   help: ${help}` : ''}`);
  for (const each of sourceLines(document.text, diagnostic, context)) console.log(each);
  for (const each of fixLines(document, diagnostic)) console.log(each);
}
