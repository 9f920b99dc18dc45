import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith } from './support/cli.ts';

const BULK = Object.fromEntries(Array.from({ length: 250 }, (_, at) => [`bulk/${at}.Dockerfile`, 'FROM alpine\n']));

/** A package that was built with another Node, an empty cache folder and files to check. */
const foreignPackage = () => {
  const folder = folderWith({ 'a.Dockerfile': 'FROM alpine\nRUN cd /srv\n', ...BULK });
  const caches = join(folder, 'caches');
  cpSync('dist', join(folder, 'dist'), { recursive: true });
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (name.endsWith('.cache')) rmSync(join(folder, name));
  const { CI: _job, NODE_DISABLE_COMPILE_CACHE: _off, ...others } = process.env;
  const node = (script: string, args: readonly string[], more: NodeJS.ProcessEnv) => {
    const env = { ...others, XDG_CACHE_HOME: caches, ...more };
    return spawnSync(process.execPath, [script, ...args], { cwd: folder, env, encoding: 'utf8' });
  };
  const lint = (args: readonly string[] = ['a.Dockerfile'], env: NodeJS.ProcessEnv = {}): string => {
    const { status, stdout, stderr } = node(join(folder, 'dist', 'cli.js'), args, env);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    return stdout;
  };
  const taken = (): string => {
    writeFileSync(join(folder, 'taken.cjs'), TAKEN);
    return node(join(folder, 'taken.cjs'), ['a.Dockerfile'], {}).stderr;
  };
  const keptFiles = (): readonly string[] =>
    existsSync(caches)
      ? readdirSync(caches, { recursive: true, encoding: 'utf8' })
          .filter((name) => statSync(join(caches, name)).isFile())
          .map((name) => join(caches, name))
      : [];
  return { caches, lint, taken, keptFiles };
};

/** Prints of each file whether V8 took what was kept of it. */
const TAKEN = `const { load, scripts } = require('./dist/cli.js');
process.stdout.write = () => true;
process.on('exit', () => {
  for (const [path, { cachedDataRejected }] of scripts)
    console.error(path.replace(/^.*[/\\\\]/, ''), cachedDataRejected === false ? 'taken' : 'compiled');
});
load(require.resolve('./dist/main.cjs'));
`;

const isBuilt = existsSync('dist/cli.js');

describe.skipIf(!isBuilt)('with the Node that the package was built with', { timeout: 60_000 }, () => {
  it('takes what was kept of builds and of lints', () => {
    const folder = folderWith({ Dockerfile: 'FROM scratch\n', 'taken.cjs': TAKEN });
    cpSync('dist', join(folder, 'dist'), { recursive: true });
    const taken = (...args: readonly string[]): string =>
      spawnSync(process.execPath, ['taken.cjs', ...args], { cwd: folder, encoding: 'utf8' }).stderr;
    expect(taken('Dockerfile')).toMatch(/^core\.cjs taken\nlint\.cjs taken$/m);
    expect(taken('--build', '--plan', '--store', 'store')).toMatch(/^build\.cjs taken\n(?:.*\n)*lint\.cjs taken$/m);
  });
});

describe.skipIf(!isBuilt)('with a Node that the package was not built with', { timeout: 60_000 }, () => {
  it('keeps what was compiled, for the next call to take', () => {
    const { lint, taken, keptFiles } = foreignPackage();
    const first = lint();
    expect(first).toContain('untagged-base');
    expect(keptFiles().join()).toMatch(/lint\.cjs/);
    expect(lint()).toBe(first);
    expect(taken()).toMatch(/^core\.cjs taken\n(?:.*\n)*lint\.cjs taken$/m);
    const [one = ''] = keptFiles();
    expect(statSync(one).mode & 0o077).toBe(0);
  });

  it('keeps nothing of a call that runs little, of one with other flags of V8, in a job, or where that is not wanted', () => {
    const { lint, keptFiles } = foreignPackage();
    lint(['bulk']);
    lint(['a.Dockerfile'], { CI: 'true' });
    lint(['a.Dockerfile'], { NODE_DISABLE_COMPILE_CACHE: '1' });
    lint(['a.Dockerfile'], { XDG_CACHE_HOME: 'caches' });
    expect(keptFiles()).toEqual([]);
  });

  it('takes nothing that is damaged, or that others may have written', () => {
    const { lint, taken, keptFiles } = foreignPackage();
    const first = lint();
    for (const path of keptFiles()) writeFileSync(path, Buffer.alloc(statSync(path).size));
    expect(lint()).toBe(first);
    for (const path of keptFiles()) writeFileSync(path, '');
    expect(lint()).toBe(first);
    expect(taken()).toContain('core.cjs taken');
    for (const path of keptFiles()) chmodSync(path, 0o666);
    expect(taken()).toContain('core.cjs compiled');
    expect(lint()).toBe(first);
  });

  it('says nothing where there is no room for it', () => {
    const { caches, lint } = foreignPackage();
    writeFileSync(caches, 'a file');
    expect(lint()).toContain('alpine');
  });
});
