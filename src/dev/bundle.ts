import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { type InputOptions, type OutputOptions, rolldown } from 'rolldown';
import { licencesOf } from './licences.ts';
import { withoutCharacterTable, withoutExamples } from './transforms.ts';

/**
 * Writes `dist/`: the command line as CommonJS with lazy chunks, which starts faster, and the public API as an ES
 * module. Both hold what they need, so the package has no run-time dependencies.
 */
const build = async (input: InputOptions, output: OutputOptions): Promise<readonly string[]> => {
  const bundle = await rolldown({
    platform: 'node',
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    // What yargs says of `import.meta` concerns a feature that the command line does not use.
    checks: { emptyImportMeta: false },
    ...input,
  });
  const { output: chunks } = await bundle.write({ dir: 'dist', ...output });
  await bundle.close();
  return chunks.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
};

const writeCodeCache = (): void => {
  const { status, stderr } = spawnSync(process.execPath, ['src/dev/code-cache.cjs', 'examples'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the code cache could not be written: ${stderr}`);
};

rmSync('dist', { recursive: true, force: true });
const modules = await build(
  { input: { main: 'src/cli/bin.ts' }, plugins: [withoutCharacterTable, withoutExamples] },
  { format: 'cjs', minify: true, entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name].cjs' },
);
const apiModules = await build({ input: { index: 'src/index.ts' } }, { format: 'esm', entryFileNames: '[name].mjs' });
copyFileSync('src/dev/launcher.cjs', 'dist/cli.js');
chmodSync('dist/cli.js', 0o755);
writeFileSync('dist/package.json', '{ "type": "commonjs" }\n');
writeFileSync('dist/LICENCES.txt', licencesOf([...modules, ...apiModules]));
writeCodeCache();
