import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const hasProgram = (name: string): boolean => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;

/** Whether a docker can be had for a test. */
export const canDocker = process.geteuid?.() === 0 && ['docker', 'dockerd'].every(hasProgram);

/** A docker of one's own: where its programs find it (`DOCKER_HOST`), and what ends it. */
export interface Docker {
  readonly host: string;
  readonly stop: () => Promise<void>;
}

/** Undefined where the system does not let it start. */
export const startDocker = async (): Promise<Docker | undefined> => {
  const folder = mkdtempSync(join(tmpdir(), 'iechorlint-docker-'));
  const host = `unix://${folder}/socket`;
  const places = [
    '--data-root',
    join(folder, 'data'),
    '--exec-root',
    join(folder, 'exec'),
    '--pidfile',
    `${folder}/pid`,
  ];
  const flags = ['--iptables=false', '--bridge=none', '--host', host, ...places];
  const daemon = spawn('dockerd', flags, { stdio: 'ignore' });
  const hasEnded = () => daemon.exitCode !== null || daemon.signalCode !== null;
  const stop = async () => {
    daemon.kill();
    while (!hasEnded()) await pause(50);
    rmSync(folder, { recursive: true, force: true });
  };
  const env = { ...process.env, DOCKER_HOST: host };
  for (let tries = 0; tries < 120 && !hasEnded(); tries++) {
    if (spawnSync('docker', ['version'], { env, stdio: 'ignore' }).status === 0) return { host, stop };
    await pause(250);
  }
  await stop();
  return undefined;
};

/** Whether it can run a program: a container of its own making, with nothing of ours. */
export const canRun = ({ host }: Docker, busybox: string): boolean => {
  const env = { ...process.env, DOCKER_HOST: host };
  const make = `tar -C ${dirname(busybox)} -cf - ${basename(busybox)} | docker import - probe:1`;
  const run = ['run', '--rm', '--network', 'none', 'probe:1', `/${basename(busybox)}`, 'true'];
  return [['sh', ['-c', make]] as const, ['docker', run] as const].every(
    ([program, args]) => spawnSync(program, args, { env, stdio: 'ignore' }).status === 0,
  );
};
