import { resolve } from 'node:path';
import { parse } from '../ast/create.ts';
import type { Iechorfile } from '../ast/nodes.ts';
import type { Store } from '../build/store.ts';
import { ConfigError } from '../config/error.ts';
import { otherFrontend } from '../model/frontend.ts';
import type { Inputs } from '../model/scope.ts';
import { missingStage, platformOfStage, targetOf } from '../model/stages.ts';
import { type Invalidity, type ValidFile, validate } from '../model/validate.ts';
import { HOST_PLATFORM, isNative } from '../oci/platform.ts';
import type { Document } from '../source/document.ts';
import { nearest } from '../source/nearest.ts';
import { lineIndexOf } from '../source/text.ts';
import { readBuildArgs } from './build-args.ts';
import type { BuildInput } from './build-input.ts';
import type { BuildOptions } from './build-options.ts';
import { EPOCH, epochGiven } from './build-time.ts';
import type { Io } from './io.ts';
import type { LoadRules } from './main.ts';
import { say } from './say.ts';
import { stageName } from './step-words.ts';

/** The tree that is linted and built. Throws ConfigError where it asks for another grammar. */
export const parsed = (document: Document, options: BuildOptions): Iechorfile => {
  const file = parse(document.text);
  rejectOtherSyntax(file, options);
  return file;
};

/** What the values of a file's variables come from. */
export const inputsOf = ({ platform, buildArgs, target }: BuildOptions, { env }: Io): Inputs & Arguments => ({
  // Their configurations come later; that they will is enough to know that nothing is given but what is here.
  ...{ platform, target, buildPlatform: HOST_PLATFORM, baseConfigs: new Map() },
  buildArgs: readBuildArgs([...(env[EPOCH] ? [EPOCH] : []), ...buildArgs], env),
});

/** A build with the time of everything new in its arguments, where they name it. */
export interface TimedBuild {
  /** In seconds since 1970. */
  readonly time: number | Promise<number>;
  readonly timed: BuildOptions;
}

/** When everything new is made, and the build that is told so. Throws ConfigError. */
export const timedBuild = async (
  file: Iechorfile,
  input: BuildInput,
  options: BuildOptions,
  io: Io,
  store: Store,
  fetching = store,
): Promise<TimedBuild> => {
  const { committed = () => 0 } = input;
  const inputs = inputsOf(options, io);
  const given = epochGiven(file, inputs, io);
  if (given === undefined || typeof given === 'number')
    return { time: options.keepsTimes ? 0 : (given ?? committed()), timed: options };
  const { namedContexts } = await import('./build-contexts.ts');
  const { namedTime } = await import('./named-time.ts');
  const contexts = await namedContexts(options, io, store, fetching);
  const time = await namedTime(given, { file, inputs, input, contexts, store: fetching });
  const timed = { ...options, buildArgs: [...options.buildArgs, `${EPOCH}=${time ?? ''}`] };
  return { time: options.keepsTimes ? 0 : (time ?? committed()), timed };
};

interface Arguments {
  readonly buildArgs: ReadonlyMap<string, string>;
}

/** The build of one platform. */
export interface PlatformBuild {
  readonly options: BuildOptions;
  readonly inputs: ReturnType<typeof inputsOf>;
  readonly valid: ValidFile;
}

/** The very tree for each platform, when it is linted and may be built; undefined where that was said not to be so. */
export const checked = async (
  document: Document,
  file: Iechorfile,
  options: BuildOptions,
  io: Io,
  rules: LoadRules,
): Promise<readonly PlatformBuild[] | undefined> => {
  if (options.lint) {
    const { lintBeforeBuild } = await import('./build-lint.ts');
    const isStopped = await lintBeforeBuild(document, file, options, io, await rules());
    if (isStopped) return undefined;
  }
  const builds: PlatformBuild[] = [];
  const said = new Set<string>();
  for (const platform of options.platforms) {
    const own = { ...options, platform };
    const inputs = inputsOf(own, io);
    const valid = validate(file, inputs);
    if ('kind' in valid) builds.push({ options: own, inputs, valid: withTarget(valid, own) });
    else for (const line of linesOf(document, valid)) said.add(line);
  }
  for (const line of said) say(io, line);
  return said.size > 0 ? undefined : builds;
};

/** Throws ConfigError where the file has no such target. */
const withTarget = (valid: ValidFile, { target }: BuildOptions): ValidFile => {
  if (target === undefined || targetOf(valid.stages, target)) return valid;
  throw new ConfigError(`--target: ${missingStage(target, valid.stages)}`);
};

/** The tree, when it may be built; undefined where it was said why not. */
export const buildableOf = (document: Document, file: Iechorfile, inputs: Inputs, io: Io): ValidFile | undefined => {
  const valid = validate(file, inputs);
  if ('kind' in valid) return valid;
  for (const line of linesOf(document, valid)) say(io, line);
  return undefined;
};

/** Of a file that was not read nothing else is said. */
const linesOf = ({ path, text, defect }: Document, invalidities: readonly Invalidity[]): readonly string[] =>
  defect?.kind === 'too-large'
    ? [`${path}: ${defect.message}`]
    : invalidities.map(({ start, message }) => `${path}:${lineIndexOf(text).positionAt(start).line}: ${message}`);

/** Whether a RUN of the file may be for programs of another kind of machine, and no other machine may have run it already. */
export const mayRunForeign = ({
  options: { platform, cacheFrom },
  valid,
}: Pick<PlatformBuild, 'options' | 'valid'>): boolean =>
  cacheFrom.length === 0 &&
  valid.stages.some(
    (stage) =>
      !isNative(platformOfStage(stage) ?? platform) && stage.node.instructions.some(({ kind }) => kind === 'Run'),
  );

/** What is to be built again though it was built before. Throws ConfigError where there is no such stage. */
export const anewOf = (
  { noCache, noCacheStages }: BuildOptions,
  { stages }: ValidFile,
): Pick<BuildOptions, 'noCache' | 'noCacheStages'> => {
  const names = stages.flatMap(({ name, index }) => [name ?? `stage-${index}`, String(index)]);
  for (const each of noCacheStages) {
    if (names.includes(each)) continue;
    const meant = nearest(each, names);
    const all = stages.map(stageName).join(', ');
    throw new ConfigError(
      `--no-cache-filter ${each}: there is no such stage${meant ? ` (did you mean \`${meant}\`?)` : ''}; there is ${all}`,
    );
  }
  return { noCache, noCacheStages };
};

/** A file is known by where it is, and by what is built of it. */
export const journalName = ({ path }: Document, { context, platform }: BuildOptions, { cwd }: Io): string =>
  JSON.stringify([resolve(cwd, path), context === '-' ? context : resolve(cwd, context), platform]);

/** Another frontend may mean something else by the same words. */
const rejectOtherSyntax = (file: Iechorfile, { forceSyntax }: BuildOptions): void => {
  const other = forceSyntax ? undefined : otherFrontend(file);
  if (other === undefined) return;
  throw new ConfigError(
    `\`# syntax=${other.value.text}\` asks for another grammar than the one that is built in; --force-builtin-syntax builds by this one`,
  );
};
