import { type DryRun, dryRun, type PlannedStep } from '../build/dry-run.ts';
import { BuildError } from '../build/error.ts';
import { openJournal } from '../build/journal.ts';
import type { BuildRequest } from '../build/request.ts';
import { READ_ONLY, type Store } from '../build/store.ts';
import { imageKey, type StageInfo } from '../model/stages.ts';
import type { Image } from '../oci/image.ts';
import { isPlatform, platformOf } from '../oci/platform.ts';
import { truncate } from '../report/cells.ts';
import { escapeLine } from '../report/escape.ts';
import { plural, wrap } from '../report/prose.ts';
import type { Document } from '../source/document.ts';
import { type NamedContexts, namedContexts } from './build-contexts.ts';
import type { BuildOptions } from './build-options.ts';
import { anewOf, checked, journalName, mayRunForeign, type PlatformBuild, parsed, timedBuild } from './buildable.ts';
import { failureText } from './failure.ts';
import { fullName } from './image-names.ts';
import type { Io } from './io.ts';
import { logText } from './log-text.ts';
import type { LoadRules } from './main.ts';
import { printJson } from './print-json.ts';
import { inScratch, readingInput } from './read-input.ts';
import { stepInputs } from './step-inputs.ts';
import { stageName, titleOf } from './step-words.ts';
import { type Terminal, terminalOf } from './terminal.ts';

/** `--build --plan`: what a build would run and why, with the exit codes of the build. Nothing is run or written. */
export const planBuild = (options: BuildOptions, io: Io, rules: LoadRules): Promise<number> =>
  readingInput(options, io, async (input, store, fetching) => {
    const { document, context } = input;
    const file = parsed(document, options);
    const { timed } = await timedBuild(file, input, options, io, store, fetching);
    const builds = await checked(document, file, timed, io, rules);
    if (!builds) return 1;
    const contexts = await namedContexts(options, io, store, fetching);
    const shared = { store, context, contexts, document, ...(await remoteOf(options, store, io)) };
    const plans: Plan[] = [];
    for (const build of builds) {
      const plan = await planned(() => planOf(build, shared, io));
      if (plan instanceof BuildError) {
        tellFailure(plan, document, io);
        return 3;
      }
      plans.push({ ...plan, platform: build.options.platform });
    }
    if (options.format === 'json') printJson(viewOf(plans, document), io);
    else io.stdout.write(logText(prettyOf(plans, document, io), io));
    const refusal = await refusalOf(builds, plans, io);
    if (refusal) tellFailure(refusal, document, io);
    return refusal ? 3 : 0;
  });

const tellFailure = (error: BuildError, document: Document, io: Io): void =>
  void io.stderr.write(failureText(error, { document, last: [] }, io));

/** What of the plan cannot be carried out here. */
const refusalOf = async (
  builds: readonly PlatformBuild[],
  plans: readonly Plan[],
  io: Io,
): Promise<BuildError | undefined> => {
  if (!builds.some(mayRunForeign)) return undefined;
  const { foreignRunIn } = await import('./foreign-runs.ts');
  const planned = builds.flatMap((build, at) => {
    const plan = plans[at];
    return plan ? [{ ...build, plan }] : [];
  });
  return inScratch(async (folder) => foreignRunIn(planned, folder, io.env.PATH ?? ''));
};

/** What would be done for a platform. */
interface Plan extends DryRun {
  readonly platform: string;
}

type Shared = Pick<BuildRequest, 'store' | 'context' | 'remote'> & {
  readonly contexts: NamedContexts;
  readonly document: Document;
};

const planOf = (
  { options, inputs, valid }: PlatformBuild,
  { contexts, document, ...shared }: Shared,
  io: Io,
): Promise<DryRun> => {
  const { platform, keepsTimes } = options;
  const { store } = shared;
  const request: BuildRequest = {
    inputs,
    platform: platformOf(platform),
    ...shared,
    contextNamed: (name) => contexts.folder(name, platform),
    ...stepInputs(options, io),
    ...anewOf(options, valid),
    epoch: keepsTimes ? undefined : 0,
    imageNamed: () => Promise.reject(new Error('a plan takes no image from elsewhere')),
    journal: openJournal(store, journalName(document, options, io)),
    report: () => undefined,
  };
  return dryRun(valid, request, (text, other = platform) =>
    imageHere(text, contexts, store, { ...options, platform: other }),
  );
};

/** What other machines have made, where their caches are to be used. */
const remoteOf = async (options: BuildOptions, store: Store, io: Io): Promise<Pick<BuildRequest, 'remote'>> =>
  options.cacheFrom.length === 0
    ? {}
    : { remote: await (await import('./shared-caches.ts')).cachesOf(options, store, io) };

/** What would stop the build before it has run anything. */
const planned = async (plan: () => Promise<DryRun>): Promise<DryRun | BuildError> => {
  try {
    return await plan();
  } catch (error) {
    if (error instanceof BuildError) return error;
    throw error;
  }
};

/** An image as it is in the store; undefined where it would have to be fetched, or read from elsewhere. */
export const imageHere = async (
  text: string,
  contexts: Pick<NamedContexts, 'image'> | undefined,
  store: Store,
  options: BuildOptions,
): Promise<Image | undefined> => {
  const given = await contexts?.image(text, options.platform).catch((error: unknown) => {
    if (error instanceof Error && error.message === READ_ONLY) return 'absent' as const;
    throw error;
  });
  if (given === 'absent') return undefined;
  if (typeof given === 'object') return given;
  if (given !== undefined) return imageHere(given, undefined, store, options);
  const known = store.image(fullName(text), options.platform);
  return known && !options.pull && isPlatform(known.json, options.platform) ? known : undefined;
};

// JSON --------------------------------------------------------------------------------------------------------------

/** Of several platforms a list. */
const viewOf = (plans: readonly Plan[], document: Document) => {
  const views = plans.map((plan) => planView(plan, document));
  return views.length > 1 ? views : views[0];
};

const planView = ({ target, stages, unneeded, absent, platform }: Plan, document: Document) => ({
  file: document.path,
  platform,
  target: stageName(target),
  stages: stages.map(({ stage, steps }) => ({
    ...stageView(stage),
    pulls: isPulled(stage, absent),
    steps: steps.map(stepView),
  })),
  unneeded: unneeded.map(stageView),
});

const isPulled = ({ base, platform }: StageInfo, absent: DryRun['absent']): boolean =>
  base.kind === 'image' && absent.has(imageKey(base.text, platform));

const stageView = (stage: StageInfo) => ({
  stage: stageName(stage),
  line: stage.node.from?.lines.first,
  from: fromOf(stage),
});

const stepView = ({ step, note, state, reason }: PlannedStep) => ({
  step: step.number,
  of: step.of,
  line: note.line,
  instruction: note.instruction,
  state,
  ...(reason ? { reason } : {}),
});

const fromOf = ({ base, node }: StageInfo): string => {
  if (base.kind === 'image') return base.text;
  return base.kind === 'stage' ? stageName(base.stage) : (node.from?.image.raw ?? 'scratch');
};

// For people --------------------------------------------------------------------------------------------------------

const prettyOf = (plans: readonly Plan[], document: Document, io: Io): string => {
  const terminal = terminalOf(io);
  const summary = summaryOf(plans.flatMap(({ stages }) => stages.flatMap(({ steps }) => steps)));
  return `${[...plans.flatMap((plan) => [...linesOf(plan, document, terminal), '']), summary].join('\n')}\n`;
};

const linesOf = (plan: Plan, { path }: Document, terminal: Terminal): readonly string[] => {
  const { stages, unneeded, absent, platform } = plan;
  const { paint } = terminal;
  const count = stages.length + unneeded.length;
  const needed = unneeded.length > 0 ? `${stages.length} of ${plural(count, 'stage')} needed` : plural(count, 'stage');
  const lines = [`${paint.bold(escapeLine(path))}: ${needed}, for ${platform}`];
  for (const { stage, steps } of stages) {
    const from = escapeLine(fromOf(stage));
    const pull = isPulled(stage, absent) ? ', which is pulled first' : '';
    lines.push('', `${paint.bold(stageName(stage))} from ${from}${pull}`);
    for (const step of steps) lines.push(...rowsOf(step, terminal));
  }
  if (unneeded.length > 0) lines.push('', paint.dim(`not needed: ${unneeded.map(stageName).join(', ')}`));
  return lines;
};

const STATE_WIDTH = 8;
const LINE_WIDTH = 5;

const rowsOf = ({ step, note, state, reason }: PlannedStep, { paint, width }: Terminal): readonly string[] => {
  const color = { cached: paint.green, build: paint.yellow, depends: paint.cyan }[state];
  const indent = STATE_WIDTH + LINE_WIDTH + 4;
  const room = width - indent - 1;
  const first = `  ${color(state.padEnd(STATE_WIDTH))}${String(note.line).padStart(LINE_WIDTH)}  ${truncate(titleOf(step), room)}`;
  const why = reason ? wrap(escapeLine(reason.text), room) : [];
  return [first, ...why.map((line) => `${' '.repeat(indent)}${paint.dim(line)}`)];
};

const summaryOf = (steps: readonly PlannedStep[]): string => {
  const count = (state: PlannedStep['state']) => steps.filter((step) => step.state === state).length;
  const depends = count('depends');
  const rest = depends > 0 ? `, ${depends} known only when others are built` : '';
  const cached = count('cached');
  const same = cached > 0 ? ' (what they stand on, say and read is as it was)' : '';
  return `${plural(cached, 'step')} cached${same}, ${count('build')} to build${rest}; nothing was run`;
};
