import { rm, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type StepFolders, stepFolders } from './folders.ts';
import { planMounts, tableText } from './mount-table.ts';
import type { Runner, RunRequest } from './port.ts';
import { findPrograms, type Programs } from './programs.ts';
import { isRootless } from './rootless.ts';
import { scratchFolder } from './scratch.ts';
import { quoted, scriptOf } from './script.ts';
import { type Supervisor, startSupervisor } from './supervisor.ts';
import { entering, runOnTerminal } from './terminal.ts';

/** The runner that needs nothing installed. A text says what is missing all the same. */
export const unshareSandbox = (path: string): Runner | string => {
  const programs = findPrograms(path);
  if (typeof programs === 'string') return programs;
  let supervisor: Supervisor | undefined;
  return {
    name: 'unshare',
    lacks: ['a seccomp filter (util-linux sets none; --runner crun and runc do)'],
    async run(request) {
      const folders = stepFolders(request);
      const script = prepare(programs, request, folders);
      const command = [...entering(request), programs.unshare, ...namespaces(request), programs.sh];
      try {
        if (!request.output) return await runOnTerminal(programs, command, script, folders);
        if (supervisor?.hasEnded()) supervisor = undefined;
        supervisor ??= startSupervisor(programs, scratchFolder(dirname(request.work)));
        const text = `cd ${quoted(folders.names)} && ${command.map(quoted).join(' ')}`;
        return await supervisor.start({ command: text, script, output: request.output });
      } finally {
        // What is left of it is deleted when this process ends.
        rm(folders.own, { recursive: true, force: true, maxRetries: 3 }, () => {});
      }
    },
  };
};

/** Makes the folders and the table of mounts, and tells the script. */
const prepare = (programs: Programs, request: RunRequest, folders: StepFolders): string => {
  const plan = planMounts(request, folders, isRootless());
  writeFileSync(join(folders.own, 'fstab'), tableText(plan.first), { mode: 0o600 });
  return scriptOf(programs, request, plan, folders.own, isRootless());
};

const namespaces = ({ network }: RunRequest): readonly string[] => [
  ...['-m', '-p', '-f', '-i', '-u'],
  ...(network === 'none' ? ['-n'] : []),
  '--kill-child=KILL',
  '--propagation',
  'private',
];
