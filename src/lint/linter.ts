import type { Document } from '../source/document.ts';
import type { Diagnostic, Safety, Severity } from './diagnostic.ts';
import type { Rule } from './rule.ts';

/** Which rules run and how loud each is; a rule that is not in the map is off. */
export interface LintConfig {
  readonly rules: ReadonlyMap<Rule, Severity>;
  /** False: `# iechorlint ignore=…` comments have no effect. */
  readonly inlineIgnores: boolean;
}

/** Rules by name, code of another tool, category, or `all`; throws ConfigError for a selector that names none, with the nearest name. */
export declare const configure: (
  rules: readonly Rule[],
  options: { readonly select: readonly string[]; readonly ignore: readonly string[] },
) => LintConfig;

/** Every finding of one document, sorted by place. Pure. A rule that throws becomes a finding of `internal`. */
export declare const lint: (document: Document, config: LintConfig) => readonly Diagnostic[];

export interface FixResult {
  /** The new text, without byte order mark. */
  readonly text: string;
  readonly applied: readonly { readonly rule: string; readonly title: string }[];
  /** What is still there after fixing. */
  readonly diagnostics: readonly Diagnostic[];
  /** Fixes that were dropped, as sentences for standard error. */
  readonly notes: readonly string[];
}

/** Applies fixes up to the given safety to a fixed point; a document with a defect comes back unchanged. */
export declare const fix: (document: Document, config: LintConfig, upTo: Exclude<Safety, 'manual'>) => FixResult;
