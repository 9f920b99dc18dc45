import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { ExitCode, Runner, RunRequest, Sandbox } from './port.ts';
import { pathOf } from './programs.ts';
import { isRootless } from './rootless.ts';

/** Why there are no overlays; asked for where steps are to work on copies of their files. */
export type OverlayTrouble = string | undefined;

/**
 * A runner that lays the files of a step on one another, or copies them where the kernel does not let us; that is tried
 * only when a step could not be started. One step tells of it.
 */
export const overlaid = (sandbox: Runner, known: OverlayTrouble): Sandbox => {
  let trouble: OverlayTrouble;
  let isUsed = false;
  const refuse = (text: string, { warn }: RunRequest): void => {
    if (trouble === undefined)
      warn(`${text}, so that each step works on a copy of its files: slower, and with as much space as they take`);
    trouble = text;
  };
  return {
    ...sandbox,
    isUsed: () => isUsed,
    async run(request: RunRequest): Promise<ExitCode> {
      isUsed = true;
      if (known !== undefined) refuse(known, request);
      if (trouble !== undefined) return (await import('./copy.ts')).runOnCopy(sandbox, request);
      try {
        return await sandbox.run(request);
      } catch (error) {
        const refusal = refusalIn(request.work);
        if (refusal === undefined) throw error;
        refuse(refusal, request);
        return (await import('./copy.ts')).runOnCopy(sandbox, request);
      }
    },
  };
};

/** What the system says to an overlay there; undefined where it mounts one. */
const refusalIn = (work: string): OverlayTrouble => {
  const folder = mkdtempSync(join(work, 'probe-'));
  for (const name of ['l', 'u', 'w', 'm']) mkdirSync(join(folder, name));
  const [unshare = 'unshare', mount = 'mount'] = ['unshare', 'mount'].map((name) =>
    pathOf(name, process.env.PATH ?? ''),
  );
  const options = `lowerdir=l,upperdir=u,workdir=w${isRootless() ? ',userxattr' : ''}`;
  const { status, stderr } = spawnSync(unshare, ['-m', mount, '-n', '-t', 'overlay', '-o', options, 'overlay', 'm'], {
    cwd: folder,
    encoding: 'utf8',
    env: { LC_ALL: 'C', PATH: process.env.PATH },
  });
  if (status === 0) return undefined;
  const [reason = ''] = stderr.trim().split('\n');
  return `no overlay can be mounted below ${work.replace(/\/1\/work\/.*$/, '')} (${reason.replace(/^mount: [^:]*: /, '')})`;
};
