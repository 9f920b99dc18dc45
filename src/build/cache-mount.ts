import { existsSync, mkdirSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { digestOfSources } from './copy.ts';
import { BuildError } from './error.ts';
import type { FileTree, Source } from './files.ts';
import { imageFrom } from './image-from.ts';
import { lockFile } from './lock.ts';
import {
  contextFor,
  type MountRequest,
  type MountSetup,
  modeOf,
  mountKey,
  mountsFolder,
  newFolder,
  type StepMount,
} from './run-mounts.ts';
import { stageTree } from './stage-files.ts';
import type { StepContext } from './steps.ts';
import { clean, joined, treeOf } from './tree.ts';
import { placeFiles } from './unpack.ts';

const SHARING = ['shared', 'private', 'locked'] as const;
type Sharing = (typeof SHARING)[number];

/** A folder that outlives the build. Its owner and mode are part of its name, as in BuildKit. */
export const cacheMount = async (request: MountRequest): Promise<StepMount> => {
  const { mount, target, field, isOn, context } = request;
  const owner = { uid: Number(field('uid') ?? 0), gid: Number(field('gid') ?? 0) };
  const mode = modeOf(field('mode'), 0o755);
  const id = mount.id ?? target;
  const sharing = SHARING.find((each) => each === field('sharing')) ?? 'shared';
  const filling = mount.from === undefined ? undefined : await fillingOf(request);
  const key = mountKey(id, owner.uid, owner.gid, mode, filling ? digestOfSources([filling]) : '');
  const cache: Cache = { key, mode, ...owner, sharing, filling, path: filling ? '' : (mount.source ?? '') };
  const isReadOnly = isOn('ro', 'readonly') ?? false;
  return {
    // Not what earlier steps have left in it.
    data: ['cache', id, target, key, cache.path, isReadOnly],
    ...{ target, isFolder: true },
    prepare: async () => {
      const { folder, release } = await takeFolder(cache, context.request);
      const source = inside(folder, cache.path);
      if (source === undefined) {
        release();
        throw new BuildError(`the cache has no folder \`${cache.path}\``, mount.flag);
      }
      const within = source === folder ? undefined : folder;
      const setup: MountSetup = {
        mount: { type: 'bind', source, within, target, isFolder: true, isReadOnly },
        release,
      };
      return setup;
    },
  };
};

interface Cache {
  readonly key: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sharing: Sharing;
  /** What it has at first. */
  readonly filling: Source | undefined;
  /** The folder in it that is mounted. */
  readonly path: string;
}

const fillingOf = async (request: MountRequest): Promise<Source> => {
  const { mount } = request;
  const files = (await contextFor(request)) ?? (await imageTree(request));
  const [source] = files.find(mount.source ?? '/', {});
  if (!source) throw new BuildError(`\`${mount.source}\` is not there`, mount.flag);
  return source;
};

const imageTree = async ({ mount, node, context }: MountRequest): Promise<FileTree> => {
  const image = await context.bring(await imageFrom(mount.from ?? '', node, context));
  return stageTree(treeOf(context.request.store, image.layers));
};

interface TakenFolder {
  readonly folder: string;
  readonly release: () => void;
}

/** Waits until nobody else has it, or takes another one, as the kind of sharing says. */
const takeFolder = async (cache: Cache, request: StepContext['request']): Promise<TakenFolder> => {
  const { sharing } = cache;
  const folders = mountsFolder(request);
  mkdirSync(folders, { recursive: true });
  for (let number = 0; ; number++) {
    const folder = join(folders, number === 0 ? cache.key : `${cache.key}-${number}`);
    const lock = sharing === 'shared' ? undefined : await lockFile(`${folder}.lock`, sharing === 'locked');
    if (lock === 'busy') continue;
    fill(folder, cache, request);
    return { folder, release: () => lock?.release() };
  }
};

/** Those that a build without cache has emptied: once for all its steps. */
const emptied = new WeakMap<object, Set<string>>();

const fill = (folder: string, { filling, mode, uid, gid }: Cache, request: StepContext['request']): void => {
  const { store, noCache } = request;
  const done = emptied.get(request) ?? new Set<string>();
  emptied.set(request, done);
  if (noCache && !done.has(folder) && existsSync(folder))
    renameSync(folder, join(store.workFolder(), `old-${mountKey(folder)}`));
  done.add(folder);
  if (existsSync(folder)) return;
  const draft = join(store.workFolder(), `cache-${mountKey(folder, done.size)}`);
  newFolder(draft, mode, uid, gid);
  if (filling) placeFiles(draft, filling.files);
  try {
    renameSync(draft, folder);
  } catch {
    // Another build was faster.
    rmSync(draft, { recursive: true, force: true });
  }
};

/** Where a path leads inside a cache, whose links a step has made: they lead nowhere else. */
const inside = (folder: string, path: string): string | undefined => {
  let at = '';
  let rest = clean(path).split('/').filter(Boolean);
  for (let links = 0; rest.length > 0 && links < 40; ) {
    const [name = '', ...behind] = rest;
    const next = joined(at, name);
    const link = linkAt(join(folder, next));
    if (link !== undefined) {
      rest = [
        ...clean(link.startsWith('/') ? link : `${at}/${link}`)
          .split('/')
          .filter(Boolean),
        ...behind,
      ];
      at = '';
      links++;
    } else {
      if (!existsSync(join(folder, next))) return undefined;
      at = next;
      rest = behind;
    }
  }
  return rest.length > 0 ? undefined : join(folder, at);
};

/** Another step may have it in its hands, so that it is looked at once; it is made sure of when it is mounted. */
const linkAt = (path: string): string | undefined => {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
};
