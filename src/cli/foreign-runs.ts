import type { DryRun, PlannedStep } from '../build/dry-run.ts';
import { BuildError } from '../build/error.ts';
import { foreignRunTrouble, runsHere } from '../build/sandbox/foreign.ts';
import { platformOfStage } from '../model/stages.ts';
import type { PlatformBuild } from './buildable.ts';

/** A build with what it would do. */
export interface PlannedBuild extends Pick<PlatformBuild, 'options' | 'valid'> {
  readonly plan: DryRun;
}

/** The first RUN that would be run and that this machine cannot run, as what it fails with; `folder` is to try that in. */
export const foreignRunIn = (builds: readonly PlannedBuild[], folder: string, path: string): BuildError | undefined => {
  for (const { plan, options, valid } of builds) {
    // What a base image triggers stands behind the file's own text, and is told of when it is its turn.
    const isOwn = ({ step: { node }, state }: PlannedStep) =>
      node.kind === 'Run' && state === 'build' && node.end <= valid.file.text.length;
    for (const { stage, steps } of plan.stages) {
      const platform = platformOfStage(stage) ?? options.platform;
      const run = steps.find(isOwn);
      if (!run || runsHere(platform, folder)) continue;
      const line = stage.below?.node.from?.lines.first;
      return new BuildError(foreignRunTrouble(platform, path, line), run.step.node);
    }
  }
  return undefined;
};
