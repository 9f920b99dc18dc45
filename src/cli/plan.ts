import type { Io } from './io.ts';

export interface PlanArguments {
  readonly files: readonly string[];
  readonly format: 'pretty' | 'json' | 'jsonl';
  readonly baseConfig: string | undefined;
  readonly platform: string | undefined;
  /** Each `NAME=VALUE`, or `NAME` alone. */
  readonly buildArgs: readonly string[];
  readonly target: string | undefined;
}

export const run = async (_args: PlanArguments, _io: Io): Promise<number> => {
  throw new Error('the command plan is not written yet');
};
