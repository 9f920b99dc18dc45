import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundleCli } from './support/bundle.ts';
import { folderWith } from './support/cli.ts';

const PROGRAMS = ['/usr/bin/busybox', '/usr/bin/ssh-add', '/usr/bin/ssh-agent', '/usr/bin/ssh-keygen'];
const isReady = process.platform === 'linux' && process.geteuid?.() === 0 && PROGRAMS.every((path) => existsSync(path));
if (!isReady) console.warn(`ssh in steps is left out: it needs Linux, root and ${PROGRAMS.join(', ')}`);

let cli = '';
let remove = () => {};
const store = join(tmpdir(), `iechorlint-ssh-${process.pid}`);
const keys = join(tmpdir(), `iechorlint-keys-${process.pid}`);

const keygen = (name: string, passphrase = '') =>
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', join(keys, name)]);

beforeAll(async () => {
  if (!isReady) return;
  ({ file: cli, remove } = await bundleCli());
  mkdirSync(keys);
  for (const name of ['one', 'two']) keygen(name);
  keygen('locked', 'passphrase');
  chmodSync(join(keys, 'one'), 0o644);
}, 60_000);

afterAll(() => {
  remove();
  for (const folder of [store, keys]) rmSync(folder, { recursive: true, force: true });
});

const FILE = `FROM scratch
COPY rootfs/ /
RUN --mount=type=ssh echo $SSH_AUTH_SOCK; ssh-add -L
RUN --mount=type=ssh,id=other,required ssh-add -L; ls -a /tmp
`;

let context = '';
beforeEach(() => {
  if (!isReady) return;
  context = folderWith({ Dockerfile: FILE, 'rootfs/etc/passwd': 'root:x:0:0:root:/:/bin/sh\n', 'rootfs/tmp/x': '' });
  const put = (path: string, as = path) => {
    mkdirSync(dirname(join(context, 'rootfs', as)), { recursive: true });
    copyFileSync(path, join(context, 'rootfs', as));
  };
  for (const path of execFileSync('ldd', ['/usr/bin/ssh-add'], { encoding: 'utf8' }).match(/\/\S+/g) ?? []) put(path);
  for (const name of ['sh', 'ls', 'sleep']) put('/usr/bin/busybox', `/bin/${name}`);
  put('/usr/bin/ssh-add', '/bin/ssh-add');
});

const call = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  spawnSync(process.execPath, [cli, '--build', '--no-lint', '--store', store, ...args, context], {
    encoding: 'utf8',
    env: { ...process.env, SSH_AUTH_SOCK: undefined, ...env },
  });

const publicKey = (name: string): string => readFileSync(join(keys, `${name}.pub`), 'utf8').trim();

const agentFolders = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('agent-'));

/** The pids of agents that listen in our folders. */
const agents = (): readonly string[] =>
  spawnSync('pgrep', ['-f', `^/[a-z/]*ssh-agent -a ${tmpdir()}/agent-`], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter(Boolean);

const until = async (condition: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 100 && !condition(); tries++) await setTimeout(50);
  expect(condition()).toBe(true);
};

describe.runIf(isReady)('keys for steps', { timeout: 60_000 }, () => {
  it('are in an agent of their own, and nowhere else', async () => {
    const before = agentFolders();
    const args = ['--ssh', `default=${join(keys, 'one')}`, '--ssh', `other=${join(keys, 'two')},${join(keys, 'one')}`];
    const { status, stderr } = call(['-t', 'base', ...args]);
    expect(stderr).toContain('/run/buildkit/ssh_agent.0');
    const [first = '', second = ''] = stderr.split('3/3] RUN');
    expect(first).toContain(publicKey('one'));
    expect(first).not.toContain(publicKey('two'));
    expect(second).toContain(publicKey('one'));
    expect(second).toContain(publicKey('two'));
    expect(status).toBe(0);
    const [, line = ''] = readFileSync(join(keys, 'one'), 'utf8').split('\n');
    expect(spawnSync('grep', ['-rl', line, store], { encoding: 'utf8' }).stdout).toBe('');
    await until(() => agentFolders().length === before.length && agents().length === 0);
  });

  it('are gone when the build is killed', async () => {
    const file = 'FROM base\nRUN --mount=type=ssh ssh-add -L; sleep 60\n';
    const args = ['--build', '--no-lint', '--store', store, '--ssh', `default=${join(keys, 'one')}`];
    const child = spawn(process.execPath, [cli, ...args, folderWith({ Dockerfile: file })]);
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    await until(() => stderr.includes(publicKey('one')));
    expect(agents()).not.toEqual([]);
    child.kill('SIGKILL');
    await until(() => agents().length === 0);
  });

  it('have to be keys that ssh takes without asking', () => {
    const stderrOf = (ssh: string, code: number, env: NodeJS.ProcessEnv = {}) => {
      const { status, stderr } = call(['--no-cache', '--ssh', ssh], env);
      expect(stderr).not.toContain('PRIVATE KEY');
      expect(status).toBe(code);
      return stderr;
    };
    expect(stderrOf(`default=${join(keys, 'locked')}`, 3)).toContain(
      'One with a passphrase has to be given to an agent',
    );
    expect(stderrOf(`default=${join(keys, 'none')}`, 2)).toContain('none cannot be read: no such file');
    expect(stderrOf(`default=${join(keys, 'one.pub')}`, 2)).toContain('neither a private key nor the socket');
    expect(stderrOf('default', 2)).toContain('or name a key: --ssh default=KEYFILE');
    expect(stderrOf('=x', 2)).toContain('--ssh takes ID');
    const socket = join(folderWith({}), 'agent');
    const server = createServer().listen(socket);
    expect(stderrOf(`default=${socket},${join(keys, 'one')}`, 2)).toContain('is a socket, beside which');
    server.close();
  });
});
