import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs';
import { type AddressInfo, createServer, isIPv6 } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ordinaryUser, sceneOf } from '../src/dev/scene.ts';
import { bundleCli } from './support/bundle.ts';
import { folderWith } from './support/cli.ts';

const BUSYBOX = '/usr/bin/busybox';
const isReady = process.platform === 'linux' && process.geteuid?.() === 0 && existsSync(BUSYBOX);
if (!isReady) console.warn(`ports of images are left out: they need Linux, root and ${BUSYBOX}`);
const RUNNERS = ['unshare', 'crun', 'runc'].filter(
  (name) => name === 'unshare' || spawnSync(name, ['--version']).error === undefined,
);

const user = isReady ? ordinaryUser() : undefined;
if (isReady && !user) console.warn('ports are not tried as an ordinary user: nobody here has numbers in /etc/subuid');

let cli = '';
let remove = () => {};
const store = join(tmpdir(), `iechorlint-ports-${process.pid}`);

beforeAll(async () => {
  if (!isReady) return;
  ({ file: cli, remove } = await bundleCli());
  for (const path of [dirname(cli), dirname(dirname(cli))]) chmodSync(path, 0o755);
}, 60_000);
afterAll(() => {
  remove();
  spawnSync('rm', ['-rf', store]);
});

const call = (...args: readonly string[]) => spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });

/** An image with a server of the file `page`. */
const image = (): void => {
  if (existsSync(store)) return;
  const context = folderWith({
    Dockerfile: 'FROM scratch\nCOPY rootfs/ /\nCMD ["/bin/busybox", "httpd", "-f", "-p", "80", "-h", "/www"]\n',
    'rootfs/www/page': 'x'.repeat(1 << 20),
    'rootfs/etc/passwd': 'root:x:0:0::/:/bin/sh\n',
  });
  mkdirSync(join(context, 'rootfs/bin'));
  copyFileSync(BUSYBOX, join(context, 'rootfs/bin/busybox'));
  for (const name of ['sh', 'ls', 'ip']) symlinkSync('busybox', join(context, 'rootfs/bin', name));
  expect(call('--build', '--no-lint', '--store', store, '-t', 'web', context).status).toBe(0);
};

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  const isPort = (each: AddressInfo | string | null): each is AddressInfo => typeof each === 'object' && each !== null;
  return isPort(address) ? address.port : 0;
};

const page = async (port: number, host = '127.0.0.1'): Promise<number | undefined> => {
  for (let tries = 0; tries < 100; tries++) {
    try {
      return (await (await fetch(`http://${host}:${port}/page`)).text()).length;
    } catch {
      await setTimeout(50);
    }
  }
  return undefined;
};

const started = (...args: readonly string[]): ChildProcess =>
  startedBy([process.execPath, cli, 'run', '--store', store, ...args], { env: process.env });

const startedBy = ([program = '', ...args]: readonly string[], world: SpawnOptions): ChildProcess => {
  const child = spawn(program, args, { ...world, stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
};

/** What Node needs of this machine, as options. */
const machine = ['/usr', '/lib', '/lib64', dirname(process.execPath)]
  .filter((path) => existsSync(path))
  .flatMap((path) => ['-v', `${realpathSync(path)}:${path}:ro`]);

/** An image that is run by an ordinary user, or by root. */
const startedAs = (who: string, program: readonly string[], ...args: readonly string[]): ChildProcess => {
  if (who === 'root') {
    image();
    return started(...args, 'web', ...program);
  }
  const folder = mkdtempSync(join(tmpdir(), 'iechorlint-ports-'));
  onTestFinished(() => void spawnSync('rm', ['-rf', folder]));
  const { command, env, base, folder: own } = sceneOf(folder, cli, user);
  const [node = '', ...first] = command;
  const inStore = ['--store', join(own, 'store')];
  expect(spawnSync(node, [...first, 'load', '-q', '-i', base, ...inStore], { env, cwd: own }).status).toBe(0);
  return startedBy([...command, 'run', ...inStore, ...args, 'busybox', ...program], { env, cwd: own });
};

const isServed = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/page`).then(
    () => true,
    () => false,
  );

/** Whether a program of the image is left, by a name that no other has. */
const isLeft = (port: number): boolean =>
  spawnSync('pgrep', ['-f', `^/bin/busybox httpd .* realm-${port}`]).status === 0;

describe.runIf(isReady)('ports of an image', { timeout: 60_000 }, () => {
  it.each(RUNNERS)('are reached from here under %s, until it ends', async (runner) => {
    image();
    const port = await freePort();
    const program = ['/bin/busybox', 'httpd', '-f', '-p', '80', '-h', '/www', '-r', `realm-${port}`];
    const child = started('--runner', runner, '-p', `${port}:80`, 'web', ...program);
    expect(await page(port)).toBe(1 << 20);
    expect(await Promise.all(Array.from({ length: 20 }, () => page(port)))).toEqual(Array(20).fill(1 << 20));
    expect(isLeft(port)).toBe(true);
    const end = new Promise((resolve) => child.once('close', resolve));
    child.kill(runner === 'unshare' ? 'SIGKILL' : 'SIGTERM');
    await end;
    for (let tries = 0; tries < 100 && isLeft(port); tries++) await setTimeout(20);
    expect(isLeft(port)).toBe(false);
    expect(await isServed(port)).toBe(false);
  });

  it('are of one address, or any that is free', async () => {
    image();
    const child = started('-p', '127.0.0.1::80', 'web');
    const text = await new Promise<string>((resolve) => child.stderr?.once('data', (chunk) => resolve(String(chunk))));
    const [, port = ''] = /port 80 is reached at port (\d+)/.exec(text) ?? [];
    expect(await page(Number(port))).toBe(1 << 20);
  });

  const users = ['root', ...(user ? ['an ordinary user'] : [])];
  const ways = users.flatMap((who) => RUNNERS.map((runner) => ({ who, runner })));
  it.each(ways)(
    'may be of datagrams under $runner for $who, each client with its own answers',
    async ({ who, runner }) => {
      const echo = `
      const server = require('node:dgram').createSocket('udp4').bind(53);
      server.on('message', (text, { port }) => server.send(Buffer.concat([Buffer.from(port + ' '), text]), port, '127.0.0.1'));`;
      const program = [process.execPath, '-e', echo];
      const child = startedAs(who, program, '--runner', runner, ...machine, '-p', '0:53/udp', '-p', '0:80');
      let said = '';
      child.stderr?.on('data', (chunk) => (said += chunk));
      const outside = (name: string) => Number(new RegExp(`port ${name} is reached at port (\\d+)`).exec(said)?.[1]);
      for (let tries = 0; tries < 100 && !outside('80'); tries++) await setTimeout(50);
      expect(outside('80')).toBeGreaterThan(0);
      const client = (host: string) => {
        const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
        const answers: (readonly string[])[] = [];
        socket.on('message', (each) => answers.push(String(each).split(' ')));
        onTestFinished(() => void socket.close());
        return async (text: string): Promise<readonly string[]> => {
          for (let tries = 0; tries < 100; tries++) {
            socket.send(text, outside('53/udp'), host);
            await setTimeout(50);
            // One that was asked twice may answer twice.
            const own = answers.find((each) => each[1] === text);
            if (own) return own;
          }
          return [];
        };
      };
      const [one, other] = [client('127.0.0.1'), client('::1')];
      const [from, text] = await one('one');
      expect(text).toBe('one');
      const [fromOther, textOfOther] = await other('other');
      expect(textOfOther).toBe('other');
      expect(fromOther).not.toBe(from);
      const long = 'x'.repeat(60_000);
      expect(await Promise.all([one(long), other('')])).toEqual([
        [from, long],
        [fromOther, ''],
      ]);
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('close', resolve));
    },
  );

  it('are all that there is of a network', () => {
    image();
    const { stdout } = call('run', '--store', store, '-p', '0:80', 'web', '/bin/ip', 'address');
    expect(stdout.match(/^\d+: \w+/gm)).toEqual(['1: lo']);
    expect(stdout).toContain('LOOPBACK,UP');
  });

  it('have to be free, and such', async () => {
    image();
    const server = createServer().listen(0);
    onTestFinished(() => void server.close());
    const address = server.address();
    const taken = typeof address === 'object' && address ? address.port : 0;
    const told = (...args: readonly string[]) => {
      const { status, stderr } = call('run', '--store', store, ...args, 'web', '/bin/ls');
      return { status, stderr };
    };
    const says = (status: number, text: string) => ({ status, stderr: expect.stringContaining(text) });
    expect(told('-p', `${taken}:80`)).toEqual(says(125, `port ${taken} is taken by another program`));
    const datagrams = createSocket('udp6').bind(0);
    onTestFinished(() => void datagrams.close());
    await new Promise((resolve) => datagrams.once('listening', resolve));
    const { port } = datagrams.address();
    expect(told('-p', `${port}:53/udp`)).toEqual(says(125, `port ${port} is taken by another program`));
    expect(told('-p', '127.9.9.9:0:53/UDP')).toEqual(says(0, 'port 53/udp is reached at port '));
    expect(told('-p', '53:53/sctp')).toEqual(says(2, '--publish 53:53/sctp: tcp and udp are handed on, and no sctp'));
    expect(told('-p', '80-90:80-90')).toEqual(says(2, '--publish takes [ADDRESS:]PORT:PORT'));
    expect(told('-p', '70000:1')).toEqual(says(2, 'there is no port 70000'));
    expect(told('-p', '1:1', '--network', 'host')).toEqual(says(2, 'leave --network out'));
  });
});
