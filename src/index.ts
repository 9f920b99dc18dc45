import { rules as allRules } from '../rules/index.ts';
import type { Rule } from './lint/rule.ts';

/** Every rule there is. */
export const rules: readonly Rule[] = allRules;

/** The public API: read a file, lint it, fix it, write rules of one's own. */

export { parse } from './ast/create.ts';
export { ConfigError } from './config/error.ts';
export { configure, type Selection } from './config/select.ts';
export { type AppliedFix, applyEdits, type FixResult, fix } from './lint/fix.ts';
export { type FormatResult, format, type Refusal } from './lint/format.ts';
export * from './lint/index.ts';
export { lint, lintFile } from './lint/linter.ts';
export type { HistoryEntry } from './model/history.ts';
export { type ImagePlan, planImage } from './model/plan.ts';
export { type Invalidity, type ValidFile, validate } from './model/validate.ts';
export { decode } from './source/decode.ts';
export { documentOf } from './source/document.ts';
export { type LineIndex, lineIndexOf, type Position } from './source/text.ts';
