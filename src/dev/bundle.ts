import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type InputOptions, type OutputOptions, rolldown } from 'rolldown';
import { rules } from '../../rules/index.ts';
import { licencesOf } from './licences.ts';
import {
  chainedMixins,
  importsByLauncher,
  indexedLoops,
  lateSegmenters,
  leanRules,
  withoutCharacterTable,
} from './transforms.ts';

const SHAPE = {
  platform: 'node',
  // Its main file is of a kind that hides what it requires.
  resolve: {
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js', 'lodash-es': join(process.cwd(), 'src/dev/lodash.ts') },
  },
  transform: { define: { 'process.env.NODE_ENV': '"production"' } },
  // What yargs says of `import.meta` concerns a feature that the command line does not use; what others load later, the
  // worker loads at once.
  checks: { emptyImportMeta: false, ineffectiveDynamicImport: false },
  // Of our modules none does anything when it is loaded.
  treeshake: { moduleSideEffects: [{ test: /\.ts(?:\?whole)?$/, sideEffects: false }] },
} as const satisfies InputOptions;

/**
 * Writes `dist/`: the command line as CommonJS with lazy chunks, which starts faster, and the public API as an ES
 * module. Both hold what they need, so the package has no run-time dependencies.
 */
const build = async (input: InputOptions, output: OutputOptions): Promise<readonly string[]> => {
  const bundle = await rolldown({ ...SHAPE, ...input });
  const { output: chunks } = await bundle.write({ dir: 'dist', ...output });
  await bundle.close();
  return chunks.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
};

/** Tells which modules some of the files load at once. */
const modulesAt = async (...paths: readonly string[]): Promise<(...some: readonly string[]) => ReadonlySet<string>> => {
  const bundle = await rolldown({ ...SHAPE, input: [...paths], plugins });
  const { output } = await bundle.generate();
  await bundle.close();
  const chunks = output.flatMap((chunk) => (chunk.type === 'chunk' ? [chunk] : []));
  return (...some) => {
    const loaded = chunks.filter(({ facadeModuleId: id }) =>
      some.some((path) => id?.replaceAll('\\', '/').endsWith(path)),
    );
    for (const { imports } of loaded)
      loaded.push(...chunks.filter((chunk) => imports.includes(chunk.fileName) && !loaded.includes(chunk)));
    return new Set(loaded.flatMap(({ moduleIds }) => moduleIds));
  };
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

/** A digest of all that is run. */
const digestOfBuild = (): string => {
  const digest = createHash('sha256');
  const names = readdirSync('dist', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.cjs'));
  for (const name of names.toSorted()) digest.update(`${name}\0`).update(readFileSync(join('dist', name)));
  return digest.digest('hex').slice(0, 16);
};

/**
 * What is kept of a build and of a lint of one file, as most are; that has options and a configuration, so that what reads
 * those starts faster too. Of many files something is there for nearly every function of the linter, as it is in the
 * examples of all rules.
 */
const writeCodeCache = (): void => {
  const config = 'dist/example.yaml';
  writeFileSync(config, 'rules: { untagged-base: error }\n');
  if (process.platform === 'linux')
    keepCompiled('--build', '--no-lint', '-q', '--store', 'dist/store', 'examples/hello');
  keepCompiled('--config', config, 'src/dev/usual');
  process.env.WITH_THREAD_FLAGS = 'yes';
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

const plugins = [withoutCharacterTable, chainedMixins, lateSegmenters, leanRules, importsByLauncher, indexedLoops];
const COMMANDS = ['src/cli/arguments.ts'];
const BUILDS = ['src/cli/build-options.ts', 'src/cli/build.ts'];
const LINTS = ['src/cli/lint.ts', 'src/cli/build-lint.ts', 'rules/index.ts'];
const modulesOf = await modulesAt('src/cli/main.ts', ...COMMANDS, ...BUILDS, ...LINTS);
const starting = modulesOf('src/cli/main.ts');
const commanding = modulesOf(...COMMANDS);
const building = modulesOf(...BUILDS);
const linting = modulesOf(...LINTS);

/** What every call needs, or lints and builds alike; some lints need what the pattern names. */
const isCore = (id: string): boolean =>
  starting.has(id) || ((commanding.has(id) || building.has(id)) && (linting.has(id) || SHARED.test(id)));
const SHARED = /[/\\](?:changed-lines|signals)\.ts$/;

rmSync('dist', { recursive: true, force: true });
const modules = await build(
  {
    input: { main: 'src/cli/bin.ts', worker: 'src/cli/worker.ts' },
    plugins,
    preserveEntrySignatures: false,
  },
  {
    format: 'cjs',
    minify: true,
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name].cjs',
    // Many small files take longer to open than to run.
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        { name: 'core', test: isCore },
        { name: 'lint', test: (id) => linting.has(id) },
        { name: 'commands', test: (id) => commanding.has(id) },
        { name: 'build', test: (id) => building.has(id) },
      ],
    },
  },
);
const apiModules = await build({ input: { index: 'src/index.ts' } }, { format: 'esm', entryFileNames: '[name].mjs' });
for (const path of readdirSync('dist', { recursive: true, encoding: 'utf8' })) {
  if (path.endsWith('.cjs')) wrapForLauncher(join('dist', path));
}
writeFileSync('dist/cli.js', readFileSync('src/dev/launcher.cjs', 'utf8').replace("'BUILD'", `'${digestOfBuild()}'`));
copyFileSync('src/dev/worker-launcher.cjs', 'dist/worker.js');
copyFileSync('src/dev/kept-code.cjs', 'dist/kept-code.js');
copyFileSync('src/dev/thread-flags.cjs', 'dist/thread-flags.js');
chmodSync('dist/cli.js', 0o755);
writeFileSync('dist/package.json', '{ "type": "commonjs" }\n');
writeFileSync('dist/LICENCES.txt', licencesOf([...modules, ...apiModules]));
writeCodeCache();
