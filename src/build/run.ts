import { chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '../ast/nodes.ts';
import { buildArgumentsAt, runText } from '../model/history.ts';
import type { Mount } from '../model/mounts.ts';
import { digestOf, type Image, type Layer } from '../oci/image.ts';
import { ownerOf } from './accounts.ts';
import { copyEntries, digestOfSources, writeLayer } from './copy.ts';
import { BuildError } from './error.ts';
import type { Source } from './files.ts';
import { MOUNT_POINTS, type SandboxMount } from './sandbox/port.ts';
import { changedFiles, removeStubs } from './snapshot.ts';
import { stageTree } from './stage-files.ts';
import type { Step, StepContext } from './steps.ts';
import { clean, folderOf, type Tree, treeOf } from './tree.ts';
import { layerFolders, settle } from './unpack.ts';

const DEFAULT_SHELL = ['/bin/sh', '-c'];

/** A RUN as a step: its program, what it sees, and what is mounted for it. */
export const runStep = async (node: Run, before: Image, context: StepContext): Promise<Step> => {
  const { model, request } = context;
  const state = model.stateBefore(node);
  const { command } = node;
  const argv =
    command.kind === 'ExecForm'
      ? command.elements.map(({ value }) => value)
      : [...(state.shell ?? DEFAULT_SHELL), runText(node, command.text)];
  const env = new Map<string, string>();
  for (const [name, value] of state.env) env.set(name, value ?? '');
  for (const [name, value] of buildArgumentsAt(model, node)) env.set(name, value);
  const mounts = await Promise.all(model.mountsOf(node).map((mount) => mountOf(mount, node, context)));
  const network = networkOf(node, request.network);
  const isInsecure = node.flags.some(({ name, value }) => name.text === 'security' && value?.text === 'insecure');
  const workdir = state.workdir ?? '/';
  const data = [
    'run',
    argv,
    [...env],
    workdir,
    state.user ?? '',
    network,
    isInsecure,
    mounts.map((each) => each.data),
    request.epoch,
  ];
  return {
    data,
    run: () =>
      runIn({ node, before, context, argv, env, workdir, user: state.user ?? '', mounts, network, isInsecure }),
  };
};

const networkOf = (node: Run, usual: 'host' | 'none'): 'host' | 'none' => {
  const asked = node.flags.findLast(({ name }) => name.text === 'network')?.value?.text;
  return asked === 'none' || asked === 'host' ? asked : usual;
};

interface Running {
  readonly node: Run;
  readonly before: Image;
  readonly context: StepContext;
  readonly argv: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly workdir: string;
  readonly user: string;
  readonly mounts: readonly StepMount[];
  readonly network: 'host' | 'none';
  readonly isInsecure: boolean;
}

const runIn = async (running: Running): Promise<Layer> => {
  const { node, before, context, mounts, workdir } = running;
  const { store, sandbox, report, epoch } = context.request;
  if (typeof sandbox === 'string') throw new BuildError(sandbox, node);
  const tree = treeOf(store, before.layers);
  const owner = ownerOf(tree, running.user);
  if (typeof owner === 'string') throw new BuildError(owner, node);
  const lowers = layerFolders(store, before.layers);
  const work = mkdtempSync(join(store.workFolder(), 'run-'));
  const upper = join(work, 'upper');
  mkdirSync(upper, { mode: 0o755 });
  const stubs = makeStubs(upper, tree, [
    ...mounts.map(({ target, isFolder }) => ({ path: clean(target), isFolder })),
    { path: clean(workdir), isFolder: true },
  ]);
  try {
    const code = await sandbox.run({
      ...running,
      lowers,
      work,
      owner,
      mounts: mounts.flatMap((each) => each.prepare(work) ?? []),
      output: (chunk) => report({ kind: 'output', step: context.step, chunk }),
    });
    if (code !== 0) throw new BuildError(`the command ended with exit code ${code}`, node, code);
    removeStubs(upper, stubs);
    const layer = writeLayer(store, changedFiles(upper, tree, epoch));
    settle(upper, store.layerFolder(layer.diffId));
    return layer;
  } finally {
    rmSync(work, { recursive: true, force: true, maxRetries: 3 });
  }
};

/** Makes what has to be there to mount on, where the image has it not; tells what was made. */
const makeStubs = (
  upper: string,
  tree: Tree,
  mounts: readonly { readonly path: string; readonly isFolder: boolean }[],
): readonly string[] => {
  const made: string[] = [];
  const make = (path: string, isFolder: boolean): void => {
    const real = tree.resolve(path);
    if (real === '' || tree.entry(real) || made.includes(real)) return;
    make(folderOf(real), true);
    if (isFolder) mkdirSync(join(upper, real), { recursive: true, mode: 0o755 });
    else {
      mkdirSync(join(upper, folderOf(real)), { recursive: true, mode: 0o755 });
      writeFileSync(join(upper, real), '');
    }
    made.push(real);
  };
  for (const { path, isFolder } of [...MOUNT_POINTS, ...mounts]) make(path, isFolder);
  return made;
};

// Mounts ------------------------------------------------------------------------------------------------------------

interface StepMount {
  /** What of it decides the result. */
  readonly data: unknown;
  readonly target: string;
  readonly isFolder: boolean;
  /** Makes it ready in the step's work folder. */
  readonly prepare: (work: string) => SandboxMount | undefined;
}

const mountOf = (mount: Mount, node: Run, context: StepContext): StepMount | Promise<StepMount> => {
  const { workdir = '/' } = context.model.stateBefore(node);
  const given = mount.target ?? (mount.type === 'secret' ? `/run/secrets/${mount.id ?? ''}` : '');
  const target = given.startsWith('/') ? given : `${workdir}/${given}`;
  const field = (key: string) => mount.fields.findLast((each) => each.key === key)?.value;
  switch (mount.type) {
    case 'tmpfs': {
      const size = field('size');
      const options = `nosuid,nodev,mode=1777${size ? `,size=${size}` : ''}`;
      return { data: ['tmpfs', target], target, isFolder: true, prepare: () => ({ type: 'tmpfs', target, options }) };
    }
    case 'cache':
      return cacheMount(mount, target, field, context);
    case 'secret':
      return secretMount(mount, target, field, node, context);
    case 'bind':
      return bindMount(mount, target, node, context);
    default:
      throw new BuildError(`--mount=type=${mount.type} is not carried out yet`, mount.flag);
  }
};

type FieldOf = (key: string) => string | undefined;

const cacheMount = (mount: Mount, target: string, field: FieldOf, { request }: StepContext): StepMount => {
  if (mount.from !== undefined)
    throw new BuildError('a cache that is filled from an image is not carried out yet', mount.flag);
  const [uid, gid] = [Number(field('uid') ?? 0), Number(field('gid') ?? 0)];
  const mode = Number.parseInt(field('mode') ?? '0755', 8);
  const id = mount.id ?? target;
  const prepare = (): SandboxMount => {
    const source = join(request.store.folder, 'mounts', digestOf(`${id} ${uid} ${gid} ${mode}`).slice(7, 39));
    if (mkdirSync(source, { recursive: true, mode }) !== undefined && (uid !== 0 || gid !== 0))
      chownSync(source, uid, gid);
    const isReadOnly = mount.fields.some(({ key }) => key === 'ro' || key === 'readonly');
    return { type: 'bind', source, target, isReadOnly };
  };
  return { data: ['cache', id, target], target, isFolder: true, prepare };
};

const secretMount = (mount: Mount, target: string, field: FieldOf, node: Run, { request }: StepContext): StepMount => {
  const id = mount.id ?? target.slice(target.lastIndexOf('/') + 1);
  const content = request.secrets.get(id);
  if (field('env') !== undefined) throw new BuildError('a secret in a variable is not carried out yet', mount.flag);
  if (!content && mount.fields.some(({ key, value }) => key === 'required' && value !== 'false'))
    throw new BuildError(`the secret \`${id}\` is needed: give it by --secret id=${id},src=FILE`, node);
  const prepare = (work: string): SandboxMount | undefined => {
    if (!content) return undefined;
    const source = join(work, `secret-${digestOf(id).slice(7, 19)}`);
    writeFileSync(source, content, { mode: Number.parseInt(field('mode') ?? '0400', 8) });
    chownSync(source, Number(field('uid') ?? 0), Number(field('gid') ?? 0));
    return { type: 'bind', source, target, isReadOnly: true };
  };
  return { data: ['secret', id, target], target, isFolder: false, prepare };
};

const bindMount = async (mount: Mount, target: string, node: Run, context: StepContext): Promise<StepMount> => {
  const { request } = context;
  const path = mount.source ?? '/';
  const tree =
    mount.from === undefined
      ? request.context
      : stageTree(treeOf(request.store, (await imageFrom(mount.from, node, context)).layers));
  const [source] = tree.find(path, {});
  if (!source) throw new BuildError(`\`${path}\` is not there`, mount.flag);
  const isReadOnly = !mount.fields.some(({ key, value }) => (key === 'rw' || key === 'readwrite') && value !== 'false');
  const prepare = (work: string): SandboxMount => ({
    type: 'bind',
    source: materialised(source, isReadOnly ? undefined : work, request),
    target,
    isReadOnly,
  });
  return { data: ['bind', target, isReadOnly, digestOfSources([source])], target, isFolder: source.isFolder, prepare };
};

const imageFrom = (from: string, node: Run, { model, step, build, imageNamed }: StepContext): Promise<Image> => {
  const reference = step.stage.references.find((each) => each.node === node && each.text === from);
  const stage = reference?.stage && model.stages.find(({ index }) => index === reference.stage?.index);
  return stage ? build(stage) : imageNamed(from);
};

/** The source as files to mount: of its own where the step may write, and those writes are lost, as in BuildKit. */
const materialised = (source: Source, work: string | undefined, { store, epoch }: StepContext['request']): string => {
  const empty = treeOf(store, []);
  const request = {
    sources: [source],
    destination: '/source',
    tree: empty,
    owner: undefined,
    mode: undefined,
    mtime: epoch,
    followsLinks: false,
  };
  const entries = copyEntries(request);
  if (typeof entries === 'string') throw new Error(entries);
  const [folder = ''] = layerFolders(store, [writeLayer(store, entries)]);
  const inside = join(folder, 'source');
  if (work === undefined) return inside;
  const copy = join(mkdtempSync(join(work, 'bind-')), 'source');
  cpSync(inside, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
};
