import { chmodSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { alsoMade, canBuild, context, put, store } from './support/build-place.ts';
import { runIn } from './support/cli.ts';

const call = (...args: string[]) => runIn(context, args);

const build = async (...more: string[]) => {
  const { code, stderr } = await call('--build', '--no-lint', '--store', store, ...more, '.');
  expect(stderr).toContain('built');
  expect(code).toBe(0);
};

interface Plan {
  readonly target: string;
  readonly stages: readonly {
    readonly stage: string;
    readonly pulls: boolean;
    readonly steps: readonly { line: number; state: string; reason?: { kind: string; text: string } }[];
  }[];
  readonly unneeded: readonly { stage: string }[];
}

const planOf = async (...more: string[]): Promise<Plan> => {
  const { code, stdout, stderr } = await call('plan', '--no-lint', '--format', 'json', '--store', store, ...more, '.');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout);
};

/** Each step as `LINE STATE WHY`. */
const stepsIn = ({ stages }: Plan): readonly string[] =>
  stages.flatMap(({ steps }) =>
    steps.map(({ line, state, reason }) => `${line} ${state}${reason ? ` ${reason.text}` : ''}`),
  );

/** Every name, size and time below a folder. */
const marksOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => {
    const { ino, size, mtimeMs, ctimeMs } = lstatSync(join(folder, name));
    return [name, ino, size, mtimeMs, ctimeMs].join(' ');
  });

const FILE = `FROM scratch AS made
COPY src /s/
FROM scratch AS other
COPY src /other/
FROM scratch
WORKDIR /w
COPY --from=made /s /s
COPY main /
`;

describe.runIf(canBuild)('the plan of a build', () => {
  beforeEach(() => {
    put('iEchorfile', FILE);
    put('src/a', 'one');
    put('main', 'one');
  });

  it('has the stages that the target needs, and names the others', async () => {
    const plan = await planOf();
    expect(plan.stages.map(({ stage }) => stage)).toEqual(['made', 'stage-2']);
    expect(plan.unneeded).toMatchObject([{ stage: 'other' }]);
    expect(plan.target).toBe('stage-2');
    expect((await planOf('--target', 'other')).stages.map(({ stage }) => stage)).toEqual(['other']);
  });

  it('says of each step whether it is cached, and why not, as the build does', async () => {
    expect(stepsIn(await planOf())).toEqual([
      '2 build COPY: not built here before',
      '6 build WORKDIR: not built here before',
      '7 build COPY: not built here before',
      '8 build COPY: not built here before',
    ]);
    await build();
    expect(stepsIn(await planOf())).toEqual(['2 cached', '6 cached', '7 cached', '8 cached']);
    put('src/a', 'two');
    expect(stepsIn(await planOf())).toEqual([
      '2 build COPY src: src/a changed',
      '6 cached',
      '7 depends COPY: known when line 2 is built',
      '8 depends COPY: known when line 7 is built',
    ]);
    put('main', 'two');
    expect(stepsIn(await planOf()).at(-1)).toBe('8 build COPY main: main changed');
  });

  it('knows what was asked for, and what was pruned', async () => {
    await build();
    expect(stepsIn(await planOf('--no-cache'))[0]).toBe('2 build --no-cache');
    expect(stepsIn(await planOf('--no-cache-filter', 'MADE')).slice(0, 2)).toEqual([
      '2 build --no-cache-filter MADE'.toLowerCase(),
      '6 cached',
    ]);
    await call('prune', '--store', store);
    expect(stepsIn(await planOf())[0]).toBe('2 build COPY: its layer is no longer in the cache');
  });

  it('pulls no image, fetches no address, and says that it is to be', async () => {
    put(
      'iEchorfile',
      'FROM 127.0.0.1:1/base AS a\nCOPY main /\nFROM scratch\nCOPY main /\nADD http://u:p@127.0.0.1:1/x /\nCOPY --from=a / /\n',
    );
    await call('--build', '--no-lint', '--store', store, '--target', 'a', '.');
    const plan = await planOf();
    expect(plan.stages.map(({ pulls }) => pulls)).toEqual([true, false]);
    expect(stepsIn(plan)[0]).toBe('2 build COPY: not built here before');
    put('iEchorfile', 'FROM scratch\nCOPY main /\n');
    await build('-t', 'base:1');
    put('iEchorfile', 'FROM base:1\nCOPY src /\n');
    await build();
    expect(stepsIn(await planOf('--pull'))).toEqual(['2 depends COPY: known when the base image base:1 is pulled']);
  });

  it('asks the caches of other machines, and takes nothing from them', async () => {
    await build('--cache-to', `type=local,dest=${store}-shared`);
    alsoMade(`${store}-shared`);
    rmSync(store, { recursive: true });
    const from = ['--cache-from', `type=local,src=${store}-shared`];
    expect(stepsIn(await planOf(...from))).toEqual(['2 cached', '6 cached', '7 cached', '8 cached']);
    put('iEchorfile', FILE.replace('/s /s', '/s /elsewhere'));
    expect(stepsIn(await planOf(...from))[2]).toBe('7 depends COPY: known when layers of another machine are fetched');
    expect(() => lstatSync(store)).toThrow('ENOENT');
  });

  it('takes a detached copy for what it is', async () => {
    put('iEchorfile', 'FROM scratch\nCOPY src /s\nCOPY --link main /\n');
    await build();
    put('src/a', 'two');
    expect(stepsIn(await planOf())).toEqual(['2 build COPY src: src/a changed', '3 cached']);
  });

  it('writes nothing', async () => {
    await planOf();
    expect(() => lstatSync(store)).toThrow('ENOENT');
    await build();
    put('src/a', 'two');
    const before = [...marksOf(store), ...marksOf(context)];
    await planOf();
    await planOf('--build-context', `made=${join(context, 'src')}`);
    expect([...marksOf(store), ...marksOf(context)]).toEqual(before);
  });

  it('takes an archive on standard input without putting it into the store', async () => {
    const file = 'FROM scratch\nCOPY <<EOF /x\nx\nEOF\n';
    const { stdout, code } = await runIn(context, ['--build', '--plan', '--no-lint', '--store', store, '-'], {
      stdin: file,
    });
    expect(code).toBe(0);
    expect(stdout).toContain('COPY <<EOF /x');
    expect(() => lstatSync(store)).toThrow('ENOENT');
  });

  it('stops where the build would stop before it runs anything', async () => {
    put('iEchorfile', 'FROM scratch\nCOPY nothing /\n');
    const { code, stderr } = await call('--build', '--plan', '--no-lint', '--store', store, '.');
    expect(code).toBe(3);
    expect(stderr).toContain('iEchorfile:2: `nothing` is not there');
    expect(stderr).toContain('2 │ COPY nothing /');
    put('iEchorfile', 'FROM nowhere AS\nRUN x\n');
    expect((await call('--build', '--plan', '--store', store, '.')).code).toBe(1);
  });

  it('is printed for people, no wider than the terminal', async () => {
    put('iEchorfile', `FROM scratch\nCOPY main /${'long'.repeat(30)}\n`);
    const args = ['--build', '--plan', '--no-lint', '--store', store, '.'];
    const wide = await runIn(context, args);
    expect(wide.stdout).toContain('iEchorfile: 1 stage, for linux/');
    expect(wide.stdout).toMatch(/^ {2}build {7}2 {2}COPY main \/longlong.*…$/m);
    expect(wide.stdout).toContain('0 steps cached, 1 to build; nothing was run');
    const narrow = await runIn(context, args, { terminal: 50, env: { NO_COLOR: '1' } });
    expect(Math.max(...narrow.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(50);
  });

  it('is that of a folder; files have their own, and no options of a build', async () => {
    const { stdout } = await call('plan', 'iEchorfile', '--target', 'made');
    expect(stdout).toContain('layer       COPY src /s/');
    const { code, stderr } = await call('plan', 'iEchorfile', '--no-cache');
    expect(code).toBe(2);
    expect(stderr).toContain('--no-cache is for the plan of a build, which takes a folder');
    expect((await call('--build', '--format', 'json', '.')).stderr).toContain('--format is how --plan is printed');
  });
});

describe.runIf(canBuild)('--no-cache-filter', () => {
  it('builds a stage again, and refuses one that is not there', async () => {
    put('iEchorfile', 'FROM scratch AS one\nCOPY main /\nFROM scratch AS two\nCOPY main /two\nCOPY --from=one / /\n');
    put('main', 'x');
    chmodSync(join(context, 'main'), 0o644);
    await build();
    const again = await call('--build', '--no-lint', '--store', store, '--no-cache-filter', 'two', '.');
    expect(again.stderr).toMatch(/\[one 1\/1\] cached\n/);
    expect(again.stderr).toMatch(/\[two 1\/2\] done in/);
    const wrong = await call('--build', '--no-lint', '--store', store, '--no-cache-filter', 'tow', '.');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain(
      '--no-cache-filter tow: there is no such stage (did you mean `two`?); there is one, two',
    );
  });
});
