import { resolve } from 'node:path';
import { saveAttestations } from '../build/attest/kept.ts';
import { BuildError } from '../build/error.ts';
import { type BuildRequest, type Built, execute } from '../build/execute.ts';
import { openJournal } from '../build/journal.ts';
import { saveLastBuild, saveNotes } from '../build/notes.ts';
import { endSteps } from '../build/sandbox/children.ts';
import { needsNamespace } from '../build/sandbox/rootless.ts';
import { type LateImages, lateImages } from '../build/shared/late-images.ts';
import { openStore, type Store } from '../build/store.ts';
import { storeTrouble } from '../build/trouble.ts';
import { ImageError } from '../oci/error.ts';
import type { Image } from '../oci/image.ts';
import { baseImages } from './base-images.ts';
import { namedContexts } from './build-contexts.ts';
import { openInput } from './build-input.ts';
import { type BuildOptions, platformOf } from './build-options.ts';
import type { BuildResults } from './build-results.ts';
import { epochOf } from './build-time.ts';
import { anewOf, checked, inputsOf, journalName, parsed } from './buildable.ts';
import { fullName } from './image-names.ts';
import type { Io } from './io.ts';
import type { LoadRules } from './main.ts';
import { type Progress, progressOf } from './progress.ts';
import { say } from './say.ts';
import type { SharedBuild } from './shared-caches.ts';
import { endingInOrder } from './signals.ts';
import { buildInNamespace, hasRun, runnerText, stepInputs } from './step-inputs.ts';
import { notingSteps } from './step-notes.ts';
import { storeFolder } from './store-folder.ts';
import type { Scene, Witness } from './witness.ts';
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
  const { document, context, committed = () => 0, origin, save } = await openInput(options, io, store);
  const file = parsed(document, options);
  const inputs = inputsOf(options, io);
  if (needsNamespace() && hasRun(file)) return buildInNamespace(io);
  const time = options.keepsTimes ? 0 : epochOf(file, inputs, committed, io);
  const valid = await checked(document, file, inputs, options, io, rules);
  if (!valid) return 1;
  const steps = stepInputs(options, io);
  const runner = runnerText(steps.sandbox);
  const progress = await progressOf({ ...options, runner, hasShell: steps.onFailure !== undefined }, io);
  const contexts = await namedContexts(options, progress.io, store);
  // Where steps may be known, their base images may not be needed.
  const late = options.cacheFrom.length > 0 && !options.noCache ? lateImages(store) : undefined;
  const journal = openJournal(store, journalName(document, options, io));
  const request: BuildRequest = {
    inputs,
    platform: platformOf(options.platform),
    ...{ store, context, journal },
    contextNamed: contexts.folder,
    ...steps,
    ...shellAside(steps, progress),
    ...anewOf(options, valid),
    epoch: options.keepsTimes ? undefined : 0,
    imageNamed: baseImages(contexts, store, options, progress, late),
    report: progress.report,
  };
  const job: Job = { late, options, document, origin, valid, request, time, progress };
  try {
    return await endingInOrder(() => carriedOut(job), endSteps);
  } catch (error) {
    return await failed(error, job);
  } finally {
    progress.close();
    for (const each of [save, contexts.save, journal.save]) keep(each);
  }
};

interface Job extends Scene {
  readonly late: LateImages | undefined;
  /** Of everything new, in seconds since 1970. */
  readonly time: number | Promise<number>;
  readonly progress: Progress;
}

const carriedOut = async ({ time, progress, late, ...scene }: Job): Promise<number> => {
  const { options, document, valid, request } = scene;
  const { store } = request;
  const { io } = progress;
  const results = await resultsOf(options, io);
  const shared = await sharedCaches(options, store, io, late);
  const witness = await witnessTo(scene, io);
  const noted = notingSteps(witness?.watching(request) ?? request, valid);
  const executed = (more: Partial<BuildRequest> = {}) => execute(valid, { ...noted.request, ...more });
  const built = await (shared ? shared.build(executed) : executed());
  const { image, notes } = await atTime(built, await time, store);
  const labelled = withLabels(image, options.labels);
  const names = options.tags.map(fullName);
  const id = store.saveImage(labelled, names);
  saveNotes(store, id, notes);
  const attestations = witness?.attest(labelled, names) ?? [];
  saveAttestations(store, id, attestations);
  saveLastBuild(store, resolve(io.cwd, document.path), { id, steps: noted.steps });
  const written = await handedOut(labelled, names, store, options, progress);
  const isHandedOut = (await shared?.handOut(built.image)) ?? true;
  results?.succeed({ id, names, written, attestations });
  const { sandbox } = request;
  if (!options.quiet && typeof sandbox !== 'string' && sandbox.isUsed()) say(progress.io, runnerText(sandbox));
  progress.finish(id, names);
  return isHandedOut ? 0 : 3;
};

/** Writes the image to where it is to go besides the store. */
const handedOut = async (
  image: Image,
  names: readonly string[],
  store: Store,
  { outputs, quiet, registries }: BuildOptions,
  { io, transfer }: Progress,
): Promise<readonly Written[]> => {
  if (outputs.length === 0) return [];
  const { writeOutput } = await import('./write-output.ts');
  const { accessTo } = await import('../oci/session.ts');
  const access = accessTo(registries, io.env);
  const written: Written[] = [];
  for (const output of outputs)
    written.push(...(await writeOutput(output, { image, names, store, access, quiet, transfer }, io)));
  return written;
};

const failed = async (error: unknown, { options, document, valid, request, progress }: Job): Promise<number> => {
  if (error instanceof BuildError) {
    progress.fail(error, document);
    (await resultsOf(options, progress.io))?.fail(error, document, valid);
    return 3;
  }
  const trouble = storeTrouble(request.store.folder, error);
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

/** Where something is to be attested. */
const witnessTo = async (scene: Scene, io: Io): Promise<Witness | undefined> =>
  scene.options.provenance || scene.options.sbom ? (await import('./witness.ts')).witnessOf(scene, io) : undefined;

/** What was learnt of files makes the next build faster, and nothing else depends on it. */
const keep = (save: () => void): void => {
  try {
    save();
  } catch {}
};

/** Steps make everything at time 0. */
const atTime = async (built: Built, epoch: number, store: Store): Promise<Built> =>
  epoch === 0 ? built : (await import('../build/retime.ts')).retimed(store, built, epoch);

const withLabels = (image: Image, labels: ReadonlyMap<string, string>): Image =>
  labels.size === 0
    ? image
    : {
        ...image,
        json: {
          ...image.json,
          config: { ...image.json.config, Labels: { ...image.json.config?.Labels, ...Object.fromEntries(labels) } },
        },
      };
