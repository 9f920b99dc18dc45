import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { endWithUs } from './children.ts';
import { withoutDescriptors } from './descriptors.ts';
import type { StepFolders } from './folders.ts';
import { type ExitCode, NO_SANDBOX, type RunRequest, SandboxError } from './port.ts';
import { type Programs, pathOf } from './programs.ts';

/** A step that writes where we do is no child of the supervisor, so that signals of the terminal reach it. */
export const runOnTerminal = async (
  { setpriv }: Programs,
  command: readonly string[],
  script: string,
  folders: StepFolders,
): Promise<ExitCode> => {
  const file = join(folders.own, 'script');
  writeFileSync(file, script, { mode: 0o600 });
  const [program = '', ...words] = withoutDescriptors([setpriv, '--pdeathsig', 'KILL', ...command, file]);
  const child = spawn(program, words, {
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
    if (!isReady) throw new SandboxError(NO_SANDBOX);
    return code;
  } finally {
    process.off('SIGINT', ignore);
  }
};

/** What stands before a command that is to be in another network. */
export const entering = ({ namespace }: RunRequest): readonly string[] =>
  namespace === undefined ? [] : [pathOf('nsenter', process.env.PATH ?? '') ?? 'nsenter', `--net=${namespace}`];
