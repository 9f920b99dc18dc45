import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StepFolders } from './folders.ts';
import { planMounts, tableText } from './mount-table.ts';
import type { Runner, RunRequest } from './port.ts';
import { findPrograms, type Programs } from './programs.ts';
import { isRootless } from './rootless.ts';
import { scriptOf } from './script.ts';
import { stepStarter } from './start-step.ts';

/** The runner that needs nothing installed. A text says what is missing all the same. */
export const unshareSandbox = (path: string): Runner | string => {
  const programs = findPrograms(path);
  if (typeof programs === 'string') return programs;
  return {
    name: 'unshare',
    lacks: ['a seccomp filter (util-linux sets none; --runner crun and runc do)'],
    run: stepStarter(programs, { prepare: (request, folders) => prepare(programs, request, folders), namespaces }),
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
