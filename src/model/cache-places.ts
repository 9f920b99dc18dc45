import type { Run } from '../ast/nodes.ts';
import type { ShellCommand } from '../shell/index.ts';
import type { Model } from './index.ts';
import { knownBaseOf } from './known-images.ts';
import type { PackageManager } from './packages.ts';
import { isWithin } from './shell-paths.ts';
import { bottomStage, type StageInfo } from './stages.ts';

/** Where what a package manager downloads is kept, and where a cache mount for it belongs; absent where the file does not tell. */
export interface CachePlace {
  /** `~` is the user's home directory. */
  readonly path?: string;
  readonly mount?: string;
}

/** Where the commands of a RUN keep it. Version, distribution and user decide on it. */
export const cachePlaceOf = (
  model: Model,
  run: Run,
  manager: PackageManager,
  commands: readonly ShellCommand[],
  isBerry: boolean,
): CachePlace => {
  const asRoot = isRoot(model, run) && !commands.some(isForAnother);
  const path = pathOf(model, run, manager, asRoot && !isBerry);
  if (path === undefined) return {};
  const mount = manager.mounts.find((each) => isWithin(path, each)) ?? path;
  if (!mount.startsWith('~')) return { path, mount };
  // A mount belongs to root unless it is told whose it is.
  return asRoot ? { path, mount: `${homeOf(model, run)}${mount.slice(1)}` } : { path };
};

/** All mounts that keep it out of the image and for the next build; none where the file does not tell. */
export const cacheMounts = (
  model: Model,
  run: Run,
  manager: PackageManager,
  commands: readonly ShellCommand[],
  isBerry: boolean,
): readonly string[] => {
  if (!isRoot(model, run) || commands.some(isForAnother)) return [];
  const stage = model.stageOf(run);
  const isOfficial = manager.image !== undefined && stage !== undefined && imageOf(stage)?.name === manager.image;
  const mounts = manager.mounts.filter((place) => !OTHER_PLACES[manager.name]?.(place, isOfficial, isBerry));
  if (mounts.some((place) => !place.startsWith('~')) && !isOfficial && manager.name !== 'yarn') return [];
  return mounts.map((place) => place.replace(/^~/, homeOf(model, run)));
};

/** Of several places the ones that are not meant. */
const OTHER_PLACES: Readonly<Record<string, (place: string, isOfficial: boolean, isBerry: boolean) => boolean>> = {
  yarn: (place, _, isBerry) => place.includes('berry') !== isBerry,
  gradle: (place, isOfficial) => place.startsWith('~') === isOfficial,
};

const pathOf = (model: Model, run: Run, manager: PackageManager, isPlainYarn: boolean): string | undefined => {
  const [first] = manager.name === 'apt' ? manager.lists : manager.caches;
  const stage = model.stageOf(run);
  if (manager.name === 'yum') return yumPath(stage);
  if (manager.name === 'dnf') return dnfPath(stage);
  if (manager.name === 'yarn') return isPlainYarn ? first : undefined;
  // Its folder is another in each release.
  return manager.name === 'microdnf' || manager.name === 'conda' ? undefined : first;
};

const BERRY = /\.yarnrc\.yml|\.yarn\/|\bcorepack\b|--immutable|yarn set version/;

/** Whether the file speaks of a Yarn from version 2 on, which has its cache elsewhere. */
export const usesBerry = ({ file }: Model): boolean => BERRY.test(file.text);

/** From release 8 on yum is another name of dnf. */
const yumPath = (stage: StageInfo | undefined): string | undefined => {
  const release = stage && redHatRelease(stage);
  if (!release) return undefined;
  return release === 'old' ? '/var/cache/yum' : '/var/cache/dnf';
};

const dnfPath = (stage: StageInfo | undefined): string | undefined => {
  const { name, tag } = (stage && imageOf(stage)) ?? {};
  if (name !== 'fedora') return stage && redHatRelease(stage) === 'new' ? '/var/cache/dnf' : undefined;
  const version = /^\d+/.exec(tag ?? '')?.[0];
  return version !== undefined && Number(version) < 41 ? '/var/cache/dnf' : '/var/cache/libdnf5';
};

/** Whether a Red Hat, or what is built like one, is of a release before the eighth. */
const redHatRelease = (stage: StageInfo): 'old' | 'new' | undefined => {
  const { name, tag = 'latest' } = imageOf(stage) ?? {};
  if (name === undefined || !RED_HAT.test(name)) return undefined;
  // What is newest at Docker Hub is newer than that, and there never was an older one of some.
  if (tag === 'latest' || /^(?:almalinux|rockylinux|fedora)$/.test(name)) return 'new';
  const version = Number(/^ubi(\d+)/.exec(name)?.[1] ?? /^(?:centos|stream|el)?(\d+)/.exec(tag)?.[1]);
  if (Number.isNaN(version)) return undefined;
  return version >= (name === 'amazonlinux' ? 2022 : 8) ? 'new' : 'old';
};

const RED_HAT = /^(?:almalinux|amazonlinux|centos|fedora|oraclelinux|rockylinux|ubi\d+)$/;

const imageOf = (stage: StageInfo): { name: string; tag: string | undefined } | undefined => {
  const { base } = bottomStage(stage);
  const reference = base.kind === 'image' ? base.reference : undefined;
  if (!reference) return undefined;
  const { repository, tag } = reference;
  return { name: /\bubi\d+/.exec(repository)?.[0] ?? repository.replace(/^.*\//, ''), tag };
};

const homeOf = (model: Model, run: Run): string => model.stateBefore(run).bindings.get('HOME')?.value ?? '/root';

/** Whether it runs as another user than the RUN does. */
const isForAnother = ({ wrappers }: ShellCommand): boolean => wrappers.some(({ name }) => CHANGES_USER.has(name));

const CHANGES_USER: ReadonlySet<string> = new Set([
  'su',
  'sudo',
  'doas',
  'runuser',
  'gosu',
  'su-exec',
  's6-setuidgid',
  'setpriv',
  'chpst',
]);

const isRoot = (model: Model, run: Run): boolean => {
  const { user } = model.stateBefore(run);
  const stage = model.stageOf(run);
  if (user === undefined) return !stage || knownBaseOf(stage)?.user !== 'other';
  return /^(?:root|0+)(?::|$)/.test(user);
};
