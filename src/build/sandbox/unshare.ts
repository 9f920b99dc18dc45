import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import {
  CAPABILITIES,
  HOSTNAME,
  HOSTS,
  MASKED_FILES,
  MASKED_FOLDERS,
  READ_ONLY,
  type RunRequest,
  type Sandbox,
} from './port.ts';

/** Programs of util-linux and coreutils, which every Linux has. Their paths are asked of the machine, not of the step. */
const PROGRAMS = ['unshare', 'mount', 'setpriv', 'chroot', 'cp', 'sh'] as const;
type Programs = Readonly<Record<(typeof PROGRAMS)[number], string>>;

/** The runner that needs nothing installed: namespaces of its own, but no seccomp filter. A text says what is missing. */
export const unshareSandbox = (path: string): Sandbox | string => {
  const found = new Map(PROGRAMS.map((name) => [name, pathOf(name, path)]));
  const missing = PROGRAMS.filter((name) => found.get(name) === undefined);
  if (missing.length > 0) return `RUN needs ${missing.join(', ')}: install util-linux and coreutils`;
  const at = (name: keyof Programs) => found.get(name) ?? name;
  const programs: Programs = {
    unshare: at('unshare'),
    mount: at('mount'),
    setpriv: at('setpriv'),
    chroot: at('chroot'),
    cp: at('cp'),
    sh: at('sh'),
  };
  return { name: 'unshare', lacks: ['a seccomp filter'], run: (request) => run(programs, request) };
};

const pathOf = (name: string, path: string): string | undefined =>
  [...path.split(':'), '/usr/sbin', '/usr/bin', '/sbin', '/bin']
    .map((folder) => join(folder, name))
    .find((each) => existsSync(each));

const run = (programs: Programs, request: RunRequest): Promise<number> => {
  const { work, network } = request;
  prepare(request);
  const args = [
    '-m',
    '-p',
    '-f',
    '-i',
    '-u',
    ...(network === 'none' ? ['-n'] : []),
    '--kill-child=KILL',
    '--propagation',
    'private',
  ];
  const child = spawn(programs.unshare, [...args, programs.sh, '-c', scriptOf(programs, request)], {
    cwd: join(work, 'l'),
    env: { ...Object.fromEntries(request.env) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Of its own, so that a signal from the terminal reaches us first and we end it.
    detached: true,
  });
  const stop = () => child.kill('SIGKILL');
  process.once('exit', stop);
  child.stdout.on('data', request.output);
  child.stderr.on('data', request.output);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('exit', stop);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
};

/** The folders of the overlay, short names for its layers, and the files that are mounted over those of the image. */
const prepare = ({ work, lowers, network }: RunRequest): void => {
  for (const name of ['upper', 'work', 'merged', 'l', 'l/none', 'dev'])
    mkdirSync(join(work, name), { recursive: true });
  for (const [index, folder] of lowers.entries()) symlinkSync(folder, join(work, 'l', String(index)));
  for (const name of ['pts', 'shm', 'mqueue']) mkdirSync(join(work, 'dev', name), { recursive: true });
  for (const [name, target] of DEVICE_LINKS) symlinkSync(target, join(work, 'dev', name));
  writeFileSync(join(work, 'hosts'), HOSTS);
  if (network === 'none' || !existsSync('/etc/resolv.conf')) writeFileSync(join(work, 'resolv.conf'), '');
};

const DEVICE_LINKS = [
  ['ptmx', 'pts/ptmx'],
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
] as const;

const OVERLAY = 'volatile,index=off,redirect_dir=off,metacopy=off,xino=off';

const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'].map((name) => `/dev/${name}`).join(' ');

/** Prepares the files and becomes the program. The names of the layers are short, since the kernel takes one page of them. */
const scriptOf = (programs: Programs, request: RunRequest): string => {
  const { mount, cp } = programs;
  const { lowers } = request;
  const lower = lowers.length === 0 ? 'none' : lowers.map((_folder, index) => index).join(':');
  return [
    'set -e',
    'umask 022',
    `${mount} -t overlay -o lowerdir=${lower},upperdir=../upper,workdir=../work,${OVERLAY} overlay ../merged`,
    `${mount} -t tmpfs -o nosuid,strictatime,mode=755,size=65536k tmpfs ../merged/dev`,
    `${cp} -a ../dev/. ${DEVICES} ../merged/dev/`,
    ...laterMounts(programs, request),
    `echo ${HOSTNAME} > /proc/sys/kernel/hostname || true`,
    `exec ${enter(programs, request)}`,
  ].join('\n');
};

/** Only `chroot` keeps further groups, and only a shell of the image can change the directory then. */
const enter = ({ setpriv, unshare, chroot }: Programs, { owner, argv, workdir, isInsecure }: RunRequest): string => {
  const { uid, gid, groups } = owner;
  const caps = isInsecure ? '' : `${setpriv} --bounding-set=-all,${CAPABILITIES.map((name) => `+${name}`).join(',')} `;
  const words = argv.map(quoted).join(' ');
  if (groups.length === 0)
    return `${caps}${unshare} -R ../merged -w ${quoted(workdir)} -G ${gid} -S ${uid} -- ${words}`;
  const user = `--userspec=+${uid}:+${gid} --groups=${groups.map((group) => `+${group}`).join(',')}`;
  return `${caps}${chroot} ${user} ../merged /bin/sh -c 'cd "$0" && exec "$@"' ${quoted(workdir)} ${words}`;
};

/** A word for a POSIX shell. */
export const quoted = (word: string): string =>
  /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

const laterMounts = ({ mount }: Programs, { mounts, isInsecure, network }: RunRequest): readonly string[] => {
  const at = (path: string) => quoted(`../merged${path}`);
  const bind = (source: string, target: string, options = '') =>
    `${mount} --bind${options} ${quoted(source)} ${at(target)}`;
  const resolv = network === 'none' || !existsSync('/etc/resolv.conf') ? '../resolv.conf' : '/etc/resolv.conf';
  const masks = isInsecure
    ? []
    : [
        ...MASKED_FILES.filter((path) => existsSync(path)).map((path) => bind('/dev/null', path)),
        ...MASKED_FOLDERS.filter((path) => existsSync(path)).map(
          (path) => `${mount} -t tmpfs -o ro,size=0 tmpfs ${at(path)}`,
        ),
        ...READ_ONLY.filter((path) => existsSync(path)).map((path) => bind(`../merged${path}`, path, ' -o ro')),
      ];
  return [
    `${mount} -t proc -o nosuid,noexec,nodev proc ${at('/proc')}`,
    `${mount} -t sysfs -o nosuid,noexec,nodev${isInsecure ? '' : ',ro'} sysfs ${at('/sys')}`,
    `${mount} -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts ${at('/dev/pts')}`,
    `${mount} -t tmpfs -o nosuid,noexec,nodev,mode=1777,size=65536k shm ${at('/dev/shm')}`,
    `${mount} -t mqueue -o nosuid,noexec,nodev mqueue ${at('/dev/mqueue')}`,
    ...masks,
    bind('../hosts', '/etc/hosts', ' -o ro'),
    bind(resolv, '/etc/resolv.conf', ' -o ro'),
    ...mounts.map((each) =>
      each.type === 'bind'
        ? bind(each.source, each.target, each.isReadOnly ? ' -o ro' : '')
        : `${mount} -t tmpfs -o ${each.options} tmpfs ${at(each.target)}`,
    ),
  ];
};
