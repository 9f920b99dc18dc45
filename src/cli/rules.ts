import type { Rule } from '../lint/rule.ts';
import type { Io } from './io.ts';

export interface RulesArguments {
  readonly format: 'pretty' | 'json';
}

export const run = async (_args: RulesArguments, _io: Io, _rules: readonly Rule[]): Promise<number> => {
  throw new Error('the command rules is not written yet');
};
