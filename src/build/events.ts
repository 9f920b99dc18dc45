import type { Instruction } from '../ast/nodes.ts';
import type { StageInfo } from '../model/stages.ts';
import type { BuildError } from './error.ts';
import type { Reason } from './reasons.ts';

/** What happens, as it happens. */
export type BuildEvent = StageEvent | StepEvent;

type StageEvent =
  /** How many steps that make layers there are in all stages. */
  | { readonly kind: 'begin'; readonly steps: number }
  | {
      readonly kind: 'wait';
      readonly stage: StageInfo;
      readonly on: readonly StageInfo[];
      readonly platform?: string | undefined;
    };

export type StepEvent =
  | { readonly kind: 'start'; readonly step: StepInfo }
  | { readonly kind: 'miss'; readonly step: StepInfo; readonly reason: Reason }
  | { readonly kind: 'output'; readonly step: StepInfo; readonly chunk: Buffer }
  | { readonly kind: 'warning'; readonly step: StepInfo; readonly text: string }
  | { readonly kind: 'fail'; readonly step: StepInfo; readonly error: BuildError; readonly milliseconds: number }
  | { readonly kind: 'end'; readonly step: StepInfo; readonly cached: boolean; readonly milliseconds: number };

export interface StepInfo {
  readonly stage: StageInfo;
  /** Where several are built for: `linux/arm64`, and where it runs on another, `linux/amd64->arm64`. */
  readonly platform?: string | undefined;
  readonly node: Instruction;
  /** From 1, among the steps of its stage. */
  readonly number: number;
  readonly of: number;
}
