import type { Owner } from '../accounts.ts';
import type { Limits } from './limits.ts';

/** A program to run in the files of an image. */
export interface RunRequest {
  /** The folders of the layers, the top one first. */
  readonly lowers: () => readonly string[];
  /** Puts the files of all of them into a folder, where they cannot be laid on one another. */
  readonly place: Place;
  /** A folder with all files, which the program changes; undefined: they are laid on one another. */
  readonly root?: string;
  /** Told of what is not as it should be, although the program runs. */
  readonly warn: (text: string) => void;
  /** Told of the paths that are no more where `upper` cannot say so, since no overlay has made it. */
  readonly onDeleted?: ((paths: readonly string[]) => void) | undefined;
  /** An empty folder, in which `upper` is what the program has changed afterwards. */
  readonly work: string;
  readonly argv: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  /** Absolute, links followed; it exists, or is the target of a mount. */
  readonly workdir: string;
  /** Where a path leads in the files, both without the first `/`. */
  readonly resolve: (path: string) => string;
  readonly owner: Owner;
  readonly network: 'host' | 'none';
  /** The file of a network namespace to be in; undefined: that of this process. */
  readonly namespace?: string | undefined;
  /** What is mounted besides what every step has: targets are absolute, with links followed, and exist. */
  readonly mounts: readonly SandboxMount[];
  readonly isInsecure: boolean;
  /** Whether the image has a shell to set variables with that programs of ours must not see. */
  readonly hasShell: boolean;
  readonly hostname: string;
  /** Lines of `/etc/hosts` besides the usual ones. */
  readonly hosts: readonly string[];
  readonly limits?: Limits | undefined;
  /** What it prints; undefined: it writes where we do. */
  readonly output: ((chunk: Buffer) => void) | undefined;
  /** Whether it reads our standard input; only without `output`. */
  readonly hasInput?: boolean;
  /** Whether that is a terminal which is to be its own. */
  readonly hasTerminal?: boolean;
}

export type Place = (folder: string) => Promise<void>;

export type SandboxMount = BindMount | OverlayMount | TmpfsMount | SecretMount;

interface Target {
  readonly target: string;
  readonly isFolder: boolean;
}

export interface BindMount extends Target {
  readonly type: 'bind';
  /** With `isWhole` a path without links. */
  readonly source: string;
  /** The folder that the source must not lead out of, where steps may have put links into it. */
  readonly within?: string | undefined;
  readonly isReadOnly: boolean;
  /** With what is mounted inside of it, and no more rights than those mounts give here. */
  readonly isWhole?: boolean;
}

/** A path in an image; what is written is lost. */
export interface OverlayMount extends Target {
  readonly type: 'overlay';
  readonly lowers: () => readonly string[];
  readonly place: Place;
  /** Inside of it, links followed. */
  readonly path: string;
  readonly isReadOnly: boolean;
}

export interface TmpfsMount extends Target {
  readonly type: 'tmpfs';
  readonly options: string;
}

/** A file that is never on a disk. */
export interface SecretMount extends Target {
  readonly type: 'secret';
  readonly content: Uint8Array;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** The exit code, or that of a shell for a signal. */
export type ExitCode = number;

/** One way to run programs apart from the machine, and whether it has run any. */
export interface Sandbox extends Runner {
  readonly isUsed: () => boolean;
}

/** One way to run programs apart from the machine. */
export interface Runner {
  readonly name: string;
  /** What others keep apart and this does not. */
  readonly lacks: readonly string[];
  /** Throws SandboxError where the program cannot even be started. */
  run(request: RunRequest): Promise<ExitCode>;
}

/** The machine does not let us run a step; it is not the step's fault. */
export class SandboxError extends Error {}

/** Where every step sees files of ours, as BuildKit has it. */
export const hostsFor = (hostname: string): string =>
  `127.0.0.1\tlocalhost ${hostname}\n::1\tlocalhost ip6-localhost ip6-loopback\n`;
export const HOSTNAME = 'buildkitsandbox';

/** What a program may do as root: the set that BuildKit leaves. */
export const CAPABILITIES =
  'chown dac_override fsetid fowner mknod net_raw setgid setuid setfcap setpcap net_bind_service sys_chroot kill audit_write'.split(
    ' ',
  );

/** What a step is not to see, and what it may only read. */
export const MASKED = [
  ...['acpi', 'asound', 'kcore', 'keys', 'latency_stats', 'scsi', 'sched_debug', 'timer_list', 'timer_stats'].map(
    (name) => `/proc/${name}`,
  ),
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

/** What a machine that lets no program be started is told. */
export const NO_SANDBOX = 'the sandbox cannot be set up (`iechorlint doctor` says what is missing)';
