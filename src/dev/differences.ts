import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { rules } from '../../rules/index.ts';
import { configure } from '../config/select.ts';
import { type Compat, isCodeOf } from '../lint/index.ts';
import { lint } from '../lint/linter.ts';
import { decode } from '../source/decode.ts';
import { lineIndexOf } from '../source/text.ts';
import { CORPUS } from './corpus-files.ts';

/**
 * Compares what we report as another tool with what it reported itself on the real files, by file, line and code:
 * `npm run differences -- buildkit`, and `-- buildkit UndefinedVar` for examples of each class, `--count 40` for more.
 * Not reached: ours alone, in a file at which the tool gave up.
 */
const ORACLE = join('..', 'shared', 'oracle');

const FILES = { hadolint: 'hadolint.jsonl.gz', buildkit: 'buildkit-checks.jsonl.gz' } as const;

const CLASSES = ['both', 'only us', 'only them', 'not reached'] as const;
type Class = (typeof CLASSES)[number];

/** What the tool reported of one file: `line code`. */
interface Row {
  readonly file: string;
  readonly found: ReadonlySet<string>;
  readonly gaveUp: boolean;
}

interface RawRow {
  readonly file: string;
  readonly error?: string | null;
  readonly findings?: readonly { readonly code: string; readonly line: number }[];
  readonly warnings?: readonly { readonly rule: string; readonly line: number }[];
}

const rowsOf = (tool: Compat): readonly Row[] => {
  const path = join(ORACLE, FILES[tool]);
  if (!existsSync(path)) return [];
  const lines = gunzipSync(readFileSync(path)).toString().split('\n').filter(Boolean);
  return lines.map((line) => {
    const { file, error, findings = [], warnings = [] }: RawRow = JSON.parse(line);
    const found = [
      ...findings.map(({ code, line }) => `${line} ${code}`),
      ...warnings.map(({ rule, line }) => `${line} ${rule}`),
    ];
    return { file, found: new Set(found), gaveUp: Boolean(error) };
  });
};

interface Difference {
  readonly file: string;
  readonly line: number;
  readonly class: Class;
}

/** Everything that both or one reported, by code. */
const differencesOf = (tool: Compat): ReadonlyMap<string, readonly Difference[]> => {
  const byCode = new Map<string, Difference[]>();
  const config = configure(rules, { select: [tool], ignore: [] });
  for (const { file, found, gaveUp } of rowsOf(tool)) {
    const path = join(CORPUS, file);
    const document = decode(path, readFileSync(path));
    const lines = lineIndexOf(document.text);
    const ours = new Set<string>();
    for (const { codes, range } of lint(document, config))
      for (const code of codes) if (isCodeOf(tool, code)) ours.add(`${lines.lineAt(range.start)} ${code}`);
    for (const key of new Set([...ours, ...found])) {
      const [line = '', code = ''] = key.split(' ');
      const difference = { file, line: Number(line), class: classOf(ours.has(key), found.has(key), gaveUp) };
      byCode.set(code, [...(byCode.get(code) ?? []), difference]);
    }
  }
  return byCode;
};

const classOf = (isOurs: boolean, isTheirs: boolean, gaveUp: boolean): Class => {
  if (!isOurs) return 'only them';
  if (isTheirs) return 'both';
  return gaveUp ? 'not reached' : 'only us';
};

const printTable = (byCode: ReadonlyMap<string, readonly Difference[]>): void => {
  console.log(['code'.padEnd(34), ...CLASSES.map((name) => name.padStart(11))].join(''));
  for (const [code, differences] of [...byCode].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const counts = CLASSES.map((name) => differences.filter((each) => each.class === name).length);
    console.log([code.padEnd(34), ...counts.map((count) => String(count).padStart(11))].join(''));
  }
};

const printExamples = (differences: readonly Difference[], count: number): void => {
  for (const name of CLASSES.slice(1)) {
    const those = differences.filter((each) => each.class === name);
    console.log(`\n${name}: ${those.length}`);
    const step = Math.max(1, Math.floor(those.length / count));
    for (const [index, { file, line }] of those.entries()) {
      if (index % step !== 0 || index / step >= count) continue;
      console.log(`${file}:${line}: ${textOf(file, line)}`);
    }
  }
};

const textOf = (file: string, line: number): string => {
  const { text } = decode(file, readFileSync(join(CORPUS, file)));
  return (text.split('\n')[line - 1] ?? '').trimEnd().slice(0, 160);
};

const words = process.argv.slice(2);
const count = Number(words.splice(words.indexOf('--count') >>> 0, 2)[1] ?? 10);
const tool = words[0] === 'hadolint' ? 'hadolint' : 'buildkit';
const byCode = differencesOf(tool);
const [, code] = words;
if (byCode.size === 0) console.log('skipped: there is no corpus beside the checkout');
else if (code === undefined) printTable(byCode);
else printExamples(byCode.get(code) ?? [], count);
