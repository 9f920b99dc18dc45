import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DEVICES, deviceFolder, networkFiles, overlayFolders, type StepFolders } from './folders.ts';
import { sharedMemoryOptions } from './limits.ts';
import { lockedFlags, mountsInside } from './mount-flags.ts';
import { type BindMount, MASKED, type OverlayMount, READ_ONLY, type RunRequest, type SandboxMount } from './port.ts';

/** One line of a table as `mount --all` reads it. */
export interface MountLine {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly options: string;
}

/** What is mounted at once, in order, and what comes after: on places that only the first mounts have. */
export interface MountPlan {
  /** Where the step has its root. */
  readonly merged: string;
  readonly first: readonly MountLine[];
  readonly later: readonly LaterMount[];
}

export interface LaterMount {
  readonly line: MountLine;
  readonly isFolder: boolean;
  /** Whether it is on what another mount has brought. */
  readonly isInside: boolean;
  /** The folder that `line.source` must not lead out of. */
  readonly within: string | undefined;
  /** A secret, whose content is written into `line.source` first. */
  readonly secret: Extract<SandboxMount, { type: 'secret' }> | undefined;
}

const OVERLAY = 'volatile,index=off,redirect_dir=off,metacopy=off,xino=off';

/** Attributes that an ordinary user may write; the rest is off with them. */
const ROOTLESS_OVERLAY = 'volatile,userxattr';

/** What is mounted over a root is seen above it, while the root stays what it is for who has it already. */
const OVER_ROOT = '/..';

/**
 * Makes the folders of a step and tells what has to be mounted on them. With `hasSystem` that is all, `/proc` and its like
 * as well, over the root: paths have to be taken as they are written.
 */
export const planMounts = (
  request: RunRequest,
  folders: StepFolders,
  isRootless: boolean,
  hasSystem = true,
): MountPlan => {
  const { own } = folders;
  const merged = hasSystem ? OVER_ROOT : join(own, 'merged');
  const around = { request, folders, merged, isRootless };
  const mounts = [...request.mounts].sort((a, b) => (a.target < b.target ? -1 : 1));
  if (!hasSystem) mkdirSync(merged);
  const first = [rootLine(around), ...(hasSystem ? systemLines(around) : [])];
  const later: LaterMount[] = [];
  for (const [index, mount] of mounts.entries()) {
    const secret = mount.type === 'secret' ? mount : undefined;
    const isInside = mounts.slice(0, index).some(({ target }) => mount.target.startsWith(`${target}/`));
    const lines = linesOf(mount, index, around);
    const line = lines.pop();
    first.push(...lines);
    if (!line) continue;
    const within = mount.type === 'bind' ? mount.within : undefined;
    if (secret || isInside || within !== undefined || isInSystem(mount))
      later.push({ line, isFolder: mount.isFolder, isInside, within, secret });
    else first.push(line);
    if (mount.type === 'bind' && mount.isWhole) later.push(...innerMounts(mount, around));
  }
  if (later.some(({ secret }) => secret)) {
    mkdirSync(join(own, 'secrets'));
    first.push({ source: 'tmpfs', target: join(own, 'secrets'), type: 'tmpfs', options: 'nosuid,nodev,mode=700' });
  }
  if (!isRootless) return { merged, first, later };
  return { merged, first: first.map(keepFlags), later: later.map((each) => ({ ...each, line: keepFlags(each.line) })) };
};

/** What is there is not the image's. */
const isInSystem = ({ target }: SandboxMount): boolean => /^\/(?:dev|proc|sys)(?:\/|$)/.test(target);

interface Around {
  readonly request: RunRequest;
  readonly folders: StepFolders;
  readonly merged: string;
  readonly isRootless: boolean;
}

const rootLine = (around: Around): MountLine => {
  const { request, merged } = around;
  if (request.root === undefined) return overlayLine(around, request.lowers(), '', merged);
  return bind(request.root, merged, devicesOff(request));
};

const overlayLine = (
  { request, folders, isRootless }: Around,
  lowers: readonly string[],
  name: string,
  target: string,
): MountLine => {
  const { lower, upper, work } = overlayFolders(folders, request.work, lowers, name);
  const options = `lowerdir=${lower},upperdir=${upper},workdir=${work},${isRootless ? ROOTLESS_OVERLAY : OVERLAY}${devicesOff(request)}`;
  return { source: 'overlay', target, type: 'overlay', options };
};

/** A bind with flags is mounted a second time, which may not lose those of the first. */
const keepFlags = (line: MountLine): MountLine =>
  /^(?:r?bind|remount),/.test(line.options)
    ? { ...line, options: [...new Set([...line.options.split(','), ...lockedFlags(line.source)])].join(',') }
    : line;

/** What is mounted inside of a folder, each with flags of its own. */
const innerMounts = (mount: BindMount, { request, merged, isRootless }: Around): readonly LaterMount[] =>
  mountsInside(mount.source).map(({ place, isFolder }) => {
    const target = `${merged}${mount.target}/${place.slice(mount.source.length).replace(/^\//, '')}`;
    const flags = `${mount.isReadOnly ? ',ro' : ''}${devicesOff(request)}`;
    const line = bind(place, target, flags);
    // An ordinary user cannot part them: they are there, and lack the flags alone.
    const options = isRootless ? `remount,${line.options}` : line.options;
    return { line: keepFlags({ ...line, options }), isFolder, isInside: false, within: undefined, secret: undefined };
  });

/** A step may make devices, since images may have some, but not use them: they would be those of the machine. */
const devicesOff = ({ isInsecure }: RunRequest): string => (isInsecure ? '' : ',nodev');

const bind = (source: string, target: string, options = ''): MountLine => ({
  source,
  target,
  type: 'none',
  options: `bind${options}`,
});

/** The last line is the one on the target. */
const linesOf = (mount: SandboxMount, index: number, around: Around): MountLine[] => {
  const target = `${around.merged}${mount.target}`;
  switch (mount.type) {
    case 'tmpfs':
      return [{ source: 'tmpfs', target, type: 'tmpfs', options: mount.options }];
    case 'bind':
      return [bindLine(mount, target, around)];
    case 'secret':
      return [bind(join(around.folders.own, 'secrets', String(index)), target, ',ro')];
    case 'overlay':
      return overlayLines(mount, target, index, around);
  }
};

const bindLine = (mount: BindMount, target: string, { request, isRootless }: Around): MountLine => {
  const line = bind(mount.source, target, `${mount.isReadOnly ? ',ro' : ''}${devicesOff(request)}`);
  if (!mount.isWhole) return line;
  return keepFlags(isRootless ? { ...line, options: `r${line.options}` } : line);
};

const overlayLines = (mount: OverlayMount, target: string, index: number, around: Around): MountLine[] => {
  const { path, isReadOnly } = mount;
  const lowers = mount.lowers();
  const [only, another] = lowers;
  const options = `${isReadOnly ? ',ro' : ''}${devicesOff(around.request)}`;
  if (isReadOnly && only !== undefined && another === undefined) return [bind(join(only, path), target, options)];
  const place = join(around.folders.own, `from-${index}-merged`);
  mkdirSync(place);
  const line = overlayLine(around, lowers, `from-${index}-`, place);
  return [line, bind(join(line.target, path), target, options)];
};

/** What every step has, as BuildKit mounts it. */
const systemLines = ({ request, folders, merged, isRootless }: Around): readonly MountLine[] => {
  const { network, isInsecure } = request;
  const at = (path: string) => `${merged}${placeOf(path, request)}`;
  const files = networkFiles(folders, request);
  const ro = isInsecure ? '' : ',ro';
  const special = (type: string, path: string, options: string): MountLine => ({
    source: type,
    target: at(path),
    type,
    options: `nosuid,${options}`,
  });
  const sysfs = special('sysfs', '/sys', `noexec,nodev${ro}`);
  if (network === 'none') mkdirSync(join(folders.own, 'sysfs'));
  return [
    special('proc', '/proc', 'noexec,nodev'),
    ...(network === 'none' ? [{ ...sysfs, target: join(folders.own, 'sysfs'), options: 'nosuid,noexec,nodev' }] : []),
    // Only who owns the network may have a view of it.
    isRootless && network === 'host' ? { ...bind('/sys', at('/sys')), options: 'rbind' } : sysfs,
    bind(deviceFolder(folders, request), at('/dev'), `,nosuid${devicesOff(request)}`),
    special('devpts', '/dev/pts', `noexec,newinstance,ptmxmode=0666,mode=0620${isRootless ? '' : ',gid=5'}`),
    { source: 'tmpfs', target: at('/dev/shm'), type: 'tmpfs', options: sharedMemoryOptions(request.limits) },
    special('mqueue', '/dev/mqueue', 'noexec,nodev'),
    ...DEVICES.map((name) => bind(`/dev/${name}`, at(`/dev/${name}`))),
    ...(isInsecure ? [] : maskLines(at)),
    bind(files.hosts, at('/etc/hosts'), ',ro'),
    bind(files.resolv, at('/etc/resolv.conf'), ',ro'),
  ];
};

/** A link of the image would lead out of it; what is in `/dev` and its like is never the image's. */
const placeOf = (path: string, { resolve }: RunRequest): string => {
  const [, top = '', ...rest] = path.split('/');
  return top === 'etc' ? `/${resolve(path.slice(1))}` : ['', resolve(top), ...rest].join('/');
};

const maskLines = (at: (path: string) => string): readonly MountLine[] => {
  present ??= whatIsThere();
  return [
    ...present.files.map((path) => bind('/dev/null', at(path))),
    ...present.folders.map((path) => ({ source: 'tmpfs', target: at(path), type: 'tmpfs', options: 'ro,size=0' })),
    ...present.readOnly.map((path) => bind(at(path), at(path), ',ro,nosuid,nodev,noexec')),
  ];
};

/** What this machine has of what no step may see or change. */
interface Present {
  readonly files: readonly string[];
  readonly folders: readonly string[];
  readonly readOnly: readonly string[];
}

let present: Present | undefined;

const whatIsThere = (): Present => {
  const masked = MASKED.filter((path) => existsSync(path));
  const folders = masked.filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory());
  const files = masked.filter((path) => !folders.includes(path));
  return { files, folders, readOnly: READ_ONLY.filter((path) => existsSync(path)) };
};

/** The table as a file. */
export const tableText = (lines: readonly MountLine[]): string =>
  lines
    .map(({ source, target, type, options }) => `${escaped(source)} ${escaped(target)} ${type} ${options} 0 0\n`)
    .join('');

const escaped = (path: string): string =>
  path.replace(/[\s\\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
