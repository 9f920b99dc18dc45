import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ImageError } from '../oci/error.ts';
import type { Image } from '../oci/image.ts';
import { ownerOf } from './accounts.ts';
import type { Port, PortNetwork } from './ports.ts';
import type { Limits } from './sandbox/limits.ts';
import { type BindMount, type ExitCode, HOSTNAME, type Sandbox, SandboxError } from './sandbox/port.ts';
import type { Store } from './store.ts';
import { homeOf, makeStubs, newUpper } from './stubs.ts';
import { clean, treeOf } from './tree.ts';
import { layerFolders, placeOf } from './unpack.ts';

/** A program of an image to run, and what differs from what its configuration says. */
export interface ImageRun {
  /** Instead of CMD; empty: as it is. */
  readonly command: readonly string[];
  /** Instead of ENTRYPOINT; an empty one leaves that out. */
  readonly entrypoint: string | undefined;
  readonly env: ReadonlyMap<string, string>;
  readonly volumes: readonly BindMount[];
  readonly user: string | undefined;
  readonly workdir: string | undefined;
  readonly network: 'host' | 'none';
  readonly hosts: readonly string[];
  readonly limits: Limits | undefined;
  readonly warn: (text: string) => void;
  /** Whether it reads our standard input. */
  readonly hasInput: boolean;
  /** Whether our terminal is to be its own. */
  readonly hasTerminal: boolean;
  /** Where there are some, it has a network of its own. */
  readonly ports: readonly Port[];
}

/** Runs it with our own output, in files that are thrown away afterwards. Throws ImageError. */
export const runImage = async (store: Store, image: Image, run: ImageRun, sandbox: Sandbox): Promise<ExitCode> => {
  const program = programOf(store, image, run);
  const work = mkdtempSync(join(store.workFolder(), 'run-'));
  const { tree, workdir } = program;
  makeStubs(newUpper(work, tree), tree, [
    ...run.volumes.map(({ target, isFolder }) => ({ path: clean(target), isFolder })),
    { path: clean(workdir), isFolder: true },
  ]);
  let network: PortNetwork | undefined;
  try {
    network = run.ports.length > 0 ? await publish(run, join(work, 'ports')) : undefined;
    const { hosts, limits, hasInput, hasTerminal, warn } = run;
    const { argv, env, owner } = program;
    return await sandbox.run({
      ...{ work, argv, env, owner, network: run.network, hosts, limits, hostname: HOSTNAME },
      ...{ hasInput, hasTerminal, warn },
      lowers: () => layerFolders(store, image.layers),
      namespace: network?.namespace,
      place: placeOf(store, image.layers),
      workdir: `/${tree.resolve(workdir)}`,
      resolve: tree.resolve,
      mounts: run.volumes.map((volume) => ({ ...volume, target: `/${tree.resolve(volume.target)}` })),
      isInsecure: false,
      hasShell: tree.entry(tree.resolve('bin/sh')) !== undefined,
      output: undefined,
    });
  } catch (error) {
    throw error instanceof SandboxError ? new ImageError(error.message) : error;
  } finally {
    network?.close();
    rmSync(work, { recursive: true, force: true, maxRetries: 3 });
  }
};

/** What is run, as whom, where, and with which variables. Throws ImageError. */
const programOf = (store: Store, { json: { config = {} }, layers }: Image, run: ImageRun) => {
  const argv = argvOf(config.Entrypoint ?? [], config.Cmd ?? [], run);
  if (argv.length === 0) throw new ImageError('the image names no program to run: give one after its name');
  const tree = treeOf(store, layers);
  const owner = ownerOf(tree, run.user ?? config.User ?? '');
  if (typeof owner === 'string') throw new ImageError(owner);
  const env = new Map((config.Env ?? []).map(pairOf));
  if (!env.has('HOME')) env.set('HOME', homeOf(tree, owner));
  for (const [name, value] of run.env) env.set(name, value);
  return { argv, tree, owner, env, workdir: run.workdir ?? (config.WorkingDir || '/') };
};

/** Tells of ports that it has chosen. */
const publish = async ({ ports, warn }: ImageRun, folder: string): Promise<PortNetwork> => {
  const { openPorts } = await import('./ports.ts');
  mkdirSync(folder);
  const network = await openPorts(ports, folder, process.env.PATH ?? '');
  for (const [index, { outside, inside, kind }] of network.ports.entries())
    if (ports[index]?.outside === 0)
      warn(`port ${inside}${kind === 'udp' ? '/udp' : ''} is reached at port ${outside}`);
  return network;
};

const argvOf = (
  entrypoint: readonly string[],
  cmd: readonly string[],
  run: Pick<ImageRun, 'command' | 'entrypoint'>,
): readonly string[] => {
  if (run.entrypoint !== undefined) return [...(run.entrypoint === '' ? [] : [run.entrypoint]), ...run.command];
  return [...entrypoint, ...(run.command.length > 0 ? run.command : cmd)];
};

const pairOf = (text: string): readonly [string, string] => {
  const [name = ''] = text.split('=', 1);
  return [name, text.slice(name.length + 1)];
};
