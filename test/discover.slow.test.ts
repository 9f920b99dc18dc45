import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { discover } from '../src/cli/discover.ts';
import { folderWith } from './support/cli.ts';

const PATTERNS = [
  ...[
    '*',
    '/*',
    'a',
    '/a',
    'a/',
    '!a',
    '!a/',
    '/a/b',
    'a/b/',
    '**/b',
    'b/**',
    'a/**/c',
    '*.Dockerfile',
    'x.Dockerfile ',
  ],
  ...['!*.Dockerfile', 'Dockerfile*', '!/b/Dockerfile', '/build/*', '!/build/b/', '# c', '\\#x', '[ab]', '[!a]', '?'],
  ...[
    'a*/c',
    '!c',
    '!/a/*',
    '**',
    '!**/',
    '!*/',
    'build/**',
    '\\[q\\]',
    'a\\ b',
    '!Dockerfile',
    '*/*/Dockerfile',
    'c/',
  ],
];

const folder = fc
  .array(fc.constantFrom('a', 'b', 'c', 'build', 'a b', '[q]'), { maxLength: 4 })
  .map((names) => names.join('/'));
const ignoreFile = fc
  .array(fc.constantFrom(...PATTERNS), { minLength: 1, maxLength: 4 })
  .map((lines) => lines.join('\n'));
const tree = fc.record({
  folders: fc.array(folder, { maxLength: 14 }),
  ignores: fc.array(fc.tuple(folder, ignoreFile), { maxLength: 4 }),
});

it('a search leaves out what git leaves out', async () => {
  await fc.assert(
    fc.asyncProperty(tree, async ({ folders, ignores }) => {
      const cwd = folderWith({});
      execFileSync('git', ['init', '-q', cwd]);
      const write = (place: string, name: string, text: string) => {
        mkdirSync(join(cwd, place), { recursive: true });
        writeFileSync(join(cwd, place, name), text);
      };
      for (const place of folders) for (const name of ['Dockerfile', 'x.Dockerfile']) write(place, name, '');
      for (const [place, text] of ignores) write(place, '.gitignore', text);
      const list = ['-C', cwd, 'ls-files', '-o', '-z', '--exclude-standard'];
      const listed = execFileSync('git', list, { encoding: 'utf8' }).split('\0');
      const { targets } = await discover(['.'], cwd, '');
      expect(targets.map(({ path }) => path).toSorted()).toEqual(
        listed.filter((path) => path.endsWith('Dockerfile')).toSorted(),
      );
    }),
    { numRuns: 150, seed: 20 },
  );
});
