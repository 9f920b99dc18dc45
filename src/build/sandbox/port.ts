import type { Owner } from '../accounts.ts';

/** A program to run in the files of an image. */
export interface RunRequest {
  /** The folders of the layers, the top one first. */
  readonly lowers: readonly string[];
  /** An empty folder, in which `upper` is what the program has changed afterwards. */
  readonly work: string;
  readonly argv: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly workdir: string;
  readonly owner: Owner;
  readonly network: 'host' | 'none';
  /** What is mounted besides what every step has; targets are absolute and exist. */
  readonly mounts: readonly SandboxMount[];
  readonly isInsecure: boolean;
  /** What it prints. */
  readonly output: (chunk: Buffer) => void;
}

export type SandboxMount =
  | { readonly type: 'bind'; readonly source: string; readonly target: string; readonly isReadOnly: boolean }
  | { readonly type: 'tmpfs'; readonly target: string; readonly options: string };

/** The exit code, or that of a shell for a signal. */
export type ExitCode = number;

/** One way to run programs apart from the machine. */
export interface Sandbox {
  readonly name: string;
  /** What others keep apart and this does not. */
  readonly lacks: readonly string[];
  run(request: RunRequest): Promise<ExitCode>;
}

/** Where every step sees files of ours, as BuildKit has it. */
export const HOSTS = '127.0.0.1\tlocalhost buildkitsandbox\n::1\tlocalhost ip6-localhost ip6-loopback\n';
export const HOSTNAME = 'buildkitsandbox';

/** What a program may do as root: the set that BuildKit leaves. */
export const CAPABILITIES =
  'chown dac_override fsetid fowner mknod net_raw setgid setuid setfcap setpcap net_bind_service sys_chroot kill audit_write'.split(
    ' ',
  );

export const MASKED_FILES = [
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/sched_debug',
];
export const MASKED_FOLDERS = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];
export const READ_ONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** What has to be in the files to mount on; made where it is missing, and taken away after the step. */
export const MOUNT_POINTS: readonly { readonly path: string; readonly isFolder: boolean }[] = [
  { path: 'proc', isFolder: true },
  { path: 'sys', isFolder: true },
  { path: 'dev', isFolder: true },
  { path: 'etc', isFolder: true },
  { path: 'etc/resolv.conf', isFolder: false },
  { path: 'etc/hosts', isFolder: false },
];
