import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { networkFiles, type StepFolders } from './folders.ts';
import { limitEntries, limitsWritten, sharedMemoryOptions } from './limits.ts';
import { planMounts, tableText } from './mount-table.ts';
import { CAPABILITIES, MASKED, READ_ONLY, type Runner, type RunRequest, SandboxError } from './port.ts';
import { findPrograms, missingText, type Programs, pathOf } from './programs.ts';
import { isRootless } from './rootless.ts';
import { seccompFilter } from './seccomp.ts';
import { stepStarter } from './start-step.ts';
import { laterLines, quoted, WALKING } from './walk.ts';

export type RuntimeName = 'crun' | 'runc';

/** A runner that hands steps to a container runtime: slower, with the machine's filter of system calls. */
export const runtimeSandbox = (name: RuntimeName, path: string): Runner | string => {
  const programs = findPrograms(path);
  if (typeof programs === 'string') return programs;
  const runtime = pathOf(name, path);
  if (runtime === undefined) return missingText([name], path);
  const hasFilter = seccompFilter(capabilityNames) !== undefined;
  return {
    name,
    lacks: [
      ...(hasFilter ? [] : ['a seccomp filter, since the machine has no profile for containers']),
      ...(name === 'crun' ? ['a filter of devices in /dev'] : []),
    ],
    run: stepStarter(programs, {
      prepare: (request, folders) => prepare(name, runtime, programs, request, folders),
      namespaces,
    }),
  };
};

/** Steps that the supervisor does not start have their own end with them. */
const namespaces = ({ output }: RunRequest): readonly string[] => [
  ...(output ? ['-m'] : ['-m', '-p', '-f', '--kill-child=KILL']),
  '--propagation',
  'private',
];

const capabilityNames = CAPABILITIES.map((name) => `CAP_${name.toUpperCase()}`);

const isBelowDevices = ({ target }: { readonly target: string }): boolean => target.startsWith('/dev/');

/** Makes the bundle; what is mounted on the step's files is mounted before, except on `/dev`, which the runtime makes. */
const prepare = (
  name: RuntimeName,
  runtime: string,
  programs: Programs,
  request: RunRequest,
  folders: StepFolders,
): string => {
  const { own } = folders;
  const mounts = request.mounts.filter((mount) => !isBelowDevices(mount));
  const plan = planMounts({ ...request, mounts }, folders, isRootless(), false);
  const bundle = join(own, 'bundle');
  mkdirSync(bundle);
  // The step's variables, which may be secret, are seen in the namespace alone that it runs in.
  const room = { source: 'tmpfs', target: bundle, type: 'tmpfs', options: 'nosuid,nodev,mode=700' };
  writeFileSync(join(own, 'fstab'), tableText([...plan.first, room]), { mode: 0o600 });
  const config = quoted(limitsWritten(JSON.stringify(configOf(request, folders))));
  const words = wordsOf(name, runtime, bundle, own);
  return [
    'set -e',
    'umask 022',
    // It looks its processes up by the numbers that they have where it runs.
    ...(name === 'runc' ? [`${programs.mount} -n -t proc proc /proc`] : []),
    `${programs.mount} -n -a -T ${quoted(join(own, 'fstab'))}`,
    `(umask 077; printf %s ${config} > ${quoted(join(bundle, 'config.json'))})`,
    WALKING,
    ...plan.later.flatMap((each) => laterLines(programs, plan.merged, each)),
    // crun takes a machine with both kinds of control groups for a fault, and none are used here.
    ...(name === 'crun' ? [hideUnified(programs)] : []),
    'echo ready >&3',
    'exec 3>&-',
    `exec ${words.map(quoted).join(' ')}${request.hasInput ? '' : ' </dev/null'}`,
    '',
  ].join('\n');
};

const wordsOf = (name: RuntimeName, runtime: string, bundle: string, own: string): readonly string[] => [
  ...[runtime, ...(name === 'crun' ? ['--cgroup-manager=disabled'] : [])],
  ...['--root', join(bundle, 'state'), 'run', '-b', bundle, own.slice(own.lastIndexOf('/') + 1)],
];

/** An ordinary user may not take it away, and puts something over it. */
const hideUnified = ({ umount, mount }: Programs): string => {
  const place = '/sys/fs/cgroup/unified';
  return `[ ! -d ${place} ] || ${umount} -l ${place} 2>/dev/null || ${mount} -n -t tmpfs tmpfs ${place} || :`;
};

/** https://github.com/opencontainers/runtime-spec/blob/main/config.md */
const configOf = (request: RunRequest, folders: StepFolders): object => {
  const { owner, argv, env, workdir, network, isInsecure, limits } = request;
  const files = networkFiles(folders, request);
  const namespaces = ['pid', 'ipc', 'uts', 'mount', ...(network === 'none' ? ['network'] : [])];
  const capabilities = isInsecure ? undefined : capabilityNames;
  const filter = isInsecure ? undefined : seccompFilter(capabilityNames);
  return {
    ociVersion: '1.0.2',
    process: {
      ...(request.hasTerminal ? { terminal: true } : {}),
      user: { uid: owner.uid, gid: owner.gid, additionalGids: owner.groups },
      args: argv,
      env: Array.from(env, ([name, value]) => `${name}=${value}`),
      cwd: workdir,
      ...(limits ? { rlimits: limitEntries(limits) } : {}),
      noNewPrivileges: false,
      ...(capabilities
        ? { capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities } }
        : {}),
    },
    root: { path: join(folders.own, 'merged') },
    hostname: request.hostname,
    mounts: [
      ...systemMounts(request),
      ...fileMounts(files),
      ...request.mounts.filter(isBelowDevices).flatMap(deviceMount),
    ],
    linux: {
      namespaces: namespaces.map((type) => ({ type })),
      ...(isInsecure ? {} : { maskedPaths: MASKED, readonlyPaths: READ_ONLY }),
      ...(filter ? { seccomp: filter } : {}),
    },
  };
};

const mountOf = (destination: string, type: string, source: string, options: string): object => ({
  ...{ destination, type, source },
  options: options.split(','),
});

const systemMounts = ({ network, isInsecure, limits }: RunRequest): readonly object[] => [
  mountOf('/proc', 'proc', 'proc', 'nosuid,noexec,nodev'),
  mountOf('/dev', 'tmpfs', 'tmpfs', 'nosuid,strictatime,mode=755,size=65536k'),
  mountOf(
    '/dev/pts',
    'devpts',
    'devpts',
    `nosuid,noexec,newinstance,ptmxmode=0666,mode=0620${isRootless() ? '' : ',gid=5'}`,
  ),
  mountOf('/dev/shm', 'tmpfs', 'shm', sharedMemoryOptions(limits)),
  mountOf('/dev/mqueue', 'mqueue', 'mqueue', 'nosuid,noexec,nodev'),
  isRootless() && network === 'host'
    ? mountOf('/sys', 'none', '/sys', 'rbind,ro')
    : mountOf('/sys', 'sysfs', 'sysfs', `nosuid,noexec,nodev${isInsecure ? '' : ',ro'}`),
];

const fileMounts = ({ hosts, resolv }: { readonly hosts: string; readonly resolv: string }): readonly object[] => [
  mountOf('/etc/hosts', 'bind', hosts, 'rbind,ro'),
  mountOf('/etc/resolv.conf', 'bind', resolv, 'rbind,ro'),
];

const deviceMount = (mount: RunRequest['mounts'][number]): readonly object[] => {
  if (mount.type === 'tmpfs') return [mountOf(mount.target, 'tmpfs', 'tmpfs', mount.options)];
  if (mount.type !== 'bind')
    throw new SandboxError(`container runtimes make /dev themselves, and take no such mount for ${mount.target}`);
  return [mountOf(mount.target, 'bind', mount.source, mount.isReadOnly ? 'rbind,ro' : 'rbind')];
};
