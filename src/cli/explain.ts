import type { Rule } from '../lint/rule.ts';
import type { Io } from './io.ts';

export const run = async (_args: { readonly rule: string }, _io: Io, _rules: readonly Rule[]): Promise<number> => {
  throw new Error('the command explain is not written yet');
};
