import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type InputOptions, type OutputOptions, rolldown } from 'rolldown';
import { rules } from '../../rules/index.ts';
import { THREAD_FLAGS } from '../cli/thread-flags.ts';
import { licencesOf } from './licences.ts';
import { importsByLauncher, lateSegmenters, leanRules, withoutCharacterTable } from './transforms.ts';

/**
 * Writes `dist/`: the command line as CommonJS with lazy chunks, which starts faster, and the public API as an ES
 * module. Both hold what they need, so the package has no run-time dependencies.
 */
const build = async (input: InputOptions, output: OutputOptions): Promise<readonly string[]> => {
  const bundle = await rolldown({
    platform: 'node',
    // Its main file is of a kind that hides what it requires.
    resolve: { alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' } },
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    // What yargs says of `import.meta` concerns a feature that the command line does not use.
    checks: { emptyImportMeta: false },
    ...input,
  });
  const { output: chunks } = await bundle.write({ dir: 'dist', ...output });
  await bundle.close();
  return chunks.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
};

/** Wraps a file as the launcher wants it; with ASCII alone V8 holds half as much and reads it faster. */
const wrapForLauncher = (path: string): void => {
  const code = readFileSync(path, 'utf8').replace(/[^\0-\x7f]/g, escapedUnits);
  writeFileSync(path, `(function (exports, require, module, __filename, __dirname) {${code}\n})`);
};

const escapedUnits = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');

const digestOfCore = (): string =>
  createHash('sha256')
    .update(readFileSync('dist/chunks/core.cjs'))
    .update(readFileSync('dist/chunks/lint-rules.cjs'))
    .digest('hex')
    .slice(0, 16);

/**
 * The last call to use a file decides what is kept of it: a lint is what most calls are. It has options and a
 * configuration, so that what reads those starts faster too. Of many files something is there for nearly every function
 * of the linter, as it is in the examples of all rules.
 */
const writeCodeCache = (): void => {
  const config = 'dist/example.yaml';
  writeFileSync(config, 'rules: { untagged-base: error }\n');
  if (process.platform === 'linux')
    keepCompiled('--build', '--no-lint', '-q', '--store', 'dist/store', 'examples/hello');
  keepCompiled('--config', config, 'examples');
  process.env.THREAD_FLAGS = THREAD_FLAGS.join(' ');
  writeRuleExamples('dist/examples');
  keepCompiled('--config', config, '--output-file', 'dist/examples/report', 'dist/examples');
  rmSync('dist/examples', { recursive: true });
  rmSync(config);
  rmSync('dist/store', { recursive: true, force: true });
};

const writeRuleExamples = (folder: string): void => {
  mkdirSync(folder);
  const texts = rules.flatMap(({ examples }) => examples.flatMap(({ bad, good }) => [bad ?? [], good ?? []].flat()));
  for (const [index, text] of texts.entries()) writeFileSync(join(folder, `Dockerfile.${index}`), text);
};

const keepCompiled = (...args: readonly string[]): void => {
  const { status, stderr } = spawnSync(process.execPath, ['src/dev/code-cache.cjs', ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the code cache could not be written: ${stderr}`);
};

const CORE =
  /\/(?:grammar|src\/(?:ast|lint(?!\/document\.ts)|model(?!\/outline\.ts)|shell|source))\/[^?]*$|\/node_modules\/(?:chevrotain|@chevrotain\/[^/]+|lodash-es|unbash)\/|\/src\/config\/(?:discover|error|select)\.ts$|\/src\/report\/(?:cells|edits|escape|frame|index|mask-secrets|paint|pretty|preview|prose|statistics|summary|view)\.ts$|\/src\/cli\/(?:check|colors|command-names|discover|io|lint|lint-options|main|paths|print|read|reports|run|say|settings|system-error|version)\.ts$/;

/** What builds use and some lints too, which have no use for all that builds need. */
const SHARED = ['signals', 'changed-lines'];

/** Only what lints needs them. */
const isRule = (id: string): boolean => /\/rules\/[^?]*$/.test(id.replaceAll('\\', '/'));

const isCore = (id: string): boolean => CORE.test(id.replaceAll('\\', '/'));

rmSync('dist', { recursive: true, force: true });
const modules = await build(
  {
    input: { main: 'src/cli/bin.ts', worker: 'src/cli/worker.ts' },
    plugins: [withoutCharacterTable, lateSegmenters, leanRules, importsByLauncher],
  },
  {
    format: 'cjs',
    minify: true,
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name].cjs',
    // What every lint needs is one file, and what every build does: many small ones take longer to open than to run.
    codeSplitting: {
      groups: [
        { name: 'core', test: isCore },
        { name: 'lint-rules', test: isRule },
        { name: 'commands', test: /\/src\/cli\/arguments\.ts$/ },
        ...SHARED.map((name) => ({ name, test: new RegExp(`/src/cli/${name}\\.ts$`) })),
        { name: 'build', test: /\/src\/cli\/build\.ts$/ },
      ],
    },
  },
);
const apiModules = await build({ input: { index: 'src/index.ts' } }, { format: 'esm', entryFileNames: '[name].mjs' });
for (const path of readdirSync('dist', { recursive: true, encoding: 'utf8' })) {
  if (path.endsWith('.cjs')) wrapForLauncher(join('dist', path));
}
writeFileSync('dist/cli.js', readFileSync('src/dev/launcher.cjs', 'utf8').replace("'BUILD'", `'${digestOfCore()}'`));
copyFileSync('src/dev/worker-launcher.cjs', 'dist/worker.js');
chmodSync('dist/cli.js', 0o755);
writeFileSync('dist/package.json', '{ "type": "commonjs" }\n');
writeFileSync('dist/LICENCES.txt', licencesOf([...modules, ...apiModules]));
writeCodeCache();
