import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '../ast/nodes.ts';
import { type Mount, secretIdOf } from '../model/mounts.ts';
import { digestOf, type Image, type Layer } from '../oci/image.ts';
import { cacheMount } from './cache-mount.ts';
import { copyEntries, writeLayer } from './copy.ts';
import { BuildError } from './error.ts';
import { absenceOf, type FileTree, type Source } from './files.ts';
import { imageFrom } from './image-from.ts';
import { type FileList, fileList } from './key-parts.ts';
import type { OverlayMount, SandboxMount } from './sandbox/port.ts';
import { bytesIn } from './sizes.ts';
import { sourcesIn } from './sources.ts';
import { sshMount } from './ssh-mount.ts';
import type { StepContext } from './steps.ts';
import type { Store } from './store.ts';
import { clean, treeOf } from './tree.ts';
import { layerFolders, placeOf } from './unpack.ts';

/** A `--mount` of a step. */
export interface StepMount {
  /** What of it decides the result. */
  readonly data: unknown;
  /** The files that are mounted, where those decide it. */
  readonly files?: () => readonly FileList[];
  /** Absolute; undefined where nothing is mounted. */
  readonly target: string | undefined;
  /** Of what is elsewhere it is not known before it is taken. */
  readonly isFolder: boolean | (() => Promise<boolean>);
  /** What must never be seen. */
  readonly secret?: Uint8Array | undefined;
  /** Makes it ready in the step's work folder. */
  readonly prepare: (work: string) => MountSetup | Promise<MountSetup>;
}

/** A mount that is ready, until it is released. */
export interface MountSetup {
  readonly mount?: SandboxMount | undefined;
  readonly variables?: readonly (readonly [name: string, value: string])[];
  readonly release?: () => void;
}

/** The mount with what its flag says. */
export interface MountRequest {
  readonly mount: Mount;
  readonly target: string;
  readonly node: Run;
  readonly context: StepContext;
  /** The last value of a key; `undefined` where it is not given. */
  readonly field: (key: string) => string | undefined;
  /** Whether a switch such as `ro` is on; undefined where it is not given. */
  readonly isOn: (...keys: readonly string[]) => boolean | undefined;
}

/** All mounts of a RUN. Throws BuildError. */
export const stepMounts = (node: Run, context: StepContext): Promise<readonly StepMount[]> =>
  Promise.all(context.model.mountsOf(node).map((mount, index) => stepMount(mount, index, node, context)));

const stepMount = (mount: Mount, index: number, node: Run, context: StepContext): StepMount | Promise<StepMount> => {
  const request = requestOf(mount, index, node, context);
  switch (mount.type) {
    case 'tmpfs':
      return tmpfsMount(request);
    case 'cache':
      return cacheMount(request);
    case 'secret':
      return secretMount(request);
    case 'ssh':
      return sshMount(request);
    case 'bind':
      return bindMount(request);
  }
};

const requestOf = (mount: Mount, index: number, node: Run, context: StepContext): MountRequest => {
  const { workdir = '/' } = context.model.stateBefore(node);
  const given = mount.target ?? usualTarget(mount, index);
  return {
    ...{ mount, node, context },
    target: `/${clean(given.startsWith('/') ? given : `${workdir}/${given}`)}`,
    field: (key) => mount.fields.findLast((each) => each.key === key)?.value,
    isOn: (...keys) => {
      const field = mount.fields.findLast(({ key }) => keys.includes(key));
      return field && field.value !== 'false' && field.value !== '0';
    },
  };
};

const usualTarget = (mount: Mount, index: number): string => {
  if (mount.type === 'secret') return `/run/secrets/${secretIdOf(mount)}`;
  return mount.type === 'ssh' ? `/run/buildkit/ssh_agent.${index}` : '';
};

/** A number as Go reads it: octal with a leading 0. */
export const modeOf = (text: string | undefined, usual: number): number =>
  text === undefined ? usual : Number.parseInt(text.replace(/^0o/, ''), 8);

// tmpfs -------------------------------------------------------------------------------------------------------------

const tmpfsMount = ({ mount, target, field }: MountRequest): StepMount => {
  const size = field('size');
  const bytes = size === undefined ? undefined : bytesIn(size);
  if (Number.isNaN(bytes)) throw new BuildError(`\`size=${size}\` is no size such as 64m`, mount.flag);
  const options = `nosuid,nodev${bytes ? `,size=${bytes}` : ''}`;
  const type = 'tmpfs';
  return {
    data: ['tmpfs', target],
    ...{ target, isFolder: true },
    prepare: () => ({ mount: { type, target, isFolder: true, options } }),
  };
};

// secret ------------------------------------------------------------------------------------------------------------

const secretMount = (request: MountRequest): StepMount => {
  const { mount, target, field, isOn, node, context } = request;
  const id = secretIdOf(mount);
  const content = context.request.secrets.get(id);
  const variable = field('env');
  if (!content && isOn('required'))
    throw new BuildError(
      `the secret \`${id}\` is needed: give it by --secret id=${id},src=FILE or --secret id=${id},env=VARIABLE`,
      node,
    );
  const isFile = mount.target !== undefined || variable === undefined;
  // Other names are told to programs where everybody on the machine can read them.
  if (content && variable !== undefined && !/^[A-Za-z_]\w*$/.test(variable))
    throw new BuildError(`a secret's variable needs letters, digits and _ alone, and not \`${variable}\``, mount.flag);
  const mode = modeOf(field('mode'), 0o400);
  const [uid, gid] = [Number(field('uid') ?? 0), Number(field('gid') ?? 0)];
  return {
    data: ['secret', id, isFile ? target : '', variable ?? '', mode, uid, gid],
    target: isFile && content ? target : undefined,
    isFolder: false,
    secret: content,
    prepare: () => {
      if (!content) return {};
      const file: SandboxMount = { type: 'secret', target, isFolder: false, content, mode, uid, gid };
      const variables = variable === undefined ? [] : [[variable, Buffer.from(content).toString('utf8')] as const];
      return { mount: isFile ? file : undefined, variables };
    },
  };
};

// bind --------------------------------------------------------------------------------------------------------------

const bindMount = async (request: MountRequest): Promise<StepMount> => {
  const { mount, node, context, isOn } = request;
  const isReadOnly = !isOn('rw', 'readwrite') && isOn('ro', 'readonly') !== false;
  const files = await contextFor(request);
  if (files) return contextMount(request, files, isReadOnly);
  return imageMount(request, await imageFrom(mount.from ?? '', node, context), isReadOnly);
};

/** The build context, or another that was given by the name; undefined where an image or a stage is meant. */
export const contextFor = async ({ mount: { from }, context: { request } }: MountRequest) =>
  from === undefined ? request.context : request.contextNamed?.(from);

const imageMount = ({ mount, target, context }: MountRequest, image: Image, isReadOnly: boolean): StepMount => {
  const { store } = context.request;
  const place = async () => {
    const tree = treeOf(store, (await context.bring(image)).layers);
    const path = tree.resolve(mount.source ?? '/');
    const entry = tree.entry(path);
    if (path !== '' && !entry && tree.list(path).length === 0)
      throw new BuildError(`\`${mount.source}\` is not there`, mount.flag);
    return { path, isFolder: !entry || entry.type === 'directory' };
  };
  const prepare = async (): Promise<MountSetup> => ({
    mount: { ...(await place()), type: 'overlay', ...layersOf(store, image.layers), target, isReadOnly },
  });
  const data = ['bind', target, isReadOnly, image.layers.map(({ diffId }) => diffId), mount.source ?? '/'];
  return { data, target, isFolder: async () => (await place()).isFolder, prepare };
};

const contextMount = ({ mount, target, context }: MountRequest, files: FileTree, isReadOnly: boolean): StepMount => {
  const path = mount.source ?? '/';
  const look = () => {
    const sources = files.find(path, {}).slice(0, 1);
    if (sources.length === 0) throw new BuildError(absenceOf(path, files, mount.from), mount.flag);
    return sources;
  };
  const sources = sourcesIn(files, JSON.stringify(['mount', path]), context.request.noCache, mount.flag, look);
  const isFolder = async () => sources.all().some((source) => source.isFolder);
  const prepare = async (): Promise<MountSetup> => ({
    mount: {
      type: 'overlay',
      ...materialised(sources.all(), await isFolder(), context.request),
      ...{ path: 'source', target, isFolder: await isFolder(), isReadOnly },
    },
  });
  return {
    data: ['bind', target, isReadOnly, sources.digest()],
    files: () => [{ ...fileList(path, mount, sources.found()), of: mount.flag.text }],
    ...{ target, isFolder, prepare },
  };
};

/** Files of the context as a layer, so that a step sees them with the owners and without the files that COPY would. */
const materialised = (
  sources: readonly Source[],
  isFolder: boolean,
  { store, epoch }: StepContext['request'],
): Layers => {
  const entries = copyEntries({
    sources,
    destination: isFolder ? '/source/' : '/source',
    tree: treeOf(store, []),
    owner: undefined,
    mode: undefined,
    mtime: epoch,
    followsLinks: false,
  });
  if (typeof entries === 'string') throw new Error(entries);
  return layersOf(store, [writeLayer(store, entries)]);
};

type Layers = Pick<OverlayMount, 'lowers' | 'place'>;

const layersOf = (store: Store, layers: readonly Layer[]): Layers => ({
  lowers: () => layerFolders(store, layers),
  place: placeOf(store, layers),
});

/** A folder that is empty at first. */
export const newFolder = (path: string, mode: number, uid: number, gid: number): void => {
  mkdirSync(path, { recursive: true });
  // Whatever the umask is.
  chmodSync(path, mode);
  if (uid !== 0 || gid !== 0) chownSync(path, uid, gid);
};

export const mountKey = (...parts: readonly unknown[]): string => digestOf(JSON.stringify(parts)).slice(7, 39);

export const mountsFolder = ({ store }: StepContext['request']): string => join(store.folder, 'mounts');
