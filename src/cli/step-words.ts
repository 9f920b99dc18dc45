import type { StepInfo } from '../build/events.ts';
import type { Reason } from '../build/reasons.ts';
import type { StageInfo } from '../model/stages.ts';
import { escapeLine } from '../report/escape.ts';
import { shortName } from './image-names.ts';

/** What a stage is called where people read of it, and where its records are kept. */
export const stageName = ({ name, index }: StageInfo): string => name ?? `stage-${index}`;

/** With the platform, where several are built for. */
export const stageLabel = ({ stage, platform }: Pick<StepInfo, 'stage' | 'platform'>): string =>
  `${platform === undefined ? '' : `${platform} `}${stageName(stage)}`;

export const labelOf = (step: StepInfo): string => `[${stageLabel(step)} ${step.number}/${step.of}]`;

/** An instruction on one line. */
export const instructionOf = ({ node }: Pick<StepInfo, 'node'>): string => {
  const flags = node.flags.map(({ text }) => text);
  return [node.keyword.text.toUpperCase(), ...flags, ...node.arguments].join(' ').replace(/\s+/g, ' ');
};

const LONGEST = 120;

/** As `instructionOf`, to be shown. */
export const titleOf = (step: Pick<StepInfo, 'node'>): string => escapeLine(instructionOf(step).slice(0, LONGEST));

/** What is new, and what was asked for, surprises nobody. */
export const isTold = ({ kind }: Reason): boolean => kind !== 'first' && kind !== 'asked';

export const forPlatforms = (platforms: readonly string[]): string =>
  platforms.length > 0 ? ` for ${platforms.join(', ')}` : '';

export const asNames = (names: readonly string[]): string =>
  names.length > 0 ? ` as ${names.map(shortName).join(', ')}` : '';

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;
