import type { Iechorfile } from '../ast/nodes.ts';
import type { Facts } from '../facts/index.ts';
import type { Model } from '../model/index.ts';
import { checksLeftOut, isErrorOnCheck } from './check-options.ts';
import { isCodeOf, toolOf } from './compat.ts';
import type { Diagnostic } from './diagnostic.ts';
import { type IgnoreOutcome, outcomesOf } from './ignore-outcomes.ts';
import { ignoresIn } from './ignores.ts';
import type { LintConfig } from './setting.ts';
import { type OtherNames, suppressionOf } from './suppress.ts';

interface Linted {
  readonly file: Iechorfile;
  readonly model: Model;
  readonly config: LintConfig;
  readonly facts: Facts;
}

/** Leaves out what comments say to leave out, and asks what there is to say of the comments. */
export const withoutIgnored = (
  { file, model, config, facts }: Linted,
  diagnostics: readonly Diagnostic[],
  aboutIgnores: (outcomes: readonly IgnoreOutcome[]) => readonly Diagnostic[],
): readonly Diagnostic[] => {
  const ignores = ignoresIn(file, model.inputs);
  if (ignores.length === 0) return diagnostics;
  const stages = model.stages.map(({ node }) => node);
  const suppression = suppressionOf(file, stages, ignores, otherNamesIn(config));
  const kept = suppression.without(diagnostics);
  return [...kept, ...suppression.withoutNamed(aboutIgnores(outcomesOf(ignores, suppression.used, config, facts)))];
};

/** The ids of a finding; where it has none of a tool, all that its rule has of that tool, unless the tool is reproduced. */
export const otherNamesIn = ({ rules }: LintConfig): OtherNames => {
  const byName = new Map(
    Array.from(rules, ([rule, { as }]) => [rule.name, { category: rule.category, codes: as ? [] : rule.codes }]),
  );
  return {
    codesOf({ rule, codes }) {
      const tools = new Set(codes.map(toolOf));
      return [...codes, ...(byName.get(rule)?.codes ?? []).filter((code) => !tools.has(toolOf(code)))];
    },
    categoryOf: ({ rule }) => byName.get(rule)?.category,
  };
};

/** What the build is told of its checks: with `error=true`, in the file or as an argument, it fails for what they find. */
export const withChecksOfBuild = (
  { file, model: { inputs } }: Pick<Linted, 'file' | 'model'>,
  diagnostics: readonly Diagnostic[],
): readonly Diagnostic[] => {
  const skipped = new Set(checksLeftOut(inputs));
  const kept = skipped.size === 0 ? diagnostics : diagnostics.filter(({ codes }) => !codes.some(isIn(skipped)));
  if (!isErrorOnCheck(file, inputs)) return kept;
  return kept.map((each) =>
    each.codes.some((code) => isCodeOf('buildkit', code)) ? { ...each, severity: 'error' } : each,
  );
};

const isIn =
  (skipped: ReadonlySet<string>) =>
  (code: string): boolean =>
    isCodeOf('buildkit', code) && (skipped.has('all') || skipped.has(code));
