import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { type InputOptions, rolldown } from 'rolldown';

/** Writes `dist/`: the command line as CommonJS with lazy chunks, which starts faster, and the public API as an ES module. */
const SHARED: InputOptions = {
  platform: 'node',
  transform: { define: { 'process.env.NODE_ENV': '"production"' } },
  // What yargs says of `import.meta` concerns a feature that the command line does not use.
  checks: { emptyImportMeta: false },
};

const bundleCli = async (): Promise<void> => {
  const bundle = await rolldown({ ...SHARED, input: { main: 'src/cli/bin.ts' } });
  await bundle.write({
    dir: 'dist',
    format: 'cjs',
    minify: true,
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name].cjs',
  });
  await bundle.close();
  copyFileSync('src/dev/launcher.cjs', 'dist/cli.js');
  chmodSync('dist/cli.js', 0o755);
  writeFileSync('dist/package.json', '{ "type": "commonjs" }\n');
};

const bundleApi = async (): Promise<void> => {
  const bundle = await rolldown({ ...SHARED, input: { index: 'src/index.ts' }, external: /^[^./#]/ });
  await bundle.write({ dir: 'dist', format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: 'chunks/[name].mjs' });
  await bundle.close();
};

const writeCodeCache = (): void => {
  const { status, stderr } = spawnSync(process.execPath, ['src/dev/code-cache.cjs', 'examples'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the code cache could not be written: ${stderr}`);
};

rmSync('dist', { recursive: true, force: true });
await bundleCli();
await bundleApi();
writeCodeCache();
