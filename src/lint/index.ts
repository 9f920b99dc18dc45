export { readDuration } from '../ast/duration.ts';
export { flagValue } from '../ast/flag-value.ts';
export * from '../ast/nodes.ts';
export * from '../ast/words.ts';
export {
  type BuildContext,
  contextPaths,
  excluderOf,
  type Facts,
  hasExceptions,
  type IgnoreFile,
  type Need,
} from '../facts/index.ts';
export { isCredential } from '../model/credentials.ts';
export * from '../model/index.ts';
export type { Document } from '../source/document.ts';
export { entryOf } from '../source/entry.ts';
export { mentions } from '../source/mention.ts';
export { nearest } from '../source/nearest.ts';
export type { Range } from '../source/range.ts';
export * from './compat.ts';
export * from './diagnostic.ts';
export * from './edits.ts';
export { whereWordsExpand } from './expanding.ts';
export { isFormatting } from './formatting.ts';
export type { IgnoreOutcome, NameOutcome } from './ignore-outcomes.ts';
export type { Ignore, IgnoreName } from './ignores.ts';
export { isPlainRun, joinedRuns } from './join-runs.ts';
export { plainShellFix } from './plain-shell.ts';
export { renameStage } from './rename-stage.ts';
export * from './rule.ts';
export * from './scripts.ts';
export { type LintConfig, plainSettings, type RuleSetting } from './setting.ts';
export { unpinnedForHadolint, unpinnedProblem } from './unpinned.ts';
