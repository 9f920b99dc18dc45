import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { reportEditor } from './bench-editor.ts';

/** Start-up beside an empty program, and what `measure.ts` measures, from a bundle as users run it. */
const RUNS = 21;

const wallTime = (args: readonly string[]): number => {
  const start = performance.now();
  spawnSync(process.execPath, args, { stdio: 'ignore' });
  return performance.now() - start;
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

// In turn, so that a machine whose speed drifts slows both.
const pairs = Array.from({ length: RUNS }, () => ({
  empty: wallTime(['-e', '0']),
  tool: wallTime(['dist/cli.js', 'examples/flask-hello/iEchorfile']),
}));
const empty = median(pairs.map((pair) => pair.empty));
const tool = median(pairs.map((pair) => pair.tool));
const ratio = median(pairs.map((pair) => pair.tool / pair.empty));
console.log(
  `${'start-up'.padEnd(42)}${tool.toFixed(1)} ms, node -e 0 ${empty.toFixed(1)} ms, ratio ${ratio.toFixed(2)} (medians of ${RUNS})`,
);

await reportEditor();

const folder = mkdtempSync(join(tmpdir(), 'iechorlint-bench-'));
try {
  const bundle = await rolldown({ input: 'src/dev/measure.ts', platform: 'node' });
  await bundle.write({ file: join(folder, 'measure.mjs'), format: 'esm' });
  await bundle.close();
  const { status } = spawnSync(process.execPath, [join(folder, 'measure.mjs'), 'examples/flask-hello/iEchorfile'], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
