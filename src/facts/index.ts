import type { BuildContext } from './context.ts';
import type { ShellcheckReport } from './shellcheck.ts';

export { type BuildContext, type ContextPath, contextOf, contextPaths, type Fate, type Lookup } from './context.ts';
export { excluderOf, hasExceptions, IGNORE_ENDINGS, type IgnoreFile, readIgnoreFile } from './ignore.ts';
export {
  type ShellcheckComment,
  type ShellcheckReport,
  type ShellcheckScript,
  type ShellcheckTarget,
  shellcheckScripts,
} from './shellcheck.ts';
export { commentsOf, type RawComment } from './shellcheck-comments.ts';

/** What is known of a build beyond the file; what was not gathered is undefined. */
export interface Facts {
  readonly context?: BuildContext | undefined;
  readonly shellcheck?: ShellcheckReport | undefined;
}

export type Need = keyof Facts;

export const NO_FACTS: Facts = {};
