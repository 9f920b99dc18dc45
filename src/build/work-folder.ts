import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from './remove-tree.ts';

/** A process that has a work folder, as the folder's name tells. */
interface Owner {
  readonly pid: number;
  /** When it began, for numbers of processes come again. */
  readonly start: string;
  readonly boot: string;
  /** Numbers of another container say nothing here. */
  readonly space: string;
}

/** Makes a folder for this process, gone when it ends, and deletes what processes have left that were killed. */
export const newWorkFolder = (folder: string): string => {
  forgetDead(folder);
  const { pid, start, boot, space } = self();
  const own = join(folder, [pid, start, boot, space, randomUUID()].join('-'));
  mkdirSync(own);
  if (owned.size === 0) process.once('exit', () => owned.forEach(forget));
  owned.add(own);
  return own;
};

const owned = new Set<string>();

const self = (): Owner => ({ pid: process.pid, start: startOf(process.pid), boot: bootOf(), space: spaceOf() });

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/**
 * The 22nd field; the second is a name in brackets, which may hold anything. A process that was killed, and for which nobody
 * waits, is there for ever where the first process of a container is no init.
 */
const startOf = (pid: number): string => {
  const [, state = '', ...fields] = textOf(`/proc/${pid}/stat`).replace(/^.*\)/s, '').split(' ');
  return /[ZX]/.test(state) ? 'ended' : (fields[18] ?? '0');
};

const bootOf = (): string => textOf('/proc/sys/kernel/random/boot_id').slice(0, 8) || 'boot';

const spaceOf = (): string => {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  } catch {
    return '0';
  }
};

const ownerOf = (name: string): Owner | undefined => {
  const [, pid, start, boot, space] = /^(\d+)-(\d+)-([^-]+)-(\d+)-/.exec(name) ?? [];
  if (pid === undefined || start === undefined || boot === undefined || space === undefined) return undefined;
  return { pid: Number(pid), start, boot, space };
};

const DAY = 86_400_000;

/** Whether the owner of a folder is there, or may be, where that cannot be seen from here. */
const isInUse = (folder: string, name: string): boolean => {
  const owner = ownerOf(name);
  if (!owner || owner.boot !== bootOf()) return false;
  if (owner.space === spaceOf()) return isRunning(owner);
  const changed = statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - changed < DAY;
};

const isRunning = ({ pid, start }: Owner): boolean => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return startOf(pid) === start;
};

const forgetDead = (folder: string): void => {
  for (const name of readdirSync(folder)) if (!isInUse(folder, name)) forget(join(folder, name));
};

/** Another process may be at it too; what cannot be deleted now is deleted by a later build. */
const forget = (path: string): void => {
  try {
    removeTree(path);
  } catch {}
};

/** The processes that use a store besides this one. */
export const othersIn = (folder: string): readonly number[] =>
  readdirSync(folder).flatMap((name) => {
    const owner = ownerOf(name);
    return owner && owner.pid !== process.pid && isInUse(folder, name) ? [owner.pid] : [];
  });

const PATIENCE = 60_000;

/** Waits while another process deletes from the store. */
export const awaitSweep = (mark: string): void => {
  for (let waited = 0; waited < PATIENCE && isSwept(mark); waited += 50)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
};

/** Whether another process that is still there has set the mark. */
export const isSwept = (mark: string): boolean => {
  if (!existsSync(mark)) return false;
  const owner = ownerOf(`${textOf(mark)}-`);
  return owner !== undefined && owner.pid !== process.pid && isRunning(owner);
};

/** What stands in the mark of a process that deletes. */
export const sweepText = (): string => {
  const { pid, start, boot, space } = self();
  return [pid, start, boot, space].join('-');
};
