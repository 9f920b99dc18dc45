import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { LintConfig, RuleSetting } from '../lint/setting.ts';
import { type Checked, checkTarget, type Findings, plainFindings } from './check.ts';
import type { Target } from './discover.ts';
import type { Run } from './run.ts';
import { THREAD_FLAGS } from './thread-flags.ts';

/** What a worker is told: rules go by name, since functions do not travel. */
export interface Share {
  readonly configs: readonly SharedConfig[];
  /** Each with the index of its configuration. */
  readonly targets: readonly (readonly [target: Target, config: number])[];
  readonly maxFileSize: number;
  /** The folder of earlier findings. */
  readonly cache: string | undefined;
}

export interface SharedConfig extends Omit<LintConfig, 'rules' | 'known'> {
  readonly rules: readonly (readonly [name: string, setting: RuleSetting])[];
}

/** Fewer files than this take less time than a further thread takes to start. */
const FILES_PER_THREAD = 150;

// More gain nothing: each has the whole linter to warm up.
const MOST_THREADS = 8;

/** Checks many targets on all cores, this thread among them; the answers are in the order of the targets. */
export const checkOnAllCores = async (
  run: Run,
  workerFile: string,
  cache: string | undefined,
): Promise<readonly Checked[]> => {
  for (const flag of THREAD_FLAGS) setFlagsFromString(flag);
  const wanted = Math.ceil(run.targets.length / FILES_PER_THREAD);
  const threads = Math.min(availableParallelism(), MOST_THREADS, wanted);
  const shares = Array.from({ length: threads }, (_, thread) =>
    run.targets.filter((_target, at) => at % threads === thread),
  );
  const [own = [], ...others] = shares;
  const findings = cache === undefined ? plainFindings : (await import('./lint-cache.ts')).cachedFindings(cache);
  const here = (targets: readonly Target[]) => checkHere(run, targets, findings);
  const answers = others.map((share) => checkInWorker(workerFile, shareOf(run, share, cache), () => here(share)));
  const all = [here(own), ...(await Promise.all(answers))];
  return run.targets.flatMap((_target, at) => all[at % threads]?.[Math.floor(at / threads)] ?? []);
};

const checkHere = (
  { io, settings, options }: Run,
  targets: readonly Target[],
  findings: Findings,
): readonly Checked[] =>
  targets.map((target) => checkTarget(target, io, settings.of(target).config, options.maxFileSize, findings));

/** A worker that fails, for want of memory or threads, leaves its share to this thread. */
const checkInWorker = (
  workerFile: string,
  workerData: Share,
  checkHere: () => readonly Checked[],
): Promise<readonly Checked[]> =>
  new Promise((resolve) => {
    const giveUp = () => resolve(checkHere());
    try {
      const worker = new Worker(workerFile, { workerData });
      worker.once('message', resolve);
      worker.once('error', giveUp);
    } catch {
      giveUp();
    }
  });

const shareOf = ({ settings, options }: Run, targets: readonly Target[], cache: string | undefined): Share => {
  const indices = new Map<LintConfig, number>();
  const indexed = targets.map((target) => {
    const { config } = settings.of(target);
    const index = indices.get(config) ?? indices.size;
    indices.set(config, index);
    return [target, index] as const;
  });
  const { maxFileSize } = options;
  return { configs: Array.from(indices.keys(), sharedConfig), targets: indexed, maxFileSize, cache };
};

const sharedConfig = ({ rules, known: _known, ...rest }: LintConfig): SharedConfig => ({
  ...rest,
  rules: Array.from(rules, ([rule, setting]) => [rule.name, setting] as const),
});
