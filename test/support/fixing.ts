import { applyEdits, fix } from '../../src/lint/fix.ts';
import type { Edit, Rule, Safety } from '../../src/lint/index.ts';
import { documentOf } from '../../src/source/document.ts';
import { overlaps } from '../../src/source/range.ts';
import { factsOf, findingsOf, only, type Setup } from './rules.ts';

const MAX_ROUNDS = 10;

/**
 * The text when every fix that the rule offers in it is applied: by the engine, or, since no engine applies one that is
 * `manual`, by hand. Undefined when the rule offers none.
 */
export const fixedBy = (rule: Rule, text: string, setup?: Setup): string | undefined => {
  const safeties = new Set(findingsOf(rule, text, setup).flatMap(({ fix: offered }) => offered?.safety ?? []));
  if (safeties.size === 0) return undefined;
  if (safeties.has('manual')) return fixedByHand(rule, text, setup);
  return fixedByEngine(rule, text, safeties.has('unsafe') ? 'unsafe' : 'safe', setup);
};

export const fixedByEngine = (rule: Rule, text: string, upTo: Exclude<Safety, 'manual'>, setup?: Setup): string => {
  const document = documentOf(text, setup?.path);
  const { text: fixed, notes } = fix(document, only(rule, setup), upTo, factsOf(document, setup));
  if (notes.length) throw new Error(notes.join('\n'));
  return fixed;
};

const fixedByHand = (rule: Rule, text: string, setup?: Setup): string => {
  let fixed = text;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const edits = editsOf(rule, fixed, setup);
    if (edits.length === 0) return fixed;
    fixed = applyEdits(fixed, edits);
  }
  throw new Error(`After ${MAX_ROUNDS} rounds \`${rule.name}\` still offers a fix.`);
};

/** The edits of all fixes that touch none before them. */
const editsOf = (rule: Rule, text: string, setup?: Setup): readonly Edit[] => {
  const taken: Edit[] = [];
  for (const { fix: offered } of findingsOf(rule, text, setup)) {
    const edits = offered?.edits ?? [];
    if (!edits.some((edit) => taken.some((other) => touches(edit, other)))) taken.push(...edits);
  }
  return taken;
};

const touches = (a: Edit, b: Edit): boolean => a.range.start === b.range.start || overlaps(a.range, b.range);
