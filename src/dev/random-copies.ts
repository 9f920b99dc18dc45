/**
 * `npx tsx src/dev/random-copies.ts FOLDER SEED COUNT`: writes cases of random contexts and copies to FOLDER/test/build,
 * to be compared there by `compare-build.ts`.
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { randomOf } from './random.ts';

const NAMES = ['a', 'b', 'c', 'x.txt', 'y.txt', 'd', 'e'] as const;
const LINKS = ['a', '../a', '/b', '/d/e', '../../c', 'x.txt', 'd', '/', '.', '..', 'nowhere', 'e/', '/a/b'] as const;
const WILD = ['*', '*.txt', '?', '[ab]', 'd/*', '*/a', '*/*', 'a*', '[^a]*'] as const;
const IGNORED = ['*.txt', '!x.txt', 'a', 'd/*', '!d/a', '**/b', '!**/b', '/c', 'e', '!e/a', '*', '!a'] as const;

type Random = ReturnType<typeof randomOf>;

const writeTree = (random: Random, root: string, folder: string, paths: string[]): void => {
  for (const name of NAMES) {
    if (random.next() < 0.6) continue;
    const path = join(folder, name);
    paths.push(path);
    const kind = random.next();
    if (kind < 0.45) writeFileSync(join(root, path), path);
    else if (kind < 0.75 && path.split('/').length < 4) {
      mkdirSync(join(root, path));
      writeTree(random, root, path, paths);
    } else symlinkSync(random.of(LINKS), join(root, path));
  }
};

const sourceOf = (random: Random, paths: readonly string[]): string => {
  const kind = random.next();
  const plain = paths.length > 0 ? random.of(paths) : 'a';
  const path = kind < 0.5 ? plain : kind < 0.6 ? '.' : kind < 0.8 ? random.of(WILD) : `${plain}/${random.of(NAMES)}`;
  return `${random.of(['', '', '', '/', './'])}${path}${random.of(['', '', '', '', '/', '/.'])}`;
};

const destinationOf = (random: Random, paths: readonly string[]): string => {
  const deep = `${random.of(NAMES)}/${random.of(NAMES)}`;
  const path = random.of([deep, random.of(NAMES), ...paths.slice(0, 3), '.', '..', 'w/../a']);
  return `${random.of(['', '/', '/'])}${path}${random.of(['', '', '/'])}`;
};

const instructionOf = (random: Random, paths: readonly string[], isSecond: boolean): string => {
  const kind = random.next();
  if (kind < 0.15) return `WORKDIR ${destinationOf(random, paths)}`;
  if (kind < 0.2) return `USER ${random.of(['0', '5', '5:6'])}`;
  const flags = [
    random.next() < 0.2 ? ` --chown=${random.of(['1', '2:3', ':4', '0'])}` : '',
    random.next() < 0.2 ? ` --chmod=${random.of(['644', '750', '777'])}` : '',
    isSecond && random.next() < 0.5 ? ' --from=one' : '',
  ].join('');
  const sources = [sourceOf(random, paths), ...(random.next() < 0.3 ? [sourceOf(random, paths)] : [])];
  const destination = destinationOf(random, paths);
  const end = sources.length > 1 && !destination.endsWith('/') ? '/' : '';
  return `COPY${flags} ${sources.join(' ')} ${destination}${end}`;
};

const writeCase = (folder: string, random: Random): void => {
  const context = join(folder, 'context');
  mkdirSync(context, { recursive: true });
  const paths: string[] = [];
  writeTree(random, context, '', paths);
  const patterns = Array.from({ length: random.upTo(4) }, () => `${random.of(IGNORED)}\n`);
  if (random.next() < 0.3) writeFileSync(join(context, '.dockerignore'), patterns.join(''));
  const lines = ['FROM scratch AS one'];
  for (let count = random.upTo(3); count > 0; count--) lines.push(instructionOf(random, paths, false));
  if (random.next() < 0.5) {
    lines.push(`FROM ${random.of(['scratch', 'one'])}`);
    for (let count = random.upTo(4); count > 0; count--) lines.push(instructionOf(random, paths, true));
  }
  mkdirSync(dirname(join(folder, 'iEchorfile')), { recursive: true });
  writeFileSync(join(folder, 'iEchorfile'), `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'expect.json'), '{ "about": "at random" }\n');
};

const [folder = '.', seed = '1', count = '20'] = process.argv.slice(2);
const random = randomOf(Number(seed));
for (let number = 0; number < Number(count); number++)
  writeCase(join(folder, 'test/build', `${seed}-${number}`), random);
