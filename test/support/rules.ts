import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Diagnostic, LintConfig, Rule } from '../../src/lint/index.ts';
import { lint } from '../../src/lint/linter.ts';
import { type Document, documentOf } from '../../src/source/document.ts';

/** A file below `rules/` and what it exports; `rule` is undefined when that is no rule. */
export interface RuleFile {
  readonly path: string;
  readonly category: string;
  readonly name: string;
  readonly rule: Rule | undefined;
  readonly error: unknown;
}

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Every rule file, read from the folder and not from the generated index, so that a new rule is tested at once. */
export const ruleFiles = async (): Promise<readonly RuleFile[]> => {
  const paths = readdirSync(`${ROOT}rules`, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /^[^/]+\/[^/]+\.ts$/.test(path))
    .toSorted();
  return Promise.all(paths.map(ruleFileAt));
};

const ruleFileAt = async (path: string): Promise<RuleFile> => {
  const [category = '', file = ''] = path.split('/');
  const where = { path: `rules/${path}`, category, name: file.replace(/\.ts$/, '') };
  try {
    const module: { readonly default?: unknown } = await import(`${ROOT}rules/${path}`);
    return { ...where, rule: isRule(module.default) ? module.default : undefined, error: undefined };
  } catch (error) {
    return { ...where, rule: undefined, error };
  }
};

const isRule = (value: unknown): value is Rule =>
  typeof value === 'object' && value !== null && 'name' in value && 'check' in value && 'examples' in value;

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
