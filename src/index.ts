/** The public API: read a file, lint it, fix it, write rules of one's own. */

export { rules } from '../rules/index.ts';
export { parse } from './ast/create.ts';
export { configure, type Selection } from './config/select.ts';
export { type AppliedFix, applyEdits, type FixResult, fix } from './lint/fix.ts';
export * from './lint/index.ts';
export { lint, lintFile } from './lint/linter.ts';
export { type ImagePlan, planImage } from './model/plan.ts';
export { type Invalidity, type ValidFile, validate } from './model/validate.ts';
export { decode } from './source/decode.ts';
export { documentOf } from './source/document.ts';
export { type LineIndex, lineIndexOf, type Position } from './source/text.ts';
