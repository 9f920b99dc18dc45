import { parse } from '../ast/create.ts';
import type { Facts } from '../facts/index.ts';
import { modelOf } from '../model/index.ts';
import type { Document } from '../source/document.ts';
import type { Range } from '../source/range.ts';
import type { Diagnostic } from './diagnostic.ts';
import { ignoresIn } from './ignores.ts';
import { otherNamesIn } from './ignoring.ts';
import { lintFile } from './linter.ts';
import type { LintConfig } from './setting.ts';
import { suppressionOf } from './suppress.ts';

/** A finding that a comment leaves out. */
export interface Suppressed {
  readonly diagnostic: Diagnostic;
  readonly comment: Range;
  readonly reason: string | undefined;
}

/** What `lint` does not give because comments say so, by place. */
export const suppressedIn = (document: Document, config: LintConfig, facts?: Facts): readonly Suppressed[] => {
  if (!config.inlineIgnores || document.defect) return [];
  const file = parse(document.text);
  const model = modelOf(file, config.inputs);
  const ignores = ignoresIn(file, model.inputs);
  if (ignores.length === 0) return [];
  const stages = model.stages.map(({ node }) => node);
  const { ignoreOf } = suppressionOf(file, stages, ignores, otherNamesIn(config));
  return lintFile(document, file, { ...config, inlineIgnores: false }, facts).flatMap((diagnostic) => {
    const ignore = ignoreOf(diagnostic);
    return ignore ? [{ diagnostic, comment: ignore, reason: ignore.reason }] : [];
  });
};
