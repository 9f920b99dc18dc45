import type { Iechorfile } from '../ast/nodes.ts';
import type { Facts } from '../facts/index.ts';
import type { Model } from '../model/index.ts';
import { isErrorOnCheck } from './check-options.ts';
import { isCodeOf, toolOf } from './compat.ts';
import type { Diagnostic } from './diagnostic.ts';
import { type IgnoreOutcome, outcomesOf } from './ignore-outcomes.ts';
import { ignoresIn } from './ignores.ts';
import type { LintConfig } from './setting.ts';
import { suppressionOf } from './suppress.ts';

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
  const ignores = ignoresIn(file);
  if (ignores.length === 0) return diagnostics;
  const stages = model.stages.map(({ node }) => node);
  const suppression = suppressionOf(file, stages, ignores, idsOf(config));
  const kept = suppression.without(diagnostics);
  return [...kept, ...suppression.withoutNamed(aboutIgnores(outcomesOf(ignores, suppression.used, config, facts)))];
};

/** The ids of a finding; where it has none of a tool, all that its rule has of that tool, unless the tool is reproduced. */
const idsOf = ({ rules }: LintConfig) => {
  const byName = new Map(Array.from(rules, ([rule, { as }]) => [rule.name, as ? [] : rule.codes]));
  return ({ rule, codes }: Diagnostic): readonly string[] => {
    const tools = new Set(codes.map(toolOf));
    return [...codes, ...(byName.get(rule) ?? []).filter((code) => !tools.has(toolOf(code)))];
  };
};

/** Where `# check=error=true` stands, the build fails for what its checks find. */
export const withFailingChecks = (file: Iechorfile, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] => {
  if (!isErrorOnCheck(file)) return diagnostics;
  return diagnostics.map((each) =>
    each.codes.some((code) => isCodeOf('buildkit', code)) ? { ...each, severity: 'error' } : each,
  );
};
