import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hostsFor, MOUNT_POINTS, type RunRequest } from './port.ts';
import { scratchFolder } from './scratch.ts';

/** Where the small files of a step are, in memory if possible: none of them is part of the image. */
export interface StepFolders {
  /** Of this step alone. */
  readonly own: string;
  /** Short names of layers and of the step's work folder, in which mounting starts: the kernel takes one page of them. */
  readonly names: string;
}

export const stepFolders = ({ work }: RunRequest): StepFolders => {
  const scratch = scratchFolder(dirname(work));
  const names = join(scratch, 'l');
  if (mkdirSync(names, { recursive: true }) !== undefined) {
    makeStubLayer(join(names, STUBS));
    mkdirSync(join(names, NOTHING));
  }
  return { own: mkdtempSync(join(scratch, 'step-')), names };
};

/** The lowest layer of every step: places to mount on, in case that the image has none. */
const STUBS = 'stubs';

/** The lowest layer of an image that has none. */
const NOTHING = 'nothing';

const makeStubLayer = (folder: string): void => {
  for (const { path, isFolder } of MOUNT_POINTS) {
    const full = join(folder, path);
    mkdirSync(isFolder ? full : dirname(full), { recursive: true });
    chmodSync(isFolder ? full : dirname(full), 0o755);
    if (!isFolder) writeReadable(full, '');
  }
};

const known = new Map<string, string>();

const shortName = (names: string, target: string): string => {
  const key = `${names}\0${target}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const name = known.size.toString(36);
  symlinkSync(target, join(names, name));
  known.set(key, name);
  return name;
};

/** Folders of an overlay as its mount options name them. */
export interface OverlayFolders {
  readonly lower: string;
  readonly upper: string;
  readonly work: string;
}

/** Makes the folders of one overlay; `name` is empty for that of the step's own files. */
export const overlayFolders = (
  { names }: StepFolders,
  work: string,
  lowers: readonly string[],
  name: string,
): OverlayFolders => {
  for (const part of ['upper', 'work']) mkdirSync(join(work, `${name}${part}`), { recursive: true });
  const at = shortName(names, work);
  // The kernel takes no layer twice; the upper one of two shows all that the lower one would.
  const layers = [...new Set(lowers)].map((layer) => shortName(names, layer));
  // Only a step's own files have places to mount on; what it mounts of another image is that image's files alone.
  const lowest = name === '' ? [STUBS] : layers.length === 0 ? [NOTHING] : [];
  return { lower: [...layers, ...lowest].join(':'), upper: `${at}/${name}upper`, work: `${at}/${name}work` };
};

const DEVICE_LINKS = [
  ['ptmx', 'pts/ptmx'],
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
] as const;

export const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

/** `/dev` of a step: places for the devices, which are mounted, since not everybody may make them. */
export const deviceFolder = ({ own }: StepFolders, { mounts }: RunRequest): string => {
  const folder = join(own, 'dev');
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  for (const name of ['pts', 'shm', 'mqueue']) mkdirSync(join(folder, name));
  for (const name of DEVICES) writeFileSync(join(folder, name), '');
  for (const [name, target] of DEVICE_LINKS) symlinkSync(target, join(folder, name));
  if (existsSync('/proc/kcore')) symlinkSync('/proc/kcore', join(folder, 'core'));
  for (const { target, isFolder } of mounts) {
    const inside = target.startsWith('/dev/') ? join(folder, target.slice('/dev/'.length)) : folder;
    if (existsSync(inside)) continue;
    mkdirSync(isFolder ? inside : dirname(inside), { recursive: true });
    if (!isFolder) writeFileSync(inside, '');
  }
  return folder;
};

/** The files that are mounted over those of the image. */
export const networkFiles = (
  { own }: StepFolders,
  { hosts, hostname }: RunRequest,
): { readonly hosts: string; readonly resolv: string } => {
  const files = { hosts: join(own, 'hosts'), resolv: join(own, 'resolv.conf') };
  writeReadable(files.hosts, [hostsFor(hostname), ...hosts.map((line) => `${line}\n`)].join(''));
  writeReadable(files.resolv, nameServers());
  return files;
};

const nameServers = (): string => (existsSync('/etc/resolv.conf') ? readFileSync('/etc/resolv.conf', 'utf8') : '');

/** Whatever the umask is. */
const writeReadable = (path: string, text: string): void => {
  writeFileSync(path, text);
  chmodSync(path, 0o644);
};
