import { readFileSync } from 'node:fs';
import { parseTokens, splice, tokenize } from '../../grammar/index.ts';
import { rules } from '../../rules/index.ts';
import { parse } from '../ast/create.ts';
import { configure } from '../config/select.ts';
import { lint } from '../lint/linter.ts';
import { decode } from '../source/decode.ts';
import { corpusFiles } from './corpus-files.ts';
import { longFile } from './long-file.ts';

/** What the benchmark measures inside one process; run by `bench.ts` from a bundle, as users run it. */
const ROUNDS = 5;

const milliseconds = (work: () => void): number => {
  const start = performance.now();
  work();
  return performance.now() - start;
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

const row = (name: string, value: string): void => console.log(`${name.padEnd(42)}${value}`);

const documents = [...corpusFiles('dev'), ...(corpusFiles('dev').length ? [] : process.argv.slice(2))].map((path) =>
  decode(path, readFileSync(path)),
);
const megabytes = documents.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0) / 1e6;
const config = configure(rules, { select: [], ignore: [] });

const throughput = (name: string, work: () => void): void => {
  const cold = milliseconds(work);
  const warm = median(Array.from({ length: ROUNDS }, () => milliseconds(work)));
  const rate = `${((megabytes / warm) * 1000).toFixed(1)} MB/s, ${Math.round((documents.length / warm) * 1000)} files/s`;
  row(name, `${rate} warm (${warm.toFixed(0)} ms; first pass ${cold.toFixed(0)} ms)`);
};

const spliced = documents.map(({ text }) => splice(text));

/** One file of a size, of ordinary lines. */
const fileOf = (size: number): string => {
  const line =
    'RUN apt-get update && apt-get install -y --no-install-recommends curl \\\n    && rm -rf /var/lib/apt/lists/*\nENV A="b c" D=$E\nCOPY --chown=app . /app\n';
  return `FROM debian:12\n${line.repeat(Math.ceil(size / line.length))}`;
};

row('files', `${documents.length}, ${megabytes.toFixed(2)} MB, ${config.rules.size} rules`);
throughput('lexing (splice and tokens)', () => {
  for (const { text } of documents) {
    const { text: joined, head } = splice(text);
    tokenize(joined, head.escape);
  }
});
throughput('grammar alone', () => {
  for (const { text, head } of spliced) parseTokens(tokenize(text, head.escape));
});
throughput('parsing (text to tree)', () => {
  for (const { text } of documents) parse(text);
});
throughput('linting (text to findings)', () => {
  for (const document of documents) lint(document, config);
});
for (const size of [0.1, 0.5, 1, 2.5, 5]) {
  const document = decode('big', Buffer.from(fileOf(size * 1e6)));
  const time = milliseconds(() => lint(document, config));
  row(`one file of ${size} MB`, `${time.toFixed(0)} ms, ${(time / size).toFixed(0)} ms per MB`);
}
for (const shape of ['one stage', 'many stages'] as const) {
  const document = decode('long', Buffer.from(longFile(shape)));
  const times = Array.from({ length: 30 }, () => milliseconds(() => lint(document, config)));
  row(`full lint of 3,000 lines, ${shape}`, `${median(times).toFixed(0)} ms warm`);
}
row('peak memory', `${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);
