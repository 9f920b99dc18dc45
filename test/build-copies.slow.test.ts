import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundleCli } from './support/bundle.ts';
import { folderWith } from './support/cli.ts';

const BUSYBOX = '/usr/bin/busybox';
const isReady = process.platform === 'linux' && process.geteuid?.() === 0 && existsSync(BUSYBOX);
if (!isReady) console.warn(`steps without overlays are left out: they need Linux, root and ${BUSYBOX}`);

let cli = '';
let remove = () => {};
beforeAll(async () => {
  if (isReady) ({ file: cli, remove } = await bundleCli());
}, 60_000);
afterAll(() => remove());

/** All that a step can do to files: below, above, and of another kind than before. */
const FILE = `FROM scratch AS base
COPY rootfs/ /
RUN echo 4 > /l/4; rm /l/1; chmod 600 /l/2; touch /l/3; ln /l/d/1 /l/d/h; rm -r /l/d/2; mkfifo /p
RUN rm -r /l/d; mkdir /l/d; echo x > /l/d/1; ln -s x /l/d/l; mv /l/2 /moved; rm /p; mkdir /p; chown 5:6 /l/3
FROM base AS next
WORKDIR /work/here
RUN --mount=type=cache,target=/c --mount=type=bind,from=base,target=/a,rw --mount=type=bind,target=/ctx ls /a /ctx /c > out; echo 1 > /a/x
RUN rm -r /work/here /bin/mv; chmod 1777 /work; : > /etc/new; ls /l/d
FROM next
RUN --mount=type=tmpfs,target=/t echo > /t/1; rm -r /l; echo > /l
`;

let context = '';
beforeEach(() => {
  if (!isReady) return;
  const files = { 'rootfs/l/1': '1', 'rootfs/l/2': '2', 'rootfs/l/3': '3', 'rootfs/l/d/1': '1', 'rootfs/l/d/2': '2' };
  context = folderWith({ Dockerfile: FILE, 'rootfs/etc/passwd': 'root:x:0:0::/:/bin/sh\n', ...files });
  mkdirSync(join(context, 'rootfs/bin'));
  copyFileSync(BUSYBOX, join(context, 'rootfs/bin/busybox'));
  for (const name of ['sh', 'rm', 'chmod', 'chown', 'touch', 'ln', 'mkfifo', 'mkdir', 'mv', 'ls', 'cat'])
    symlinkSync('busybox', join(context, 'rootfs/bin', name));
});

const build = (args: readonly string[] = [], env: NodeJS.ProcessEnv = {}, wrap: readonly string[] = []) => {
  const store = args.includes('--store') ? [] : ['--store', join(folderWith({}), 'store')];
  const command = [...wrap, process.execPath, cli, '--build', '--no-lint', ...store, ...args, context];
  const [program = '', ...rest] = command;
  const { status, stdout, stderr } = spawnSync(program, rest, { encoding: 'utf8', env: { ...process.env, ...env } });
  const id = /built (sha256:[0-9a-f]+)/.exec(stderr)?.[1];
  return { status, stdout, stderr, id };
};

const WITHOUT = { IECHORLINT_NO_OVERLAY: '1' };

describe.runIf(isReady)('steps on copies of their files', { timeout: 60_000 }, () => {
  it('make the same image as steps on overlays', () => {
    const [overlaid, copied] = [build(), build([], WITHOUT)];
    expect(overlaid.stderr).not.toContain('copy of its files');
    expect(copied.stderr.match(/so that each step works on a copy of its files: slower/g)).toHaveLength(1);
    expect(copied.id, copied.stderr).toBe(overlaid.id);
    expect(copied.status).toBe(0);
  });

  it('are taken where the store is on a file system that has none', () => {
    const folder = folderWith({ 'l/x': '', 'u/x': '', 'w/x': '', 'm/x': '' });
    const mounting = `cd ${folder} && mount -t overlay o -o lowerdir=l,upperdir=u,workdir=w m && exec "$@"`;
    const wrap = ['unshare', '-m', 'sh', '-c', mounting, 'sh'];
    const { status, stderr, id } = build(['--store', join(folder, 'm/store')], {}, wrap);
    expect(stderr).toContain(`no overlay can be mounted below ${folder}/m/store`);
    expect({ status, id }).toEqual({ status: 0, id: build().id });
  });

  it('let a failure be looked at', () => {
    context = folderWith({
      Dockerfile: 'FROM base\nRUN echo left > /left; rm /l/1; false\n',
      shell: 'cat /left; ls /l\n',
    });
    const store = ['--store', join(folderWith({}), 'store')];
    const failed = context;
    context = folderWith({ Dockerfile: 'FROM scratch\nCOPY . /\n', 'l/1': '', 'l/2': '' });
    mkdirSync(join(context, 'bin'));
    for (const name of ['sh', 'cat', 'rm', 'ls']) copyFileSync(BUSYBOX, join(context, 'bin', name));
    expect(build([...store, '-t', 'base']).status).toBe(0);
    context = failed;
    const text = `exec "$@" < ${join(context, 'shell')}`;
    const { status, stdout } = build([...store, '--on-failure', 'shell'], WITHOUT, ['sh', '-c', text, 'sh']);
    expect({ status, stdout }).toEqual({ status: 3, stdout: 'left\n2\n' });
  });
});
