import type { StepInfo } from '../build/execute.ts';
import type { StageInfo } from '../model/stages.ts';
import { escapeLine } from '../report/escape.ts';

/** What a stage is called where people read of it, and where its records are kept. */
export const stageName = ({ name, index }: StageInfo): string => name ?? `stage-${index}`;

export const labelOf = ({ stage, number, of }: StepInfo): string => `[${stageName(stage)} ${number}/${of}]`;

const LONGEST = 120;

/** An instruction on one line. */
export const titleOf = ({ node }: Pick<StepInfo, 'node'>): string => {
  const flags = node.flags.map(({ text }) => text);
  return escapeLine(
    [node.keyword.text.toUpperCase(), ...flags, ...node.arguments].join(' ').replace(/\s+/g, ' ').slice(0, LONGEST),
  );
};

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;
