import { Chalk, type ChalkInstance } from 'chalk';
import { hasColors } from './colors.ts';
import type { Io } from './io.ts';

/** How standard output shows text for people: colours where it is a terminal that has them, prose no wider than it is. */
export interface Terminal {
  readonly paint: ChalkInstance;
  readonly width: number;
}

const WIDEST = 100;
const NARROWEST = 30;

export const terminalOf = ({ stdout, env }: Pick<Io, 'stdout' | 'env'>): Terminal => {
  const columns = stdout.isTerminal() ? (stdout.columns() ?? WIDEST) : WIDEST;
  return {
    paint: new Chalk({ level: hasColors(stdout, { env }) ? 1 : 0 }),
    width: Math.max(NARROWEST, Math.min(columns, WIDEST)),
  };
};
