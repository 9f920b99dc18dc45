import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canBuild, context, put, store } from './support/build-place.ts';
import { runIn } from './support/cli.ts';

const call = async (...args: string[]) => runIn(context, args);

const build = async (file: string, ...more: string[]) => {
  put('iEchorfile', file);
  const { code, stderr } = await call('--build', '--no-lint', '--store', store, ...more, '.');
  expect(stderr).toContain('built');
  expect(code).toBe(0);
  return stderr;
};

/** What a build says of a step besides that it starts and ends. */
const reasonsIn = (stderr: string): readonly string[] =>
  stderr.split('\n').flatMap((line) => /^\[[^\]]*\] ([A-Z]+[^:]*: .*)$/.exec(line)?.[1] ?? []);

describe.runIf(canBuild)('a step that is built again says why', () => {
  const COPY = 'FROM scratch\nCOPY src /s/\n';
  const changed = async (change: () => void) => {
    put('src/app.ts', 'one');
    put('src/run.sh', 'run');
    expect(reasonsIn(await build(COPY))).toEqual([]);
    change();
    return reasonsIn(await build(COPY));
  };

  it.each<[string, () => void, string]>([
    ['content', () => put('src/app.ts', 'two'), 'COPY src: src/app.ts changed'],
    ['a file that came', () => put('src/a b', ''), 'COPY src: src/a b was added'],
    ['a file that went', () => rmSync(join(context, 'src/run.sh')), 'COPY src: src/run.sh was removed'],
    [
      'a mode',
      () => chmodSync(join(context, 'src/run.sh'), 0o700),
      'COPY src: the mode of src/run.sh changed from 644 to 700',
    ],
    [
      'many files',
      () => {
        for (const name of 'abcdef') put(`src/${name}`, '');
      },
      'COPY src: src/a was added, src/b was added, src/c was added and 3 more',
    ],
  ])('%s', async (_name, change, reason) => {
    put('src/run.sh', 'run');
    chmodSync(join(context, 'src/run.sh'), 0o644);
    expect(await changed(change)).toEqual([reason]);
  });

  it('variables, and not what follows from them', async () => {
    const file = 'FROM scratch\nARG VERSION=1\nWORKDIR /v$VERSION\nCOPY src /s-${VERSION}\n';
    put('src/app.ts', 'one');
    await build(file);
    expect(reasonsIn(await build(file, '--build-arg', 'VERSION=2'))).toEqual([
      'WORKDIR: build argument VERSION changed',
      'COPY: build argument VERSION changed',
    ]);
  });

  it('its own text, a heredoc, and steps above', async () => {
    const file = (text: string, mode: string) =>
      `FROM scratch\nARG text=${text}\nCOPY --chmod=${mode} <<EOF /v\n$text\nEOF\nCOPY src /s/\n`;
    put('src/app.ts', 'one');
    await build(file('1', '644'));
    expect(reasonsIn(await build(file('2', '644')))).toEqual([
      'COPY: what <<EOF holds changed',
      'COPY: line 3 made another layer',
    ]);
    expect(reasonsIn(await build(file('2', '600')))[0]).toBe('COPY: the instruction changed');
  });

  it('a step that moved is the same step, and one that is new is told by its place alone', async () => {
    put('src/app.ts', 'one');
    await build('FROM scratch\nCOPY src /s/\n');
    expect(reasonsIn(await build('FROM scratch\nCOPY src /t/\nCOPY src /s/\n'))).toEqual([
      'COPY: line 2 made another layer',
    ]);
  });

  it('files of another stage', async () => {
    const file = 'FROM scratch AS made\nCOPY src /s/\nFROM scratch\nCOPY --from=made /s /t\n';
    put('src/app.ts', 'one');
    await build(file);
    put('src/app.ts', 'two');
    expect(reasonsIn(await build(file))).toEqual([
      'COPY src: src/app.ts changed',
      'COPY --from=made /s: /s/app.ts changed',
    ]);
  });

  it('an image that it stands on', async () => {
    put('src/app.ts', 'one');
    const base = async (folder: string, ...names: string[]) => {
      put('base', `FROM scratch\nCOPY src /${folder}\n`);
      await build('', '-f', 'base', ...names.flatMap((name) => ['-t', name]));
    };
    await base('one', 'base:1');
    await build('FROM base:1\nCOPY src /s/\n');
    await base('two', 'base:1', 'other:1');
    expect(reasonsIn(await build('FROM base:1\nCOPY src /s/\n'))).toEqual(['COPY: the base image base:1 changed']);
    await base('three', 'other:1');
    expect(reasonsIn(await build('FROM other:1\nCOPY src /s/\n'))).toEqual([
      'COPY: the base image is other:1, and was base:1',
    ]);
  });

  it('a cache that was emptied', async () => {
    put('src/app.ts', 'one');
    await build(COPY);
    await call('prune', '--store', store);
    expect(reasonsIn(await build(COPY))).toEqual(['COPY: its layer is no longer in the cache']);
    put('src/app.ts', 'two');
    expect(reasonsIn(await build(COPY))).toEqual(['COPY src: src/app.ts changed']);
  });

  it('in the history too', async () => {
    put('src/app.ts', 'one');
    await build(COPY);
    put('src/app.ts', 'two');
    await build(COPY, '-t', 'x');
    const { stdout } = await call('history', '--lines', 'x', '--store', store);
    expect(stdout).toMatch(/ new +COPY src: src\/app\.ts changed$/m);
  });
});

describe.runIf(canBuild)('what is kept of a step', () => {
  it('has no values of arguments and no content', async () => {
    put('key', 'a-key-nobody-may-see');
    const file = 'FROM scratch\nARG token\nCOPY key /k-$token\nCOPY <<EOF /t\n$token\nEOF\n';
    await build(file, '--build-arg', 'token=hunter2-and-more');
    const folder = join(store, '1/records');
    const kept = readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'));
    expect(kept.length).toBeGreaterThan(2);
    expect(kept.join()).toContain('build argument token');
    expect(kept.join()).not.toMatch(/hunter2|nobody/);
  });

  it('is not written again where nothing has changed', async () => {
    put('key', 'x');
    const file = 'FROM scratch\nCOPY key /\n';
    await build(file);
    const record = () => readdirSync(join(store, '1/records/files'));
    const [name = ''] = record();
    writeFileSync(
      join(store, '1/records/files', name),
      `${readFileSync(join(store, '1/records/files', name), 'utf8')}\n`,
    );
    await build(file);
    expect(readFileSync(join(store, '1/records/files', name), 'utf8')).toMatch(/\n$/);
  });

  it('may be damaged, and then tells nothing', async () => {
    put('key', 'x');
    const file = 'FROM scratch\nCOPY key /\n';
    const damaged = (folder: string, text: string) => {
      const files = readdirSync(join(store, '1/records', folder), { recursive: true, encoding: 'utf8' })
        .map((name) => join(store, '1/records', folder, name))
        .filter((path) => statSync(path).isFile());
      for (const path of files) writeFileSync(path, text);
      expect(files).not.toEqual([]);
    };
    await build(file);
    for (const text of ['{', 'null', '7', '[]', '{"stage-0":5}', '{"stage-0":[[1,2],"x"]}']) {
      damaged('files', text);
      put('key', `x${text}`);
      expect(reasonsIn(await build(file))).toEqual([]);
    }
    for (const text of ['{', 'null', '{"base":"","below":[],"bases":0,"values":[5],"files":[]}', '{"files":{}}']) {
      damaged('steps', text);
      put('key', `y${text}`);
      expect(reasonsIn(await build(file))).toEqual(['COPY: what it read last is not known any more']);
    }
  });
});
