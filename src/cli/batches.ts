import type { LintConfig, RuleSetting } from '../lint/setting.ts';
import type { Checked } from './check.ts';
import type { Target } from './discover.ts';

/** What a worker is told: rules go by name, since functions do not travel. */
export interface Share {
  readonly configs: readonly SharedConfig[];
  /** All of the run, each with the index of its configuration. */
  readonly targets: readonly (readonly [target: Target, config: number])[];
  readonly maxFileSize: number;
  /** The folder of earlier findings. */
  readonly cache: string | undefined;
  /** One number that all threads have: the first target that none has taken. */
  readonly next: Int32Array;
}

export interface SharedConfig extends Omit<LintConfig, 'rules' | 'known'> {
  readonly rules: readonly (readonly [name: string, setting: RuleSetting])[];
}

/** Some targets in a row, checked. */
export interface Batch {
  /** The index of the first. */
  readonly start: number;
  readonly checked: readonly Checked[];
}

/** Few enough that all threads end at about the same time, and more than a message costs. */
const BATCH = 8;

/** Takes batches of targets that no other thread takes, and gives what becomes of each, until none is left. */
export function* batchesOf<T>(
  targets: readonly T[],
  next: Int32Array,
  check: (target: T) => Checked,
): Generator<Batch> {
  const take = () => Atomics.add(next, 0, BATCH);
  for (let start = take(); start < targets.length; start = take())
    yield { start, checked: targets.slice(start, start + BATCH).map(check) };
}
