import { suppressedIn } from '../lint/suppressed.ts';
import type { FileReport } from '../report/index.ts';
import { factsFor } from './facts.ts';
import type { Run } from './run.ts';

/** The files with what comments leave out of their findings. */
export const withSuppressed = (run: Run, files: readonly FileReport[]): readonly FileReport[] => {
  const targets = new Map(run.targets.map((target) => [target.path, target]));
  return files.map((file) => {
    const { document } = file;
    const target = targets.get(document.path);
    if (!target) return file;
    const { config } = run.settings.of(target);
    const source = { document, bytes: Buffer.alloc(0) };
    return { ...file, suppressed: suppressedIn(document, config, factsFor(run, config, { target, source })) };
  });
};
