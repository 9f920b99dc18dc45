import type { Model } from '../model/index.ts';
import { imageConfigOf } from '../model/plan.ts';
import { parentOf, platformOfStage, type StageInfo } from '../model/stages.ts';
import type { ValidFile } from '../model/validate.ts';
import { append, emptyImage, type HistoryJson, type Image, withConfig, withHistory } from '../oci/image.ts';
import { platformText } from '../oci/platform.ts';
import { jsonOf, keptJson } from './base.ts';
import type { CommonSteps } from './common-steps.ts';
import { BuildError } from './error.ts';
import type { StepNote } from './notes.ts';
import { baseImageOf } from './onbuild.ts';
import { countSteps, imageOf, type Prepared, prepare, stagesFor, stepsOf, twinOf } from './prepare.ts';
import type { BuildRequest } from './request.ts';
import { endSteps } from './sandbox/children.ts';
import { type Before, type StepLayer, stepLayer } from './step-layer.ts';
import type { StepContext } from './steps.ts';
import { forTarget } from './target-platform.ts';
import { isoTime, now } from './times.ts';

/** An image with what its build knows of each entry of its history; undefined for those of a base image. */
export interface Built {
  readonly image: Image;
  readonly notes: readonly (StepNote | undefined)[];
  /** For each layer the line of its step; undefined for those of a base image. */
  readonly lines: readonly (number | undefined)[];
}

/** A build for one platform. */
export interface BuildJob {
  readonly valid: ValidFile;
  readonly request: BuildRequest;
}

/**
 * Builds the target's image for each platform, all at once: a step that several have is made once, and what fails first ends
 * them all. Throws BuildError and ImageError.
 */
export const execute = async (jobs: readonly BuildJob[]): Promise<readonly Built[]> => {
  const common: CommonSteps = new Map();
  const several = jobs.length > 1 ? { common } : {};
  const prepared = await Promise.all(
    jobs.map(async ({ valid, request }) => ({
      ...(await prepare(valid, request)),
      request: { ...request, ...several },
    })),
  );
  let steps = 0;
  for (const { model, needed } of prepared) steps += countSteps(model, needed);
  jobs[0]?.request.report({ kind: 'begin', steps });
  const stop = newStop();
  const builds = prepared.map((each) => buildTarget(each, each.request, stop));
  await Promise.allSettled(builds);
  return Promise.all(builds);
};

const buildTarget = async (prepared: Prepared, request: BuildRequest, stop: Stop): Promise<Built> => {
  const { model, bases, target, needed, placeOf } = prepared;
  const builds = new Map<StageInfo, Promise<Built>>();
  const suffix = request.common ? ` (for ${platformText(request.platform)})` : '';
  const fail = (error: unknown) => stop.after(placed(error, placeOf, suffix));
  const build = (stage: StageInfo): Promise<Built> => {
    const twin = twinOf(model, stage);
    const known = builds.get(twin) ?? buildStage(model, twin, { request, bases, build, stop, fail }).catch(fail);
    builds.set(twin, known);
    return known;
  };
  // All at once: each waits for those that it needs.
  await Promise.allSettled(needed.map(build));
  const [built] = await Promise.all([build(target), ...needed.map(build)]);
  const image = forTarget(built.image, request.isPlatformAsked ? request.platform : undefined);
  return { ...built, image: await withLayers(request, image) };
};

const placed = (error: unknown, placeOf: Prepared['placeOf'], suffix: string): unknown =>
  error instanceof BuildError
    ? new BuildError(`${error.message}${suffix}`, placeOf(error.range), error.exitCode)
    : error;

/** What failed first ends the whole build, and all that fails from then on does so for that. */
interface Stop {
  readonly after: (error: unknown) => never;
  readonly throwIfStopped: () => void;
}

const newStop = (): Stop => {
  let first: { readonly error: unknown } | undefined;
  return {
    after(error) {
      // Stages whose steps are ended wait for them themselves.
      if (!first) void endSteps();
      first ??= { error };
      throw first.error;
    },
    throwIfStopped() {
      if (first) throw first.error;
    },
  };
};

/** The image with its layers in the store. */
const withLayers = async ({ remote }: BuildRequest, image: Image): Promise<Image> =>
  remote ? { ...image, layers: await remote.bring(image.layers) } : image;

interface Around {
  readonly stop: Stop;
  /** Ends the build for an error. */
  readonly fail: (error: unknown) => never;
  readonly request: BuildRequest;
  readonly bases: ReadonlyMap<string, Image>;
  readonly build: (stage: StageInfo) => Promise<Built>;
}

const buildStage = async (model: Model, stage: StageInfo, around: Around): Promise<Built> => {
  const { request, bases, build, stop, fail } = around;
  const { throwIfStopped } = stop;
  const platform = request.common && platformLabel(stage, request);
  const start = await startOf(stage, around);
  const built = async (other: StageInfo) => (await build(other)).image;
  const bring = (needed: Image) => withLayers(request, needed);
  const notes = [...start.notes];
  const lines = [...start.lines];
  let { image } = start;
  let created = request.epoch === undefined ? (image.json.created ?? isoTime(now())) : isoTime(request.epoch);
  for (const { step: planned, entry, note, place } of stepsOf(model, stage)) {
    if (!entry.hasLayer) {
      image = withHistory(image, historyJson(entry.text, created));
      notes.push(note);
      continue;
    }
    const images = { build: built, bring, imageNamed: imageOf(bases, request) };
    const step = platform === undefined ? planned : { ...planned, platform };
    const context: StepContext = { model, step, request, ...images, throwIfStopped };
    const { layer, created: made, ...how } = await layerOf({ image, lines, place: place() }, context, fail);
    created = made;
    image = append(image, layer, historyJson(entry.text, created));
    lines.push(note.line);
    notes.push({ ...note, ...how });
  }
  const config = jsonOf(start.image.json.config, imageConfigOf(model.stateAfter(stage)));
  const { json } = withConfig(image, config);
  return { image: { layers: image.layers, json: { ...keptJson(json), ...authorOf(stage), created } }, notes, lines };
};

const authorOf = ({ node }: StageInfo): { readonly author?: string } => {
  const maintainer = node.instructions.findLast(({ kind }) => kind === 'Maintainer');
  return maintainer?.kind === 'Maintainer' ? { author: maintainer.name.text } : {};
};

/** As BuildKit writes it: what a stage runs on, and what it is for. */
const platformLabel = (stage: StageInfo, request: BuildRequest): string => {
  const target = platformText(request.platform);
  const own = platformOfStage(stage) ?? target;
  if (own === target) return target;
  return `${own}->${target.startsWith(`${own.split('/')[0]}/`) ? target.replace(/^[^/]*\//, '') : target}`;
};

const startOf = async (stage: StageInfo, { request, bases, build }: Around): Promise<Built> => {
  const parent = parentOf(stage);
  if (parent) {
    request.report({ kind: 'wait', stage, on: [parent], platform: request.common && platformLabel(stage, request) });
    return build(parent);
  }
  const image = baseImageOf(stage, bases) ?? emptyImage(request.platform);
  const unknown = () => undefined;
  return { image, notes: (image.json.history ?? []).map(unknown), lines: image.layers.map(unknown) };
};

const historyJson = (text: string, created: string): HistoryJson => ({
  created,
  created_by: text,
  comment: 'buildkit.dockerfile.v0',
});

/** In milliseconds; the usual clock for this takes half of one to load. */
const uptime = (): number => process.uptime() * 1000;

/** A step's layer, and how long it took to come by. */
const layerOf = async (before: Before, context: StepContext, fail: Around['fail']): Promise<StepLayer & Duration> => {
  const { request, step } = context;
  const { node, stage, platform } = step;
  const sources = stagesFor(context.model, node);
  if (sources.length > 0) request.report({ kind: 'wait', stage, on: sources, platform });
  await Promise.all(sources.map(context.build));
  context.throwIfStopped();
  const began = uptime();
  request.report({ kind: 'start', step });
  const found = await stepLayer(node, before, context).catch((error: unknown) => {
    context.throwIfStopped();
    const milliseconds = uptime() - began;
    if (error instanceof BuildError) request.report({ kind: 'fail', step, error, milliseconds });
    // At once, so that who has waited for the same step does not tell of it again.
    return fail(error);
  });
  const milliseconds = uptime() - began;
  request.report({ kind: 'end', step, cached: found.cached, milliseconds });
  return { ...found, milliseconds };
};

type Duration = { readonly milliseconds: number };
