import { readFileSync } from 'node:fs';
import { rules } from '../../rules/index.ts';
import { configure } from '../config/select.ts';
import type { Diagnostic } from '../lint/diagnostic.ts';
import { lint } from '../lint/linter.ts';
import { decode } from '../source/decode.ts';
import { lineIndexOf } from '../source/text.ts';
import { corpusFiles } from './corpus-files.ts';

/**
 * Draws findings on the real files by a seed, to be read by a person who counts the wrong ones:
 * `npm run precision -- --seed 1 --count 200`, or `--each 10` of every rule, or `--rule NAME`.
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
  readonly text: string;
}

const findings: Finding[] = [];
const selected = option('rule') ?? (option('each') ? 'all' : 'recommended');
const config = configure(rules, { select: [selected], ignore: [] });
for (const path of corpusFiles('dev')) {
  const document = decode(path, readFileSync(path));
  for (const diagnostic of lint(document, config)) findings.push({ diagnostic, text: document.text });
}

const random = randomOf(Number(option('seed') ?? 1));
const each = Number(option('each') ?? 0);
const names = [...new Set(findings.map(({ diagnostic }) => diagnostic.rule))].toSorted();
const of = (rule: string) => findings.filter(({ diagnostic }) => diagnostic.rule === rule);
const drawn = each
  ? names.flatMap((rule) => draw(of(rule), each, random))
  : draw(findings, Number(option('count') ?? 200), random);

for (const [number, { diagnostic, text }] of drawn.entries()) {
  const index = lineIndexOf(text);
  const first = index.lineAt(diagnostic.range.start);
  const last = Math.min(index.lineAt(diagnostic.range.end), first + 12);
  console.log(`\n#${number + 1} ${diagnostic.rule} [${diagnostic.severity}] ${diagnostic.path}:${first}`);
  console.log(`   ${diagnostic.message}${diagnostic.help ? `\n   help: ${diagnostic.help}` : ''}`);
  for (let line = Math.max(1, first - 3); line <= Math.min(last + 3, index.starts.length); line++) {
    const { start, end } = index.rangeOf(line);
    console.log(
      `${line >= first && line <= last ? '>' : ' '} ${String(line).padStart(4)} ${text.slice(start, Math.min(end, start + 200))}`,
    );
  }
}
