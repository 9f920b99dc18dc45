import { existsSync, mkdtempSync, rm, rmSync, statfsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Run } from '../ast/nodes.ts';
import { buildArgumentsAt } from '../model/history.ts';
import { platformOfStage } from '../model/stages.ts';
import { shellOf } from '../model/state.ts';
import type { Image, Layer } from '../oci/image.ts';
import { isNative, platformText } from '../oci/platform.ts';
import { type Owner, ownerOf } from './accounts.ts';
import { writeLayer } from './copy.ts';
import { BuildError } from './error.ts';
import { markOf, type NamedMark, type StepInputs, variableName } from './key-parts.ts';
import { maskedOutput } from './mask.ts';
import { hostNames, hostnameOf, isInsecureRun, networkOf, proxiesOf } from './run-environment.ts';
import { type MountSetup, type StepMount, stepMounts } from './run-mounts.ts';
import { argvOf, type ScriptFile, scriptFile, scriptMount } from './run-script.ts';
import type { Limits } from './sandbox/limits.ts';
import { type ExitCode, HOSTNAME, type Place, type RunRequest, type Sandbox, SandboxError } from './sandbox/port.ts';
import { changedFiles, removeStubs, setTimes } from './snapshot.ts';
import type { Step, StepContext } from './steps.ts';
import { homeOf, type MountPlace, makeStubs, makeWorkdir, misplacement, newUpper, placed } from './stubs.ts';
import { told } from './told.ts';
import { clean, type Tree, treeOf } from './tree.ts';
import { DISK_FULL } from './trouble.ts';
import { layerFolders, placeOf, settle } from './unpack.ts';

/** What says what a scanner looks at is no matter of the steps. */
const FOR_SCANS = /^BUILDKIT_SBOM_SCAN_(?:CONTEXT|STAGE)$/;

/** A RUN as a step: its program, what it sees, and what is mounted for it. */
export const runStep = async (node: Run, before: Image, context: StepContext): Promise<Step> => {
  const { model, request } = context;
  const state = model.stateBefore(node);
  const env = new Map<string, string>();
  for (const [name, value] of state.env) env.set(name, value ?? '');
  for (const [name, value] of buildArgumentsAt(model, node)) if (!FOR_SCANS.test(name)) env.set(name, value);
  const script = scriptFile(node);
  const argv = argvOf(node, script, shellOf(state));
  if (argv.length === 0) throw new BuildError('RUN [] names no program', node);
  const { workdir = '/', user = '' } = state;
  const network = networkOf(node, request);
  const isInsecure = isInsecureRun(node);
  if (isInsecure && !request.allowsInsecure)
    throw new BuildError('--security=insecure takes the sandbox away: allow it by --allow security.insecure', node);
  const { store } = request;
  const mounts = await told(node, store, () => stepMounts(node, context));
  const hostname = hostnameOf(model, node, request);
  const data = ['run', argv, script ?? '', [...env], workdir, user, network, isInsecure];
  const running = { node, before, context, argv, script, env, workdir, user, mounts, network, hostname, isInsecure };
  const inputs = () => inputsOf(running, state.shell);
  const named = hostname === HOSTNAME ? [] : [hostname];
  const limits = request.limits ? [{ limits: request.limits }] : [];
  const hosts = hostNames(request);
  const others = hosts.length > 0 ? [{ hosts }] : [];
  const all = [...data, mounts.map((each) => each.data), request.epoch, ...named, ...limits, ...others];
  return { data: all, inputs, run: () => told(node, store, () => runIn(running)) };
};

const inputsOf = (running: Running, shell: readonly string[] | undefined): StepInputs => {
  const { node, context, env, workdir, user, mounts, network, hostname, isInsecure } = running;
  const hosts = hostNames(context.request);
  const args = new Set(buildArgumentsAt(context.model, node).map(([name]) => name));
  const variables = Array.from(env, ([name, value]): NamedMark => [variableName(name, args.has(name)), markOf(value)]);
  const places = mounts.flatMap(({ data, target, files }, at): readonly NamedMark[] =>
    files ? [] : [[`the mount of ${target ?? `number ${at + 1}`}`, markOf(data)]],
  );
  const values: readonly NamedMark[] = [
    ...variables,
    ['the shell', markOf(shell)],
    ['the working directory', markOf(workdir)],
    ['the user', markOf(user)],
    ['the network', markOf([network, isInsecure])],
    ['the name of the host', markOf(hostname)],
    ...places,
    ['--timestamps', markOf(context.request.epoch)],
    ...limitMarks(context.request.limits),
    ...(hosts.length > 0 ? [['--add-host', markOf(hosts)] as const] : []),
  ];
  return { values, files: mounts.flatMap(({ files }) => files?.() ?? []) };
};

const limitMarks = (limits: Limits | undefined): readonly NamedMark[] => [
  ...(limits?.sharedMemory ? [['--shm-size', markOf(limits.sharedMemory)] as const] : []),
  ...(limits?.resources.length ? [['--ulimit', markOf(limits.resources)] as const] : []),
];

interface Running {
  readonly node: Run;
  readonly before: Image;
  readonly context: StepContext;
  readonly argv: readonly string[];
  readonly script: ScriptFile | undefined;
  readonly env: ReadonlyMap<string, string>;
  readonly workdir: string;
  readonly user: string;
  readonly mounts: readonly StepMount[];
  readonly network: 'host' | 'none';
  readonly hostname: string;
  readonly isInsecure: boolean;
}

/** A step with what it stands on. */
interface Scene extends Running {
  readonly sandbox: Sandbox;
  readonly tree: Tree;
  readonly owner: Owner;
  readonly work: string;
  readonly lowers: () => readonly string[];
  readonly place: Place;
  readonly gone: Gone;
}

/** What the step has deleted, where there was no overlay to say so. */
interface Gone {
  paths?: readonly string[];
}

const runIn = async (running: Running): Promise<Layer> => {
  const { node, before, context } = running;
  const { store, sandbox } = context.request;
  if (typeof sandbox === 'string') throw new BuildError(sandbox, node);
  const platform = platformOfStage(context.step.stage) ?? platformText(context.request.platform);
  if (!isNative(platform)) await refuseForeign(platform, running);
  const tree = treeOf(store, before.layers);
  const owner = ownerOf(tree, running.user);
  if (typeof owner === 'string') throw new BuildError(owner, node);
  const lowers = () => layerFolders(store, before.layers);
  const place = placeOf(store, before.layers);
  const work = mkdtempSync(join(store.workFolder(), 'run-'));
  try {
    return await layerOfRun({ ...running, sandbox, tree, owner, work, lowers, place, gone: {} });
  } finally {
    // What is left here is waited for by nobody but the end of this process.
    rm(work, { recursive: true, force: true, maxRetries: 3 }, () => {});
  }
};

const refuseForeign = async (platform: string, { node, context }: Running): Promise<void> => {
  const { foreignRunTrouble, runsHere } = await import('./sandbox/foreign.ts');
  if (!runsHere(platform, context.request.store.workFolder()))
    throw new BuildError(foreignRunTrouble(platform, process.env.PATH ?? ''), node);
};

const layerOfRun = async (scene: Scene): Promise<Layer> => {
  const { node, tree, work, mounts, workdir, owner, context, gone } = scene;
  const { store, epoch, report } = context.request;
  const upper = newUpper(work, tree);
  const places = await mountPlaces(mounts);
  const misplaced = misplacement(tree, places);
  if (misplaced) throw new BuildError(misplaced, node);
  const stubs = makeStubs(upper, tree, places);
  // A working directory that is missing is made, and stays.
  makeWorkdir(upper, tree, clean(workdir), owner);
  const ready = await mountsReady(scene);
  try {
    await succeed(scene, ready);
  } finally {
    for (const { release } of ready) release?.();
  }
  removeStubs(upper, stubs);
  const warn = (text: string) => report({ kind: 'warning', step: context.step, text });
  const entries = changedFiles(upper, tree, epoch, warn, gone.paths);
  const layer = writeLayer(store, entries);
  // Only what an overlay has made can be laid on the files below.
  if (!gone.paths && !existsSync(store.layerFolder(layer.diffId))) {
    setTimes(upper, entries);
    settle(upper, store.layerFolder(layer.diffId));
  }
  return layer;
};

const mountPlaces = async (mounts: readonly StepMount[]): Promise<readonly MountPlace[]> => {
  const places: MountPlace[] = [];
  for (const { target, isFolder } of mounts)
    if (target !== undefined)
      places.push({ path: clean(target), isFolder: typeof isFolder === 'function' ? await isFolder() : isFolder });
  return places;
};

/** One after the other in order of target: two steps that wait for the same caches never wait for each other. */
const mountsReady = async ({ mounts, work, script }: Scene): Promise<readonly MountSetup[]> => {
  const ready: MountSetup[] = [];
  if (script) ready.push({ mount: scriptMount(work, script) });
  for (const mount of mounts.toSorted((a, b) => ((a.target ?? '') < (b.target ?? '') ? -1 : 1)))
    ready.push(await mount.prepare(work));
  return ready;
};

const succeed = async (scene: Scene, ready: readonly MountSetup[]): Promise<void> => {
  const { node, tree, owner, context, mounts } = scene;
  const { report } = context.request;
  const { step } = context;
  const env = new Map(scene.env);
  for (const [name, value] of proxiesOf(context.request)) env.set(name, value);
  if (!env.has('HOME')) env.set('HOME', homeOf(tree, owner));
  const plain = new Map(env);
  for (const { variables = [] } of ready) for (const [name, value] of variables) env.set(name, value);
  const masked = maskedOutput(
    mounts.flatMap(({ secret }) => secret ?? []),
    (chunk) => report({ kind: 'output', step, chunk }),
  );
  const code = await started(scene, {
    env,
    mounts: ready.flatMap(({ mount }) => (mount ? [placed(mount, tree)] : [])),
    output: masked.write,
  });
  masked.end();
  if (code === 0) return;
  await context.request.onFailure?.(() => shellAfter(scene, plain));
  throw new BuildError(`${failureText(code)}${isFull(scene.work) ? `; ${DISK_FULL}` : ''}`, node, code);
};

/** Whether there is no place left for what a step writes; programs word that as they like. */
const isFull = (folder: string): boolean => statfsSync(folder).bavail === 0;

/** Codes above 128 are a shell's word for a signal. */
const failureText = (code: number): string => {
  const signal = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
  return `the command ended with exit code ${code}${signal ? `, by ${signal}` : ''}`;
};

/** A shell on top of what a failed step has done; what it changes is lost. Secrets are not there any more. */
const shellAfter = async (scene: Scene, env: ReadonlyMap<string, string>): Promise<ExitCode> => {
  const work = mkdtempSync(join(scene.context.request.store.workFolder(), 'run-'));
  newUpper(work, scene.tree);
  const upper = join(scene.work, 'upper');
  const lowers = () => [upper, ...scene.lowers()];
  const place = async (folder: string) => {
    await scene.place(folder);
    for (const path of scene.gone.paths ?? []) rmSync(join(folder, path), { recursive: true, force: true });
    (await import('./sandbox/copy.ts')).layOver(upper, folder, '');
  };
  return started(
    { ...scene, work, lowers, place, argv: ['/bin/sh'] },
    { env, mounts: [], output: undefined, hasInput: true },
  );
};

type Part = Pick<RunRequest, 'env' | 'mounts' | 'output' | 'hasInput'>;

const started = async (scene: Scene, part: Part): Promise<ExitCode> => {
  const { sandbox, tree, node, lowers, place, work, argv, owner, network, hostname, isInsecure, gone, context } = scene;
  context.throwIfStopped();
  try {
    return await sandbox.run({
      ...{ lowers, place, work, argv, owner, network, hostname, isInsecure, ...part },
      warn: (text) => context.request.report({ kind: 'warning', step: context.step, text }),
      onDeleted: (paths) => {
        gone.paths = paths;
      },
      workdir: `/${tree.resolve(scene.workdir)}`,
      resolve: tree.resolve,
      hasShell: tree.entry(tree.resolve('bin/sh')) !== undefined,
      hosts: context.request.hosts ?? [],
      limits: context.request.limits,
    });
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    throw new BuildError(error.message, node);
  }
};
