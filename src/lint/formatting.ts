import type { Rule } from './rule.ts';

/** Whether the rule is about the layout of the file alone, so that `format` applies it. */
export const isFormatting = ({ tags }: Rule): boolean => tags?.includes('format') === true;
