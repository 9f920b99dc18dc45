import { rm } from 'node:fs';
import { dirname } from 'node:path';
import { type StepFolders, stepFolders } from './folders.ts';
import { limitTrouble } from './limits.ts';
import { type Runner, type RunRequest, SandboxError } from './port.ts';
import { missingText, type Programs } from './programs.ts';
import { scratchFolder } from './scratch.ts';
import { type Supervisor, startSupervisor } from './supervisor.ts';
import { entering, runOnTerminal } from './terminal.ts';
import { quoted } from './walk.ts';

/** What a runner does in its own way. */
interface Way {
  /** Puts what the step needs into its folders, and tells the script that runs it. */
  readonly prepare: (request: RunRequest, folders: StepFolders) => string;
  /** The options of `unshare` for the namespaces of the script. */
  readonly namespaces: (request: RunRequest) => readonly string[];
}

/** Runs each step under one supervisor, or at once where its output goes to the terminal. */
export const stepStarter = (programs: Programs, { prepare, namespaces }: Way): Runner['run'] => {
  let supervisor: Supervisor | undefined;
  let hasTried = false;
  return async (request) => {
    if (!hasTried) tryLimits(programs, request);
    hasTried = true;
    const folders = stepFolders(request);
    const script = prepare(request, folders);
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
  };
};

/** They are the same for all steps. */
const tryLimits = ({ prlimit }: Programs, { limits }: RunRequest): void => {
  if (!limits || limits.resources.length === 0) return;
  if (prlimit === undefined) throw new SandboxError(missingText(['prlimit'], process.env.PATH ?? ''));
  const trouble = limitTrouble(limits, prlimit);
  if (trouble !== undefined) throw new SandboxError(trouble);
};
