import { dryRun, type PlannedStep } from '../build/dry-run.ts';
import { BuildError } from '../build/error.ts';
import type { BuildRequest } from '../build/execute.ts';
import { foreignRunTrouble, runsHere } from '../build/sandbox/foreign.ts';
import { openStore } from '../build/store.ts';
import { platformOfStage, type StageInfo } from '../model/stages.ts';
import type { NamedContexts } from './build-contexts.ts';
import type { Io } from './io.ts';
import { imageHere } from './plan-build.ts';
import type { Scene } from './witness.ts';

/** Refuses before anything is run what would come to a RUN that this machine cannot run. Throws BuildError. */
export const refuseForeignRuns = async (
  scenes: readonly Scene[],
  contexts: Pick<NamedContexts, 'image'>,
  io: Io,
): Promise<void> => {
  for (const { options, valid, request } of scenes) {
    const folder = request.store.workFolder();
    const platformFor = (stage: StageInfo) => platformOfStage(stage) ?? options.platform;
    const store = openStore(request.store.folder, true);
    const asked: BuildRequest = { ...request, store, report: () => undefined };
    const { stages } = await dryRun(valid, asked, (text, platform = options.platform) =>
      imageHere(text, contexts, store, { ...options, platform }),
    );
    for (const { stage, steps } of stages) {
      // What a base image triggers stands behind the file's own text, and is told of when it is its turn.
      const isOwn = ({ step: { node }, state }: PlannedStep) =>
        node.kind === 'Run' && state === 'build' && node.end <= valid.file.text.length;
      const run = steps.find(isOwn);
      if (run && !runsHere(platformFor(stage), folder))
        throw new BuildError(foreignRunTrouble(platformFor(stage), io.env.PATH ?? ''), run.step.node);
    }
  }
};
