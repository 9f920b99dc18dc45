import { dryRun } from '../build/dry-run.ts';
import { openStore, type Store } from '../build/store.ts';
import type { NamedContexts } from './build-contexts.ts';
import { foreignRunIn, type PlannedBuild } from './foreign-runs.ts';
import type { Io } from './io.ts';
import { imageHere } from './plan-build.ts';
import type { Scene } from './witness.ts';

/** Refuses before anything is run what would come to a RUN that this machine cannot run. Throws BuildError. */
export const refuseForeignRuns = async (
  scenes: readonly Scene[],
  contexts: Pick<NamedContexts, 'image'>,
  store: Store,
  io: Io,
): Promise<void> => {
  const reading = openStore(store.folder, true);
  const builds: PlannedBuild[] = [];
  for (const { options, valid, request } of scenes) {
    const asked = { ...request, store: reading, report: () => undefined };
    const plan = await dryRun(valid, asked, (text, platform = options.platform) =>
      imageHere(text, contexts, reading, { ...options, platform }),
    );
    builds.push({ plan, options, valid });
  }
  const refusal = foreignRunIn(builds, store.workFolder(), io.env.PATH ?? '');
  if (refusal) throw refusal;
};
