import { resolve } from 'node:path';
import { parse } from '../ast/create.ts';
import { BuildError } from '../build/error.ts';
import { type Built, execute } from '../build/execute.ts';
import { openJournal } from '../build/journal.ts';
import { saveNotes } from '../build/notes.ts';
import { endSteps } from '../build/sandbox/children.ts';
import { needsNamespace } from '../build/sandbox/rootless.ts';
import { openStore, type Store } from '../build/store.ts';
import { storeTrouble } from '../build/trouble.ts';
import { ConfigError } from '../config/error.ts';
import { SEVERITIES } from '../lint/diagnostic.ts';
import { lintFile } from '../lint/linter.ts';
import type { Rule } from '../lint/rule.ts';
import type { Inputs } from '../model/scope.ts';
import { validate } from '../model/validate.ts';
import { ImageError } from '../oci/error.ts';
import { type Image, isPlatform } from '../oci/image.ts';
import { reporterOf } from '../report/index.ts';
import { paintOf } from '../report/paint.ts';
import type { Document } from '../source/document.ts';
import { lineIndexOf } from '../source/text.ts';
import { readBuildArgs } from './build-args.ts';
import { type NamedContexts, namedContexts } from './build-contexts.ts';
import { openInput } from './build-input.ts';
import { type BuildOptions, platformOf } from './build-options.ts';
import { EPOCH, epochOf } from './build-time.ts';
import { fullName } from './image-names.ts';
import type { Io } from './io.ts';
import { plainLint } from './lint-options.ts';
import type { LoadRules } from './main.ts';
import { progressOf } from './progress.ts';
import { say } from './say.ts';
import { settingsFor } from './settings.ts';
import { endingInOrder } from './signals.ts';
import { buildInNamespace, hasRun, runnerText, stepInputs } from './step-inputs.ts';
import { storeFolder } from './store-folder.ts';
import { version } from './version.ts';

/** `iechorlint build`: lints, and builds the very tree that was linted. 1: findings stopped it; 3: the build failed. */
export const build = async (options: BuildOptions, io: Io, rules: LoadRules): Promise<number> => {
  if (process.platform !== 'linux') {
    say(io, `--build needs Linux, for it runs the steps in namespaces of its kernel; linting works here`);
    return 2;
  }
  // Standard input can be read once only.
  if (options.context === '-' && needsNamespace()) return buildInNamespace(io);
  const store = openStore(storeFolder(options.store, io));
  // From here on nobody deletes from the store.
  store.workFolder();
  const { document, context, committed = () => 0, save } = await openInput(options, io, store);
  const file = parse(document.text);
  const buildArgs = readBuildArgs([...(io.env[EPOCH] ? [EPOCH] : []), ...options.buildArgs], io.env);
  const inputs: Inputs = {
    platform: options.platform,
    buildArgs,
    target: options.target,
  };
  rejectOtherSyntax(file, options);
  if (needsNamespace() && hasRun(file)) return buildInNamespace(io);
  const time = options.keepsTimes ? 0 : epochOf(buildArgs, committed, io);
  if (options.lint && (await hasStopped(document, file, options, io, await rules()))) return 1;
  const valid = validate(file, inputs);
  if (!('kind' in valid)) {
    for (const { start, message } of valid)
      say(io, `${document.path}:${lineIndexOf(document.text).positionAt(start).line}: ${message}`);
    return 1;
  }
  const contexts = namedContexts(options, io, store);
  const steps = stepInputs(options, io);
  const journal = openJournal(store, journalName(document, options, io));
  const progress = progressOf(options, io, runnerText(steps.sandbox));
  try {
    const built = await endingInOrder(
      () =>
        execute(valid, {
          inputs,
          platform: platformOf(options.platform),
          store,
          context,
          contextNamed: contexts.folder,
          ...steps,
          noCache: options.noCache,
          epoch: options.keepsTimes ? undefined : 0,
          imageNamed: (text) => imageNamed(text, contexts, store, options, io),
          journal,
          report: progress.report,
        }),
      endSteps,
    );
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
    progress.finish(id, names);
    return 0;
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

/** Another frontend may mean something else by the same words. */
const rejectOtherSyntax = ({ directives }: ReturnType<typeof parse>, { forceSyntax }: BuildOptions): void => {
  const syntax = directives.find(({ name }) => name === 'syntax')?.value.text;
  if (syntax === undefined || forceSyntax || OWN_SYNTAX.test(syntax)) return;
  throw new ConfigError(
    `\`# syntax=${syntax}\` asks for another grammar than the one that is built in; --force-builtin-syntax builds by this one`,
  );
};

const OWN_SYNTAX = /^(?:docker\.io\/)?(?:docker\/dockerfile|iechor\/iechorfile)(?:-upstream)?(?:[:@].*)?$/;

/** What was learnt of files makes the next build faster, and nothing else depends on it. */
const keep = (save: () => void): void => {
  try {
    save();
  } catch {}
};

/** A file is known by where it is, and by what is built of it. */
const journalName = ({ path }: Document, { context, platform }: BuildOptions, { cwd }: Io): string =>
  JSON.stringify([resolve(cwd, path), context === '-' ? context : resolve(cwd, context), platform]);

/** Whether a finding is as severe as allowed none to be; findings are printed. */
const hasStopped = async (
  document: Document,
  file: ReturnType<typeof parse>,
  options: BuildOptions,
  io: Io,
  rules: readonly Rule[],
): Promise<boolean> => {
  const lintOptions = { ...plainLint([]), failOn: options.failOn ?? 'error' };
  const target = { path: document.path, file: resolve(io.cwd, document.path) };
  const settings = await settingsFor({ options: lintOptions, io, rules, targets: [target] });
  const { config } = settings.of(target);
  const diagnostics = lintFile(document, file, config);
  if (diagnostics.length > 0 && !options.quiet) {
    const reporter = await reporterOf('compact');
    const outcome = {
      version,
      files: [{ document, diagnostics }],
      unreadable: [],
      rules: [...config.rules.keys()],
      why: new Map(),
    };
    const sheet = { paint: await paintOf(false), width: io.stderr.columns() ?? 100, quiet: false, statistics: false };
    for (const part of reporter(outcome, sheet)) io.stderr.write(part);
  }
  const threshold = options.failOn ?? 'error';
  if (threshold === 'never') return false;
  return diagnostics.some(({ severity }) => SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(threshold));
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
