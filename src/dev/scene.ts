import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBusybox } from './busybox.ts';

/** Who builds, and where. */
export interface Scene {
  /** What comes before the arguments of the command line. */
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Where stores and contexts are made. */
  readonly folder: string;
  /** An archive of `busybox`. */
  readonly base: string;
}

export interface User {
  readonly name: string;
  readonly uid: number;
}

const lineOf = (path: string, name: string): string | undefined =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .find((line) => line.startsWith(`${name}:`))
    : undefined;

/** An ordinary user who has numbers for a namespace. */
export const userNamed = (name: string): User | undefined => {
  const uid = Number(lineOf('/etc/passwd', name)?.split(':')[2] ?? 0);
  return uid > 0 && lineOf('/etc/subuid', name) !== undefined ? { name, uid } : undefined;
};

/** The first of them. */
export const ordinaryUser = (): User | undefined => {
  const ranges = existsSync('/etc/subuid') ? readFileSync('/etc/subuid', 'utf8').split('\n') : [];
  for (const line of ranges) {
    const user = line.includes(':') ? userNamed(line.split(':', 1)[0] ?? '') : undefined;
    if (user) return user;
  }
  return undefined;
};

/** Makes a folder one in which a user builds, and an image of busybox that can be loaded there. */
export const sceneOf = (folder: string, cli: string, user: User | undefined): Scene => {
  const base = join(folder, 'base.tar');
  writeBusybox(join(folder, 'busybox'), join(folder, 'busybox.file'));
  const build = [
    'build',
    '--no-lint',
    '-q',
    '-t',
    'busybox',
    '-o',
    `type=docker,dest=${base}`,
    '-f',
    '../busybox.file',
    '.',
  ];
  const { status, stderr } = spawnSync(process.execPath, [cli, ...build, '--store', join(folder, 'first')], {
    cwd: join(folder, 'busybox'),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const own = join(folder, 'own');
  mkdirSync(own);
  for (const path of [folder, own]) chmodSync(path, 0o755);
  chmodSync(base, 0o644);
  if (!user) return { command: [process.execPath, cli], env: process.env, folder: own, base };
  chownSync(own, user.uid, user.uid);
  const as = ['setpriv', '--reuid', String(user.uid), '--regid', String(user.uid), '--clear-groups'];
  const env = { PATH: process.env.PATH, HOME: own, USER: user.name };
  return { command: [...as, process.execPath, cli], env, folder: own, base };
};
