import type { Diagnostic, LintConfig, Rule } from '../../src/lint/index.ts';
import { lint } from '../../src/lint/linter.ts';
import { type Document, documentOf } from '../../src/source/document.ts';

/** A run of this rule alone. */
export const only = (rule: Rule): LintConfig => ({ rules: new Map([[rule, rule.severity]]), inlineIgnores: true });

/** What the rule says of a text; a rule that throws makes the caller throw. */
export const findingsOf = (rule: Rule, text: string, path?: string): readonly Diagnostic[] =>
  findingsIn(rule, documentOf(text, path));

export const findingsIn = (rule: Rule, document: Document): readonly Diagnostic[] => {
  const findings = lint(document, only(rule));
  for (const { rule: name, message } of findings) if (name === 'internal') throw new Error(message);
  return findings;
};
