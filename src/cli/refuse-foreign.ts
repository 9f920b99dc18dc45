import { dryRun } from '../build/dry-run.ts';
import { openStore } from '../build/store.ts';
import type { NamedContexts } from './build-contexts.ts';
import { foreignRunIn, type PlannedBuild } from './foreign-runs.ts';
import type { Io } from './io.ts';
import { imageHere } from './plan-build.ts';
import type { Scene } from './witness.ts';

/** Refuses before anything is run what would come to a RUN that this machine cannot run. Throws BuildError. */
export const refuseForeignRuns = async (
  scenes: readonly Scene[],
  contexts: Pick<NamedContexts, 'image'>,
  io: Io,
): Promise<void> => {
  const builds: PlannedBuild[] = [];
  for (const { options, valid, request } of scenes) {
    const store = openStore(request.store.folder, true);
    const asked = { ...request, store, report: () => undefined };
    const plan = await dryRun(valid, asked, (text, platform = options.platform) =>
      imageHere(text, contexts, store, { ...options, platform }),
    );
    builds.push({ plan, options, valid });
  }
  const refusal = foreignRunIn(builds, io.env.PATH ?? '');
  if (refusal) throw refusal;
};
