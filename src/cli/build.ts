import { resolve } from 'node:path';
import { BuildError } from '../build/error.ts';
import { type Built, execute } from '../build/execute.ts';
import { openJournal } from '../build/journal.ts';
import { saveLastBuild } from '../build/notes.ts';
import type { BuildRequest } from '../build/request.ts';
import { endSteps } from '../build/sandbox/children.ts';
import { needsNamespace } from '../build/sandbox/rootless.ts';
import { type LateImages, lateImages } from '../build/shared/late-images.ts';
import { openStore, type Store } from '../build/store.ts';
import { storeTrouble } from '../build/trouble.ts';
import { ImageError } from '../oci/error.ts';
import type { PlatformImage } from '../oci/image.ts';
import { forPlatform, HOST_PLATFORM, platformOf } from '../oci/platform.ts';
import type { Document } from '../source/document.ts';
import { baseImages } from './base-images.ts';
import { fetchNeeded, type NamedContexts, namedContexts } from './build-contexts.ts';
import { type BuildInput, openInput } from './build-input.ts';
import type { BuildOptions } from './build-options.ts';
import type { BuildResults } from './build-results.ts';
import { anewOf, checked, journalName, mayRunForeign, type PlatformBuild, parsed, timedBuild } from './buildable.ts';
import { inlineNotice } from './cache-options.ts';
import type { Io } from './io.ts';
import { savedImages, watchedBuild } from './made-images.ts';
import type { LoadRules } from './main.ts';
import { type Progress, progressOf } from './progress.ts';
import { say } from './say.ts';
import type { SharedBuild } from './shared-caches.ts';
import { endingInOrder } from './signals.ts';
import { buildInNamespace, hasRun, runnerText, stepInputs } from './step-inputs.ts';
import { storeFolder } from './store-folder.ts';
import { unusedArgs } from './unused-args.ts';
import type { Scene } from './witness.ts';
import type { Written } from './write-output.ts';

/** `iechorlint build`: lints, and builds the very tree that was linted. 1: findings stopped it; 3: the build failed. */
export const build = async (options: BuildOptions, io: Io, rules: LoadRules): Promise<number> => {
  if (options.call) return (await import('./call.ts')).callInstead(options.call, options, io, rules);
  if (process.platform !== 'linux') {
    say(io, `--build needs Linux, for it runs the steps in namespaces of its kernel; linting works here`);
    return 2;
  }
  if (options.plan) return (await import('./plan-build.ts')).planBuild(options, io, rules);
  // Standard input can be read once only.
  if (options.context === '-' && needsNamespace()) return buildInNamespace(io);
  const store = openStore(storeFolder(options.store, io));
  // From here on nobody deletes from the store.
  store.workFolder();
  const input = await openInput(options, io, store);
  const { document } = input;
  const file = parsed(document, options);
  if (needsNamespace() && (hasRun(file) || options.sbom?.scanner)) return buildInNamespace(io);
  if (options.outputs.length + options.cacheTo.length > 0)
    (await import('./output-places.ts')).checkOutputs(options, io);
  const { time, timed } = await timedBuild(file, input, options, io, store);
  const builds = await checked(document, file, timed, io, rules);
  if (!builds) return 1;
  return buildAll(builds, { options, input, store, time }, io);
};

/** What is built, where, and when everything new is made. */
interface Order extends Pick<Job, 'options' | 'store' | 'time'> {
  readonly input: BuildInput;
}

const buildAll = async (builds: readonly PlatformBuild[], order: Order, io: Io): Promise<number> => {
  const { options, input, store, time } = order;
  const { document, save } = input;
  const steps = stepInputs(options, io);
  const runner = runnerText(steps.sandbox);
  const progress = await progressOf({ ...options, runner, hasShell: steps.onFailure !== undefined }, io);
  tellOfUnused(builds, order, progress.io);
  const contexts = await namedContexts(options, progress.io, store);
  await fetchNeeded(contexts, builds);
  // Where steps may be known, their base images may not be needed.
  const late = options.cacheFrom.length > 0 && !options.noCache ? lateImages(store) : undefined;
  const imageNamed = baseImages(contexts, store, options, progress, late);
  const around = { input, contexts, store, steps, progress, imageNamed };
  const scenes = builds.map((each) => sceneOf(each, around, io));
  const job: Job = { late, options, document, store, scenes, contexts, time, progress, sandbox: steps.sandbox };
  try {
    return await endingInOrder(() => carriedOut(job), endSteps);
  } catch (error) {
    return await failed(error, job);
  } finally {
    progress.close();
    for (const each of [save, contexts.save, ...scenes.map(({ request }) => request.journal?.save)]) keep(each);
  }
};

/** Most are misspelt, or belong to another file. */
const tellOfUnused = ([first]: readonly PlatformBuild[], { options, input: { document } }: Order, io: Io): void => {
  const text = first && !options.quiet && unusedArgs(first.valid.file, first.inputs.buildArgs.keys(), document.path);
  if (text) say(io, text);
};

/** What the builds for all platforms have in common. */
interface Around extends Pick<Scene, 'input' | 'contexts'> {
  readonly store: Store;
  readonly steps: ReturnType<typeof stepInputs>;
  readonly progress: Progress;
  readonly imageNamed: ReturnType<typeof baseImages>;
}

const sceneOf = ({ options, inputs, valid }: PlatformBuild, around: Around, io: Io): Scene => {
  const { input, contexts, store, steps, progress, imageNamed } = around;
  const { document, context } = input;
  const { platform, isPlatformAsked } = options;
  const request: BuildRequest = {
    inputs,
    platform: platformOf(platform),
    isPlatformAsked,
    ...{ store, context, journal: openJournal(store, journalName(document, options, io)) },
    contextNamed: (name) => contexts.folder(name, platform),
    ...steps,
    ...shellAside(steps, progress),
    ...anewOf(options, valid),
    epoch: options.keepsTimes ? undefined : 0,
    imageNamed: (text, other = platform) => imageNamed(text, other),
    report: progress.report,
  };
  return { document, input, contexts, options, valid, request };
};

interface Job {
  readonly options: BuildOptions;
  readonly document: Document;
  readonly store: Store;
  /** One for each platform. */
  readonly scenes: readonly Scene[];
  readonly late: LateImages | undefined;
  /** Of everything new, in seconds since 1970. */
  readonly time: number | Promise<number>;
  readonly progress: Progress;
  readonly sandbox: BuildRequest['sandbox'];
  readonly contexts: NamedContexts;
}

const carriedOut = async ({ scenes, time, progress, late, ...rest }: Job): Promise<number> => {
  const { options, document, store, sandbox, contexts } = rest;
  const { io } = progress;
  const results = await resultsOf(options, io);
  if (scenes.some(mayRunForeign))
    await (await import('./refuse-foreign.ts')).refuseForeignRuns(scenes, contexts, store, io);
  const shared = await sharedCaches(options, store, io, late);
  const watched = await Promise.all(scenes.map((scene) => watchedBuild(scene, io)));
  const executed = (more: Partial<BuildRequest> = {}) =>
    execute(watched.map(({ valid, request }) => ({ valid, request: { ...request, ...more } })));
  const built = await (shared ? shared.build(executed) : executed());
  if (!options.quiet) tellOfWindows(built, io);
  const notice = options.quiet ? undefined : inlineNotice(options.buildArgs);
  if (notice) say(io, notice);
  const names = options.tags;
  const epoch = await time;
  const images = await Promise.all(built.map((each) => atTime(each, epoch, store)));
  const { id, made } = await savedImages(watched, images, names, store);
  const last = forPlatform(made, HOST_PLATFORM) ?? made[0];
  if (last) saveLastBuild(store, resolve(io.cwd, document.path), { id: last.id, steps: last.steps });
  const written = await handedOut(made, names, store, options, progress);
  const isHandedOut = (await shared?.handOut(built.map(({ image }) => image))) ?? true;
  results?.succeed({ id, names, written, made });
  if (!options.quiet && typeof sandbox !== 'string' && sandbox.isUsed()) say(io, runnerText(sandbox));
  progress.finish(id, names, made.length > 1 ? options.platforms : []);
  return isHandedOut ? 0 : 3;
};

/** Its layers have folders of their own for files and for what is registered. */
const tellOfWindows = (built: readonly Built[], io: Io): void => {
  const all = built.filter(({ image: { json }, lines }) => json.os === 'windows' && lines.some(Boolean));
  if (all.length === 0) return;
  say(io, 'the files are in layers as Linux has them, which Windows does not take: it can use the configuration alone');
};

/** Writes the images to where they are to go besides the store. */
const handedOut = async (
  images: readonly PlatformImage[],
  names: readonly string[],
  store: Store,
  { outputs, quiet, registries }: BuildOptions,
  { io, transfer }: Progress,
): Promise<readonly Written[]> => {
  if (outputs.length === 0) return [];
  const { writeOutput } = await import('./write-output.ts');
  const { accessTo } = await import('../oci/session.ts');
  const access = accessTo(registries, io.env, quiet ? undefined : (text) => say(io, text));
  const written: Written[] = [];
  for (const output of outputs)
    written.push(...(await writeOutput(output, { images, names, store, access, quiet, transfer }, io)));
  return written;
};

const failed = async (error: unknown, { options, document, store, scenes, progress }: Job): Promise<number> => {
  if (error instanceof BuildError) {
    progress.fail(error, document);
    const [scene] = scenes;
    if (scene) (await resultsOf(options, progress.io))?.fail(error, document, scene.valid);
    return 3;
  }
  const trouble = storeTrouble(store.folder, error);
  if (!(trouble instanceof ImageError)) throw trouble;
  say(progress.io, trouble.message);
  return 3;
};

/** Where files are asked for that tell what came of the build. */
const resultsOf = async ({ iidFile, metadataFile }: BuildOptions, io: Io): Promise<BuildResults | undefined> =>
  iidFile === undefined && metadataFile === undefined
    ? undefined
    : (await import('./build-results.ts')).buildResults({ iidFile, metadataFile }, io);

/** While a shell is open, nothing else is written to its terminal. */
const shellAside = ({ onFailure }: Pick<BuildRequest, 'onFailure'>, { aside }: Progress): Partial<BuildRequest> =>
  onFailure ? { onFailure: (shell) => aside(() => onFailure(shell)) } : {};

/** Where caches of other machines are asked for. */
const sharedCaches = async (
  options: BuildOptions,
  store: Store,
  io: Io,
  late: LateImages | undefined,
): Promise<SharedBuild | undefined> =>
  options.cacheFrom.length + options.cacheTo.length === 0
    ? undefined
    : (await import('./shared-caches.ts')).sharedBuild(options, store, io, late);

/** What was learnt of files makes the next build faster, and nothing else depends on it. */
const keep = (save: (() => void) | undefined): void => {
  try {
    save?.();
  } catch {}
};

/** Steps make everything at time 0. */
const atTime = async (built: Built, epoch: number, store: Store): Promise<Built> =>
  epoch === 0 ? built : (await import('../build/retime.ts')).retimed(store, built, epoch);
