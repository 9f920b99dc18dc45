import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { endWithUs } from './children.ts';
import { type StepFolders, stepFolders } from './folders.ts';
import { planMounts, tableText } from './mount-table.ts';
import { type ExitCode, type RunRequest, type Sandbox, SandboxError } from './port.ts';
import { findPrograms, type Programs } from './programs.ts';
import { isRootless } from './rootless.ts';
import { scratchFolder } from './scratch.ts';
import { quoted, scriptOf } from './script.ts';
import { type Supervisor, startSupervisor } from './supervisor.ts';

/** The runner that needs nothing installed. A text says what is missing all the same. */
export const unshareSandbox = (path: string): Sandbox | string => {
  const programs = findPrograms(path);
  if (typeof programs === 'string') return programs;
  let supervisor: Supervisor | undefined;
  return {
    name: 'unshare',
    lacks: ['a seccomp filter', 'a filter of devices'],
    run(request) {
      if (!request.output) return runOnTerminal(programs, request);
      supervisor ??= startSupervisor(programs, scratchFolder(dirname(request.work)));
      return runUnder(supervisor, programs, request, request.output);
    },
  };
};

const runUnder = async (
  supervisor: Supervisor,
  programs: Programs,
  request: RunRequest,
  output: (chunk: Buffer) => void,
): Promise<ExitCode> => {
  const folders = stepFolders(request);
  const script = prepare(programs, request, folders);
  const command = [programs.unshare, ...namespaces(request), programs.sh].map(quoted).join(' ');
  try {
    return await supervisor.start({ command: `cd ${quoted(folders.names)} && ${command}`, script, output });
  } finally {
    rmSync(folders.own, { recursive: true, force: true, maxRetries: 3 });
  }
};

/** Makes the folders and the table of mounts, and tells the script. */
const prepare = (programs: Programs, request: RunRequest, folders: StepFolders): string => {
  const plan = planMounts(request, folders, isRootless());
  writeFileSync(join(folders.own, 'fstab'), tableText(plan.first), { mode: 0o600 });
  return scriptOf(programs, request, plan, isRootless());
};

/** A step that has the terminal is no child of the supervisor, so that signals of the terminal reach it. */
const runOnTerminal = async (programs: Programs, request: RunRequest): Promise<ExitCode> => {
  const folders = stepFolders(request);
  const script = join(folders.own, 'script');
  writeFileSync(script, prepare(programs, request, folders), { mode: 0o600 });
  const args = ['--pdeathsig', 'KILL', programs.unshare, ...namespaces(request), programs.sh, script];
  const child = spawn(programs.setpriv, args, {
    cwd: folders.names,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', LIBMOUNT_FORCE_MOUNT2: 'always' },
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
  });
  endWithUs(child);
  const ignore = () => {};
  process.on('SIGINT', ignore);
  let isReady = false;
  child.stdio[3]?.on('data', () => {
    isReady = true;
  });
  try {
    const code = await new Promise<ExitCode>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status, signal) => resolve(status ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
    if (!isReady) throw new SandboxError('the sandbox cannot be set up');
    return code;
  } finally {
    process.off('SIGINT', ignore);
    rmSync(folders.own, { recursive: true, force: true, maxRetries: 3 });
  }
};

const namespaces = ({ network }: RunRequest): readonly string[] => [
  ...['-m', '-p', '-f', '-i', '-u'],
  ...(network === 'none' ? ['-n'] : []),
  '--kill-child=KILL',
  '--propagation',
  'private',
];
