import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundleCli } from './support/bundle.ts';
import { folderWith } from './support/cli.ts';

const BUSYBOX = '/usr/bin/busybox';
const isReady = process.platform === 'linux' && process.geteuid?.() === 0 && existsSync(BUSYBOX);
if (!isReady) console.warn(`secrets of steps are left out: they need Linux, root and ${BUSYBOX}`);
const RUNNERS = ['unshare', 'crun', 'runc'].filter(
  (name) => name === 'unshare' || spawnSync(name, ['--version']).error === undefined,
);

let cli = '';
let remove = () => {};
beforeAll(async () => {
  if (isReady) ({ file: cli, remove } = await bundleCli());
}, 60_000);
afterAll(() => remove());

const FILE = `FROM scratch
COPY rootfs/ /
RUN --mount=type=secret,id=word,target=/word --mount=type=secret,id=word,env=WORD wc -c < /word; echo \${#WORD}; ls /proc/self/fd; touch /done; sleep 2
`;

let context = '';
let store = '';
beforeEach(() => {
  if (!isReady) return;
  context = folderWith({ Dockerfile: FILE, 'rootfs/etc/passwd': 'root:x:0:0::/:/bin/sh\n' });
  store = join(folderWith({}), 'store');
  mkdirSync(join(context, 'rootfs/bin'));
  copyFileSync(BUSYBOX, join(context, 'rootfs/bin/busybox'));
  for (const name of ['sh', 'ls', 'wc', 'sleep', 'touch']) symlinkSync('busybox', join(context, 'rootfs/bin', name));
});

/** Of two parts, so that it stands in no file of ours. */
const WORD = ['sesame', 'opens'].join('-');

/** Who has the word: files that programs outside of the step can read, and command lines. */
const found = (): string =>
  [
    spawnSync('grep', ['-rlsF', WORD, '/dev/shm', store], { encoding: 'utf8' }).stdout,
    spawnSync('sh', ['-c', 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "'], {
      encoding: 'utf8',
    }).stdout.includes(WORD),
  ].join('');

describe.runIf(isReady)('what is secret', { timeout: 60_000 }, () => {
  it.each(RUNNERS)('is seen by the step alone, which has nothing of ours, under %s', async (runner) => {
    const secret = join(folderWith({}), 'word');
    writeFileSync(secret, WORD);
    const args = ['--build', '--no-lint', '--store', store, '--runner', runner, '--secret', `id=word,src=${secret}`];
    const inherited = openSync(secret, 'r');
    const stdio = [...(['ignore', 'pipe', 'pipe'] as const), ...Array(20).fill('ignore'), inherited];
    const child = spawn(process.execPath, [cli, ...args, context], { stdio });
    let output = '';
    child.stderr?.on('data', (chunk) => {
      output += chunk;
    });
    const code = new Promise((resolve) => child.once('close', resolve));
    for (let tries = 0; tries < 200 && !output.includes(`| ${WORD.length}`); tries++) await setTimeout(20);
    await setTimeout(300);
    expect(found()).toBe('false');
    expect(await code, output).toBe(0);
    const lines = output.split('\n').flatMap((line) => line.match(/\| (.*)$/)?.[1] ?? []);
    // The last is that by which `ls` reads the list.
    expect(lines).toEqual([String(WORD.length), String(WORD.length), '0', '1', '2', '3']);
    expect(output).toContain(`steps ran under ${runner}`);
    expect(found()).toBe('false');
  });

  it('is no variable that is told by an argument', () => {
    writeFileSync(
      join(context, 'Dockerfile'),
      'FROM scratch\nCOPY rootfs/ /\nRUN --mount=type=secret,id=word,env=A-B true\n',
    );
    const args = ['--build', '--no-lint', '--store', store, '--secret', 'id=word,env=WORD', context];
    const { stderr, status } = spawnSync(process.execPath, [cli, ...args], {
      encoding: 'utf8',
      env: { ...process.env, WORD },
    });
    expect(stderr).toContain('letters, digits and _ alone, and not `A-B`');
    expect(status).toBe(3);
  });
});
