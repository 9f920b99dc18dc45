import { severityIn } from './compat.ts';
import { type Fix, SAFETY_ORDER, type Safety, type Severity } from './diagnostic.ts';
import type { Problem, Rule } from './rule.ts';
import type { RuleSetting } from './setting.ts';

/** How loud a problem is: as it is set, as the reproduced tool has it, as the rule says of the place, as it says at all. */
export const severityOf = (
  rule: Rule,
  { severity, codeSeverities, as }: RuleSetting,
  problem: Problem,
  codes: readonly string[],
): Severity => {
  const ofCode = codeSeverities && codes.find((code) => codeSeverities.has(code));
  const [code] = codes;
  return (
    (ofCode === undefined ? severity : codeSeverities?.get(ofCode)) ??
    (as && code !== undefined ? severityIn(as, code) : undefined) ??
    problem.severity ??
    rule.severity
  );
};

/** A rule's word for one place may lower the safety it declares, never raise it; the user's may do both. */
export const fixOf = (rule: Rule, setting: RuleSetting, { title, edits, safety }: NonNullable<Problem['fix']>): Fix => {
  const declared: Safety = rule.fix?.safety ?? 'manual';
  const own = safety ?? declared;
  const known = SAFETY_ORDER.indexOf(own) > SAFETY_ORDER.indexOf(declared) ? own : declared;
  return { title, edits, safety: wanted(known, setting.fix) };
};

const wanted = (safety: Safety, fix: RuleSetting['fix']): Safety => {
  if (fix === 'never') return 'manual';
  if (safety === 'manual' || fix === undefined) return safety;
  return fix === 'always' ? 'safe' : 'unsafe';
};
