import type { Iechorfile } from '../ast/nodes.ts';
import type { Document } from '../source/document.ts';
import type { Range } from '../source/range.ts';
import { isCodeOf } from './compat.ts';
import type { Diagnostic } from './diagnostic.ts';
import { placeIn, rangeOf } from './places.ts';
import type { Problem, Rule } from './rule.ts';
import type { RuleSetting } from './setting.ts';
import { fixOf, severityOf } from './weigh.ts';

/** A rule with how it runs. */
export interface RunningRule {
  readonly rule: Rule;
  readonly setting: RuleSetting;
}

/** The ids under which the problem is told; undefined where the rule is not to tell it. */
export const codesIn = ({ rule, setting }: RunningRule, problem: Problem): readonly string[] | undefined => {
  const { as, codes: wanted, ignoredCodes } = setting;
  if (problem.only !== undefined && problem.only !== as) return undefined;
  const all = problem.codes ?? rule.codes;
  const codes = as === undefined ? all : all.filter((code) => isCodeOf(as, code));
  if (as !== undefined && codes.length === 0 && !rule.always) return undefined;
  if (wanted && !codes.some((code) => wanted.has(code))) return undefined;
  return ignoredCodes && codes.some((code) => ignoredCodes.has(code)) ? undefined : codes;
};

/** Where it is told. */
export const placeOf = (
  file: Iechorfile,
  length: number,
  { setting: { as } }: RunningRule,
  { at, anchors }: Problem,
): Range => {
  const anchor = as && anchors?.[as];
  return anchor ? rangeOf(anchor, length) : placeIn(as, file, rangeOf(at, length));
};

/** The problem as a finding. */
export const diagnosticOf = (
  document: Document,
  { rule, setting }: RunningRule,
  problem: Problem,
  codes: readonly string[],
  range: Range,
): Diagnostic => {
  const fix = problem.fix && document.defect === undefined ? fixOf(rule, setting, problem.fix) : undefined;
  const { length } = document.text;
  return {
    path: document.path,
    rule: rule.name,
    codes,
    severity: severityOf(rule, setting, problem, codes),
    range,
    message: problem.message,
    ...(problem.help ? { help: problem.help } : {}),
    ...(problem.related?.length
      ? { related: problem.related.map(({ range, message }) => ({ range: rangeOf(range, length), message })) }
      : {}),
    ...(fix ? { fix } : {}),
  };
};

/** The finding that a rule failed. */
export const internal = (path: string, rule: Rule, error: unknown): Diagnostic => ({
  path,
  rule: 'internal',
  codes: [],
  severity: 'error',
  range: { start: 0, end: 0 },
  message: `The rule \`${rule.name}\` failed: ${error instanceof Error ? error.message : String(error)}`,
  help: `Please report this with the file; \`--ignore ${rule.name}\` leaves the rule out until then.`,
});
