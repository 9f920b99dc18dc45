import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleCli } from './support/bundle.ts';
import { folderWith } from './support/cli.ts';

const BUSYBOX = ['/usr/bin/busybox', '/bin/busybox'].find((path) => existsSync(path));
const isReady = process.platform === 'linux' && process.geteuid?.() === 0 && BUSYBOX !== undefined;
if (!isReady) console.warn('sandbox tests are skipped: they need Linux, root and a busybox that is linked statically');

let cli = '';
let remove = () => {};
const store = join(tmpdir(), `iechorlint-sandbox-${process.pid}`);

const ACCOUNTS = {
  'rootfs/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nweb:x:33:34:web:/srv/web:/bin/sh\n',
  'rootfs/etc/group': 'root:x:0:\nwheel:x:10:root,web\nweb:x:34:\n',
};

beforeAll(async () => {
  if (!isReady) return;
  ({ file: cli, remove } = await bundleCli());
  const context = baseContext();
  const { status, stderr } = call(['--build', '--no-lint', '--store', store, '-t', 'base', context]);
  rmSync(context, { recursive: true });
  expect(stderr).toContain('built');
  expect(status).toBe(0);
}, 60_000);

afterAll(() => {
  remove();
  rmSync(store, { recursive: true, force: true });
});

/** A context with the files of a small image. */
const baseContext = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'iechorlint-base-'));
  for (const name of ['bin', 'tmp', 'etc']) mkdirSync(join(folder, 'rootfs', name), { recursive: true });
  for (const [name, text] of Object.entries(ACCOUNTS)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY rootfs/ /\n');
  chmodSync(join(folder, 'rootfs/tmp'), 0o1777);
  copyFileSync(BUSYBOX ?? '', join(folder, 'rootfs/bin/busybox'));
  const { stdout } = spawnSync(BUSYBOX ?? '', ['--list'], { encoding: 'utf8' });
  for (const name of stdout.trim().split('\n'))
    if (name !== 'busybox') symlinkSync('busybox', join(folder, 'rootfs/bin', name));
  return folder;
};

const call = (args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = '/') =>
  spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', cwd, env: { ...process.env, ...env } });

interface Built {
  readonly status: number | null;
  /** What the steps have printed, without labels. */
  readonly output: string;
  readonly stderr: string;
}

/** Builds on the base image, and gives what the steps print. */
const build = (text: string, { args = [] as string[], files = {}, env = {} } = {}): Built => {
  const context = folderWith({ Dockerfile: `FROM base\n${text}`, ...files });
  const { status, stderr } = call(
    ['--build', '--no-lint', '--store', store, '--network', 'none', ...args, context],
    env,
    context,
  );
  const lines = stderr.split('\n').flatMap((line) => line.match(/^\[[^\]]*\] \| (.*)$/)?.[1] ?? []);
  return { status, stderr, output: lines.join('\n') };
};

/** The names in the layer that the last step has made. */
const lastLayer = (text: string): readonly string[] => {
  const { status, stderr } = build(text, { args: ['-t', 'layers'] });
  expect(stderr).toContain('built');
  expect(status).toBe(0);
  const id = readFileSync(
    join(store, '1/names', readdirSync(join(store, '1/names')).find((name) => name.includes('layers')) ?? ''),
    'utf8',
  );
  const config: { rootfs: { diff_ids: string[] } } = JSON.parse(
    readFileSync(join(store, '1/images', id.slice(7)), 'utf8'),
  );
  const blob = join(store, '1/blobs/sha256', config.rootfs.diff_ids.at(-1)?.slice(7) ?? '');
  return spawnSync('tar', ['tf', blob], { encoding: 'utf8' }).stdout.trim().split('\n').filter(Boolean);
};

describe.skipIf(!isReady)('what a step sees', { timeout: 30_000 }, () => {
  it('is its own host, devices and capabilities', () => {
    const { output } = build(
      'RUN hostname; cat /etc/hosts | head -1; grep CapEff /proc/self/status; grep NoNewPrivs /proc/self/status; echo $$; ls /dev | tr "\\n" " "',
    );
    expect(output).toMatch(
      /^buildkitsandbox\n127\.0\.0\.1 +localhost buildkitsandbox\nCapEff: +00000000a80425fb\nNoNewPrivs: +0\n1\n/,
    );
    expect(output).toContain('fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero');
  });

  it('has a loopback alone without a network', () => {
    expect(
      build('RUN ip -o addr | cut -d" " -f2 | sort -u; ping -c 1 -W 1 127.0.0.1 | grep -c "1 packets received"').output,
    ).toBe('lo\n1');
  });

  it('has that of the machine where all have none only if that is allowed', () => {
    const text = 'RUN --network=host grep -c : /proc/net/dev';
    const interfaces = readFileSync('/proc/net/dev', 'utf8').match(/:/g)?.length;
    const { status, stderr } = build(text);
    expect(status).toBe(3);
    expect(stderr).toContain(
      '--network=host asks for what --network none takes away: allow it by --allow network.host',
    );
    expect(stderr).toContain(`2 │ ${text}`);
    expect(build(text, { args: ['--allow', 'network.host'] }).output).toBe(String(interfaces));
    expect(build(text, { args: ['--network', 'host', '--no-cache'] }).output).toBe(String(interfaces));
  });

  it('is not what the machine lets see', () => {
    const { output } = build(
      'RUN head -c 1 /proc/timer_list | wc -c; echo x > /proc/sys/kernel/hostname; ls /sys/firmware | wc -l; mkdir /c && cp /bin/busybox /c/ && chroot /c /busybox sh -c "cd ../../../..; /busybox ls"',
    );
    expect(output).toMatch(/^0\n.*Read-only file system\n0\nbusybox$/);
  });

  it('has no device of the machine', () => {
    const text =
      'RUN --mount=type=cache,target=/c for at in / /dev/ /tmp/ /c/; do mknod ${at}n c 1 3; echo x > ${at}n; done; echo x > /dev/null && echo ok; rm /c/n';
    const { output } = build(text);
    expect(output.match(/Permission denied/g)).toHaveLength(4);
    expect(output).toMatch(/ok$/);
  });

  it('is the machine only where that is allowed', () => {
    const text = 'RUN --security=insecure grep CapBnd /proc/self/status; echo x > /sys/kernel/none || true';
    expect(build(text).stderr).toContain('allow it by --allow security.insecure');
    expect(build(text, { args: ['--allow', 'security.insecure'] }).output).toMatch(/^CapBnd:\s+0{0,8}[13]?f*ff/);
    expect(build('WORKDIR /work\nRUN --network=none --mount=target=. pwd; ls').output).toBe('/work\nDockerfile');
  });

  it('has the variables of the image, its arguments and a home', () => {
    const { output } = build('ENV A="1 \'2\'" LD_PRELOAD=/no/such.so\nARG B=3\nRUN ["/bin/env"]');
    expect(output.split('\n').sort()).toEqual([
      "A=1 '2'",
      'B=3',
      'HOME=/root',
      'LD_PRELOAD=/no/such.so',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ]);
  });

  it.each([
    ['', 'uid=0(root) gid=0(root) /root'],
    ['USER root', 'uid=0(root) gid=0(root) groups=10(wheel) /root'],
    ['USER web', 'uid=33(web) gid=34(web) groups=10(wheel) /srv/web'],
    ['USER web:wheel', 'uid=33(web) gid=10(wheel) /srv/web'],
    ['USER 7:8', 'uid=7 gid=8 /'],
  ])('is the user of %j', (user, expected) => {
    expect(build(`${user}\nRUN echo $(id) $HOME > /dev/stdout`).output).toBe(expected);
  });

  it('starts in the working directory, which may be behind a link', () => {
    expect(
      build('RUN mkdir /real && ln -s real /linked\nWORKDIR /linked/sub\nRUN pwd; touch x; ls /real/sub').output,
    ).toBe('/real/sub\nx');
  });

  it('may be a script of its own', () => {
    expect(build('RUN <<EOF\n#!/bin/awk -f\nBEGIN { print "awk" }\nEOF').output).toBe('awk');
    expect(build('RUN <<-EOF\n\techo "$0"\n\techo two\nEOF').output).toBe('/bin/sh\ntwo');
  });
});

describe.skipIf(!isReady)('what a step leaves', { timeout: 30_000 }, () => {
  it('is what it changed, without the places to mount on', () => {
    expect(lastLayer('RUN echo 1 > /etc/new')).toEqual(['etc/', 'etc/new']);
    expect(lastLayer('RUN true')).toEqual([]);
    expect(lastLayer('RUN --mount=type=cache,target=/var/cache/deep true')).toEqual([]);
    expect(lastLayer('RUN --mount=type=cache,target=/var/cache/deep touch /var/kept')).toEqual(['var/', 'var/kept']);
  });

  it('tells of deleted files, and of folders made anew', () => {
    expect(lastLayer('RUN mkdir -p /a/b/c && touch /a/b/c/1 /a/b/2\nRUN rm -r /a/b/c')).toEqual([
      'a/',
      'a/b/',
      'a/b/.wh.c',
    ]);
    expect(
      lastLayer('RUN mkdir -p /a/b/c && touch /a/b/c/1 /a/b/2\nRUN rm -r /a && mkdir -p /a/b/c && touch /a/b/2'),
    ).toEqual(['a/', 'a/b/', 'a/b/c/', 'a/b/c/.wh.1']);
    expect(lastLayer('RUN touch /gone\nRUN rm /gone && mkdir /gone')).toEqual(['gone/']);
  });

  it('keeps links, pipes and capabilities, and no sockets', () => {
    expect(lastLayer('RUN touch /x && ln /x /y && ln -s x /z && mkfifo /p && nc -l -U /s & sleep 0.2')).toEqual([
      'p',
      'x',
      'y',
      'z',
    ]);
    const capable = 'RUN cp /bin/busybox /capable && setcap cap_net_raw+ep /capable || touch /cannot';
    if (lastLayer(capable).includes('cannot')) return;
    expect(build(`${capable}\nRUN getcap /capable`).output).toContain('cap_net_raw');
  });

  it('is nothing where a file was only touched', () => {
    expect(lastLayer('RUN echo 1 > /file && chmod 600 /file\nRUN chmod 600 /file; : >> /file')).toEqual([]);
  });

  it('is as old as everything new, or as it was made to be', () => {
    const text = 'RUN touch -d @100 /f\nRUN stat -c %Y /f';
    expect(build(text).output).toBe('0');
    expect(build(text, { args: ['--timestamps', 'keep'] }).output).toBe('100');
    expect(build(text, { env: { SOURCE_DATE_EPOCH: '7' } }).stderr).toContain('cached');
  });

  it('is the same whenever it is built', () => {
    const text = 'RUN echo 1 > /file\nRUN echo 2 >> /file; chmod 644 /etc/passwd';
    const [first, second] = [1, 2].map(() => build(text, { args: ['-q', '--no-cache'] }));
    expect(first?.status).toBe(0);
    expect(second?.stderr).toBe(first?.stderr);
  });
});

describe.skipIf(!isReady)('mounts', { timeout: 30_000 }, () => {
  it('of the context, and what is written there is lost', () => {
    const files = { 'sub/file': 'content\n' };
    expect(build('RUN --mount=target=/c cat /c/sub/file; touch /c/x', { files }).output).toMatch(
      /^content\n.*Read-only file system$/,
    );
    expect(
      build('RUN --mount=target=/c,rw touch /c/x && ls /c\nRUN ls / | grep -c ^c$ || true', { files }).output,
    ).toBe('Dockerfile\nsub\nx\n0');
    expect(build('RUN --mount=source=sub/file,target=/one cat /one', { files }).output).toBe('content');
    const other = folderWith({ 'x/y': 'other\n' });
    const args = ['--build-context', `other=${other}`];
    expect(build('RUN --mount=from=other,target=/o cat /o/x/y', { args }).output).toBe('other');
    expect(build('RUN --mount=type=cache,from=other,target=/o cat /o/x/y', { args }).output).toBe('other');
    expect(build('RUN --mount=source=gone,target=/one true').stderr).toContain('`gone` is not there');
  });

  it('of a stage', () => {
    const stage = 'FROM base AS s\nRUN echo 1 > /made\nFROM base\n';
    expect(build(`${stage}RUN --mount=from=s,target=/s cat /s/made; ls /s/bin/sh`).output).toBe('1\n/s/bin/sh');
    expect(build(`${stage}RUN --mount=from=s,target=/s,rw rm /s/made; ls /s | grep -c made`).output).toBe('0');
    expect(build(`${stage}RUN --mount=from=s,source=/made,target=/s cat /s`).output).toBe('1');
  });

  it('that are caches, of an owner, with an id', () => {
    expect(
      build('RUN --mount=type=cache,target=/c,id=one echo 1 >> /c/f\nRUN --mount=type=cache,target=/d,id=one cat /d/f')
        .output,
    ).toBe('1');
    expect(build('RUN --mount=type=cache,target=/own,uid=33,gid=34,mode=0700 stat -c "%u %g %a" /own').output).toBe(
      '33 34 700',
    );
    const escape =
      'RUN --mount=type=cache,target=/c,id=esc ln -s /etc /c/l\nRUN --mount=type=cache,target=/c,id=esc,source=l ls /c';
    expect(build(escape).stderr).toContain('the cache has no folder `l`');
    expect(
      build(
        'FROM base AS s\nRUN mkdir /f && echo 1 > /f/x\nFROM base\nRUN --mount=type=cache,target=/c,from=s,source=/f cat /c/x',
      ).output,
    ).toBe('1');
  });

  it('that are caches of one step at a time, or of each', async () => {
    const step = (sharing: string, number: number) =>
      `FROM base AS s${number}\nRUN --mount=type=cache,target=/c,id=${sharing},sharing=${sharing} test ! -e /c/busy && touch /c/busy && sleep 0.3 && rm /c/busy; echo $?\n`;
    for (const sharing of ['locked', 'private']) {
      const all = `${step(sharing, 1)}${step(sharing, 2)}${step(sharing, 3)}FROM base\nCOPY --from=s1 /etc /1\nCOPY --from=s2 /etc /2\nCOPY --from=s3 /etc /3\n`;
      expect(build(all, { args: ['--no-cache'] }).output).toBe('0\n0\n0');
    }
  });

  it('inside of one another', () => {
    const text =
      'RUN --mount=type=tmpfs,target=/t,size=1m --mount=type=cache,target=/t/a/b --mount=type=secret,id=s,target=/t/a/s ls /t /t/a; df /t | tail -1 | cut -c1-5';
    expect(build(text, { args: ['--secret', 'id=s,src=s'], files: { s: 'x' } }).output).toBe(
      '/t:\na\n\n/t/a:\nb\ns\ntmpfs',
    );
  });

  it('that are secret: seen by the step alone', () => {
    const content = 'very secret\n';
    const args = ['--secret', 'id=token,src=token', '-t', 'secretive'];
    const files = { token: content };
    const text =
      'RUN --mount=type=secret,id=token,uid=33,gid=34,mode=0440 stat -c "%u %g %a" /run/secrets/token; wc -c < /run/secrets/token; cat /run/secrets/token';
    expect(build(text, { args, files }).output).toBe('33 34 440\n12\n***');
    expect(
      build('RUN --mount=type=secret,id=token,env=TOKEN echo ${#TOKEN}; ls /run; false', { args, files }).stderr,
    ).not.toContain('very secret');
    expect(build('RUN --mount=type=secret,id=none ls /run').output).toContain('No such file');
    expect(build('RUN --mount=type=secret,id=none,required true').stderr).toContain('--secret id=none');
    const found = spawnSync('grep', ['-rl', 'very secret', store], { encoding: 'utf8' });
    expect(found.stdout).toBe('');
  });

  it('of an ssh agent', async () => {
    const folder = folderWith({});
    const server = createServer((socket) => socket.end('agent\n')).listen(join(folder, 'agent'));
    const text =
      'USER web\nRUN --mount=type=ssh,uid=33,mode=0600 echo $SSH_AUTH_SOCK; nc local:$SSH_AUTH_SOCK < /dev/null';
    const context = folderWith({ Dockerfile: `FROM base\n${text}` });
    const child = spawn(process.execPath, [
      cli,
      '--build',
      '--no-lint',
      '--store',
      store,
      '--ssh',
      `default=${join(folder, 'agent')}`,
      context,
    ]);
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    await new Promise((resolve) => child.once('close', resolve));
    server.close();
    expect(stderr).toContain('/run/buildkit/ssh_agent.0');
  });
});

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;

describe.skipIf(!isReady)('the end of a step', { timeout: 30_000 }, () => {
  it('tells where it failed, how, and what it printed last', () => {
    const { status, stderr } = build('RUN echo some words; exit 7', { args: ['-q'] });
    expect(status).toBe(3);
    expect(stderr).toMatch(/some words\niechorlint: Dockerfile:2: the command ended with exit code 7\n2 │ RUN echo/);
    expect(stderr).toContain('--on-failure shell opens a shell in the files as the step has left them');
    expect(build('RUN ["/no/such"]').stderr).toContain('exit code 127');
    // What stands right above is not said again.
    const seen = build('RUN echo some words; exit 7').stderr;
    expect(seen.match(/^\S.*some words$/gm)).toHaveLength(1);
    expect(seen).toMatch(/failed after [\d.]+ s\niechorlint: Dockerfile:2:/);
  });

  it('ends those of other stages, and says what failed first', () => {
    const file = 'RUN sleep 30; echo finished\nRUN echo more\nFROM base\nRUN exit 5\nCOPY --from=0 /tmp /t\n';
    const { status, stderr } = build(file, { args: ['--no-cache'] });
    expect(status).toBe(3);
    expect(stderr).toContain('Dockerfile:5: the command ended with exit code 5');
    expect(stderr).not.toMatch(/\| finished|RUN echo more|done in/);
    expect(stderr.match(/failed after/g)).toHaveLength(1);
  });

  it('says why it runs again', () => {
    const file = (version: string) => `ARG VERSION=${version}\nRUN --mount=type=bind,target=/in cat /in/a\n`;
    const context = folderWith({ Dockerfile: `FROM base\n${file('1')}`, a: 'one\n' });
    const reasons = () =>
      call(['--build', '--no-lint', '--store', store, context]).stderr.match(/(?<=\] )RUN.*: .*$/gm) ?? [];
    expect(reasons()).toEqual([]);
    writeFileSync(join(context, 'a'), 'two\n');
    expect(reasons()).toEqual(['RUN --mount=type=bind,target=/in: a changed']);
    writeFileSync(join(context, 'Dockerfile'), `FROM base\n${file('2')}`);
    expect(reasons()).toEqual(['RUN: build argument VERSION changed']);
  });

  it('takes what it left running with it', () => {
    const began = Date.now();
    expect(build('RUN sleep 1234 & echo started').output).toBe('started');
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(running('sleep 1234')).toBe(false);
  });

  it.each(SIGNALS)('comes with ours, by %s', async (signal) => {
    const command = `sleep 43210${SIGNALS.indexOf(signal)}`;
    const context = folderWith({ Dockerfile: `FROM base\nRUN ${command}; true\n` });
    const child = spawn(process.execPath, [cli, '--build', '--no-lint', '--store', store, context]);
    for (let waited = 0; !running(command) && waited < 200; waited++) await setTimeout(50);
    expect(running(command)).toBe(true);
    const mounts = readFileSync('/proc/mounts', 'utf8');
    child.kill(signal);
    await new Promise((resolve) => child.once('close', resolve));
    for (let waited = 0; running(command) && waited < 50; waited++) await setTimeout(20);
    expect(running(command)).toBe(false);
    expect(readFileSync('/proc/mounts', 'utf8')).toBe(mounts);
    if (signal !== 'SIGKILL') expect(readdirSync(join(store, '1/work'))).toEqual([]);
  });
});

const isThere = (name: string): boolean =>
  ['/usr/bin', '/usr/sbin', '/bin', '/sbin'].some((folder) => existsSync(join(folder, name)));

describe.skipIf(!isReady)('other runners', { timeout: 30_000 }, () => {
  it.each(['crun', 'runc'])('%s filters system calls', (runner) => {
    const text =
      'USER web\nRUN grep Seccomp: /proc/self/status; id; hostname; echo x > /tmp/x\nRUN <<EOF\n#!/bin/sh\nls /tmp; exit 3\nEOF';
    const { output, stderr, status } = build(text, { args: ['--runner', runner, '--no-cache'] });
    if (!isThere(runner)) {
      expect(stderr).toMatch(new RegExp(`RUN needs ${runner}.*install ${runner}`));
      return;
    }
    expect(output).toMatch(/^Seccomp: +2\nuid=33\(web\) gid=34\(web\) groups=10\(wheel\)\nbuildkitsandbox\nx$/);
    expect(stderr).toContain(`steps ran under ${runner}`);
    expect(status).toBe(3);
  });

  it.each(['unshare', 'crun', 'runc'])('%s gives steps as many files and as much memory as it is told', (runner) => {
    if (!isThere(runner)) return;
    const limits = ['--runner', runner, '--shm-size', '128m', '--ulimit', 'nofile=1062', '--ulimit', 'core=0:5120'];
    const text = 'df -k /dev/shm | grep -c 131072; ulimit -n; ulimit -Hn; ulimit -Hc';
    const { output } = build(`USER web\nRUN ${text}`, { args: [...limits, '--no-cache'] });
    expect(output).toBe('1\n1062\n1062\n10');
    const ran = call(['run', '--store', store, ...limits, 'base', 'sh', '-c', text]);
    expect(ran.stdout).toBe('1\n1062\n1062\n10\n');
    const { stderr } = build('RUN true', { args: ['--runner', runner, '--ulimit', 'nofile=-1'] });
    expect(stderr).toContain('--ulimit nofile is more than may be had here: Operation not permitted');
    const few = build('RUN true', { args: ['--runner', runner, '--ulimit', 'nofile=7'] });
    expect(few.stderr).toContain('--ulimit nofile=7 leaves less than a shell needs to begin with: sh: ');
    expect(few.stderr).not.toContain('doctor');
  });

  it('of an ordinary user make the same image', () => {
    const [name = '', uid = ''] = ordinaryUser() ?? [];
    if (uid === '') {
      console.warn('building as an ordinary user is not tested: nobody here has user numbers in /etc/subuid');
      return;
    }
    const text =
      'RUN touch /a; chown 33:34 /a; mkdir /d; echo 1 > /d/1\nRUN rm -r /d; mkdir /d; touch /d/2; stat -c %u /a';
    const context = folderWith({ Dockerfile: `FROM base\n${text}` });
    const home = mkdtempSync(join(tmpdir(), 'iechorlint-home-'));
    for (const folder of [context, home, dirname(cli), dirname(dirname(cli))]) chmodSync(folder, 0o755);
    chownSync(home, Number(uid), Number(uid));
    const archive = join(home, 'base.tar');
    expect(call(['save', '--store', store, '-o', archive, 'base']).status).toBe(0);
    chmodSync(archive, 0o644);
    const as = (args: readonly string[], path = process.env.PATH) =>
      spawnSync(
        'setpriv',
        ['--reuid', uid, '--regid', uid, '--clear-groups', 'env', `PATH=${path}`, process.execPath, cli, ...args],
        {
          encoding: 'utf8',
          cwd: home,
          env: { PATH: process.env.PATH, HOME: home, USER: name },
        },
      );
    expect(as(['load', '-q', '-i', archive]).status).toBe(0);
    const ours = call(['--build', '--no-lint', '--network', 'none', '--store', store, '-q', context]);
    for (const runner of ['unshare', 'crun', 'runc'].filter(isThere)) {
      const args = ['--build', '--no-lint', '--no-cache', '--network', 'none', '--runner', runner, '-q', context];
      const { stdout, stderr } = as(args);
      expect(`${stderr}${stdout}`, runner).toBe(ours.stdout);
    }
    expect(ours.stdout).toMatch(/^sha256:/);
    // Where the shell finds nothing, all is found where it usually is.
    expect(as(['--build', '--no-lint', '--no-cache', '--network', 'none', '-q', context], '/none')).toMatchObject({
      ...{ status: 0, stdout: ours.stdout, stderr: '' },
    });
    spawnSync('rm', ['-rf', home]);
  });
});

/** Somebody with numbers for a namespace. */
const ordinaryUser = (): readonly string[] | undefined => {
  const ranges = existsSync('/etc/subuid') ? readFileSync('/etc/subuid', 'utf8') : '';
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = accounts.find(([name, , uid]) => uid !== '0' && new RegExp(`^${name}:`, 'm').test(ranges));
  return found && isThere('newuidmap') ? [found[0] ?? '', found[2] ?? ''] : undefined;
};

describe.skipIf(!isReady)('programs of an image', { timeout: 30_000 }, () => {
  const run = (args: readonly string[], input = '') =>
    spawnSync(process.execPath, [cli, 'run', '--store', store, '--network', 'none', ...args], {
      encoding: 'utf8',
      input,
    });

  it('run with our input, output and code', () => {
    const { stdout, status } = run(
      ['-i', '--user', 'web', '-e', 'A=1', '-w', '/tmp', 'base', 'sh', '-c', 'cat; echo $A; pwd; id -u; exit 9'],
      'in\n',
    );
    expect(stdout).toBe('in\n1\n/tmp\n33\n');
    expect(status).toBe(9);
  });

  it('see folders of ours', () => {
    const folder = folderWith({ file: 'content' });
    expect(run(['-v', `${folder}:/v:ro`, 'base', 'sh', '-c', 'cat /v/file; touch /v/x || echo " no"']).stdout).toBe(
      'content no\n',
    );
  });

  it.each(['.:x', '.:/x:rw,z', '.:/x:ro:z'])('see no folder by %s', (volume) => {
    expect(run(['-v', volume, 'base', 'true'])).toMatchObject({
      status: 2,
      stderr: `iechorlint: --volume takes FOLDER:/PATH or FOLDER:/PATH:ro, not \`${volume}\`\n`,
    });
  });

  it('write no more to a folder of ours than we could', () => {
    const folder = folderWith({ file: '' });
    const args = [cli, 'run', '--store', store, '-v', `${folder}:/v`, 'base', 'touch', '/v/x'];
    const script = `mount --bind ${folder} ${folder} && mount -o remount,bind,ro ${folder} && exec "$0" "$@"`;
    const { status } = spawnSync('unshare', ['-m', 'sh', '-c', script, process.execPath, ...args]);
    expect(status).toBe(1);
    expect(existsSync(join(folder, 'x'))).toBe(false);
  });

  it('are named by the image, or by us', () => {
    expect(run(['base']).stderr).toContain('the image names no program to run');
    expect(run(['base']).status).toBe(125);
    expect(run(['--entrypoint', '/bin/echo', 'base', '-n', '--rm']).stdout).toBe('--rm');
    expect(run(['--entrypoint', '', 'base', 'echo', 'own']).stdout).toBe('own\n');
  });
});

it.skipIf(!isReady)('a shell can look at what a failed step has left', () => {
  const context = folderWith({ Dockerfile: 'FROM base\nRUN echo left > /left; exit 1\n' });
  const args = ['--build', '--no-lint', '--store', store, '--on-failure', 'shell', context];
  const { stdout, status } = spawnSync(process.execPath, [cli, ...args], {
    encoding: 'utf8',
    input: 'cat /left; exit',
  });
  expect(stdout).toBe('left\n');
  expect(status).toBe(3);
});

/** Whether a program runs anywhere on the machine. */
const running = (command: string): boolean =>
  readdirSync('/proc').some((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() === command;
    } catch {
      return false;
    }
  });
