import { BuildError } from '../build/error.ts';
import { type BuildRequest, type Built, execute } from '../build/execute.ts';
import { openJournal } from '../build/journal.ts';
import { saveNotes } from '../build/notes.ts';
import { endSteps } from '../build/sandbox/children.ts';
import { needsNamespace } from '../build/sandbox/rootless.ts';
import { openStore, type Store } from '../build/store.ts';
import { storeTrouble } from '../build/trouble.ts';
import { ImageError } from '../oci/error.ts';
import { type Image, isPlatform } from '../oci/image.ts';
import { type NamedContexts, namedContexts } from './build-contexts.ts';
import { openInput } from './build-input.ts';
import { type BuildOptions, platformOf } from './build-options.ts';
import { epochOf } from './build-time.ts';
import { anewOf, checked, inputsOf, journalName, parsed } from './buildable.ts';
import { fullName } from './image-names.ts';
import type { Io } from './io.ts';
import type { LoadRules } from './main.ts';
import { progressOf } from './progress.ts';
import { say } from './say.ts';
import type { SharedBuild } from './shared-caches.ts';
import { endingInOrder } from './signals.ts';
import { buildInNamespace, hasRun, runnerText, stepInputs } from './step-inputs.ts';
import { storeFolder } from './store-folder.ts';

/** `iechorlint build`: lints, and builds the very tree that was linted. 1: findings stopped it; 3: the build failed. */
export const build = async (options: BuildOptions, io: Io, rules: LoadRules): Promise<number> => {
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
  const { document, context, committed = () => 0, save } = await openInput(options, io, store);
  const file = parsed(document, options);
  const inputs = inputsOf(options, io);
  if (needsNamespace() && hasRun(file)) return buildInNamespace(io);
  const time = options.keepsTimes ? 0 : epochOf(inputs.buildArgs, committed, io);
  const valid = await checked(document, file, inputs, options, io, rules);
  if (!valid) return 1;
  const contexts = namedContexts(options, io, store);
  const steps = stepInputs(options, io);
  const journal = openJournal(store, journalName(document, options, io));
  const progress = progressOf(options, io, runnerText(steps.sandbox));
  const request: BuildRequest = {
    inputs,
    platform: platformOf(options.platform),
    store,
    context,
    contextNamed: contexts.folder,
    ...steps,
    ...anewOf(options, valid),
    epoch: options.keepsTimes ? undefined : 0,
    imageNamed: (text) => imageNamed(text, contexts, store, options, io),
    journal,
    report: progress.report,
  };
  try {
    const shared = await sharedCaches(options, store, io);
    const executed = (more: Partial<BuildRequest> = {}) => execute(valid, { ...request, ...more });
    const built = await endingInOrder(() => (shared ? shared.build(executed) : executed()), endSteps);
    const { image, notes } = await atTime(built, await time, store);
    const labelled = withLabels(image, options.labels);
    const names = options.tags.map(fullName);
    const id = store.saveImage(labelled, names);
    saveNotes(store, id, notes);
    if (options.outputs.length > 0) {
      const { writeOutput } = await import('./write-output.ts');
      const { quiet, registries } = options;
      const { accessTo } = await import('../oci/session.ts');
      const access = accessTo(registries, io.env);
      for (const output of options.outputs)
        await writeOutput(output, { image: labelled, names, store, access, quiet }, io);
    }
    const isHandedOut = (await shared?.handOut(built.image)) ?? true;
    progress.finish(id, names);
    return isHandedOut ? 0 : 3;
  } catch (error) {
    if (error instanceof BuildError) {
      progress.fail(error, document);
      return 3;
    }
    const trouble = storeTrouble(store.folder, error);
    if (!(trouble instanceof ImageError)) throw trouble;
    say(io, trouble.message);
    return 3;
  } finally {
    for (const each of [save, contexts.save, journal.save]) keep(each);
  }
};

/** Where caches of other machines are asked for. */
const sharedCaches = async (options: BuildOptions, store: Store, io: Io): Promise<SharedBuild | undefined> =>
  options.cacheFrom.length + options.cacheTo.length === 0
    ? undefined
    : (await import('./shared-caches.ts')).sharedBuild(options, store, io);

/** What was learnt of files makes the next build faster, and nothing else depends on it. */
const keep = (save: () => void): void => {
  try {
    save();
  } catch {}
};

/** Steps make everything at time 0. */
const atTime = async (built: Built, epoch: number, store: Store): Promise<Built> =>
  epoch === 0 ? built : (await import('../build/retime.ts')).retimed(store, built, epoch);

const imageNamed = async (
  text: string,
  contexts: NamedContexts,
  store: Store,
  options: BuildOptions,
  io: Io,
): Promise<Image> => {
  const given = await contexts.image(text);
  if (given !== undefined)
    return typeof given === 'string' ? imageNamed(given, NO_CONTEXTS, store, options, io) : given;
  const known = store.image(fullName(text));
  if (known && !options.pull && isPlatform(known.json, options.platform)) return known;
  const { pullImage } = await import('../build/pull.ts');
  const { accessTo } = await import('../oci/session.ts');
  const access = accessTo(options.registries, io.env);
  const image = await pullImage(store, fullName(text), options.platform, access, (layer, number, of) => {
    if (!options.quiet) say(io, `pulling ${text}: layer ${number} of ${of}, ${layer.descriptor?.size ?? '?'} bytes`);
  });
  store.saveImage(image, [fullName(text)]);
  return image;
};

const NO_CONTEXTS: NamedContexts = { folder: () => undefined, image: async () => undefined, save: () => {} };

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
