import { setImmediate } from 'node:timers/promises';
import { contextOf, type Facts, NO_FACTS } from '../facts/index.ts';
import { filesBelow, findIgnoreFile } from '../gather/context.ts';
import type { Diagnostic } from '../lint/diagnostic.ts';
import { lintInSteps } from '../lint/linter.ts';
import type { LintConfig } from '../lint/setting.ts';
import { type OpenFile, pathOf } from './open-file.ts';

/** What is found in one version of a document. */
export interface Findings {
  readonly open: OpenFile;
  readonly diagnostics: readonly Diagnostic[];
  /** How long it took, without the answers to others meanwhile. */
  readonly milliseconds: number;
}

/** How long others wait at most while a file is linted, in milliseconds. */
const SLICE = 8;

/** Lints in slices, between which the server answers others; undefined where the answer is no longer wanted. */
export const lintPatiently = async (
  open: OpenFile,
  config: LintConfig,
  facts: Facts,
  isWanted: () => boolean,
): Promise<Findings | undefined> => {
  const steps = lintInSteps(open.document, open.file, config, facts);
  let milliseconds = 0;
  for (let start = performance.now(); ; ) {
    const { done, value } = steps.next();
    const spent = performance.now() - start;
    if (done) return { open, diagnostics: value, milliseconds: milliseconds + spent };
    if (spent < SLICE) continue;
    milliseconds += spent;
    await setImmediate();
    if (!isWanted()) return undefined;
    start = performance.now();
  }
};

/** What is known of the build beyond the file. */
export const factsOf = ({ model, source }: OpenFile, context: string | undefined): Facts => {
  if (context === undefined) return NO_FACTS;
  try {
    return { context: contextOf(model, findIgnoreFile(context, pathOf(source.uri)), filesBelow(context)) };
  } catch {
    // Without them the rules that need them are silent.
    return NO_FACTS;
  }
};
