import type { Io, Output } from './io.ts';

/** Whether text for people has colours there: on a terminal that knows them, where nobody asked for none. */
export const hasColors = (output: Output, { env }: Pick<Io, 'env'>): boolean =>
  output.isTerminal() && !env.NO_COLOR && env.TERM !== 'dumb';
