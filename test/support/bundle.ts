import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** Bundles the command line as it stands, in the place that it has in the package, since a process from its source starts slowly. */
export const bundleCli = async (): Promise<{ readonly file: string; readonly remove: () => void }> => {
  const folder = mkdtempSync(join(tmpdir(), 'iechorlint-cli-'));
  const bundle = await rolldown({ input: { cli: 'src/cli/bin.ts' }, platform: 'node', logLevel: 'silent' });
  await bundle.write({
    dir: join(folder, 'dist'),
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
  });
  await bundle.close();
  copyFileSync('rules.md', join(folder, 'rules.md'));
  return { file: join(folder, 'dist', 'cli.mjs'), remove: () => rmSync(folder, { recursive: true, force: true }) };
};
