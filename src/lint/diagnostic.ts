import type { Range } from '../source/range.ts';

export const SEVERITIES = ['error', 'warning', 'info', 'style'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** safe: same image, comments kept · unsafe: plausible, opt in · manual: shown only, never applied. */
export const SAFETY_ORDER = ['safe', 'unsafe', 'manual'] as const;
export type Safety = (typeof SAFETY_ORDER)[number];

/** Replace the range by the text; an empty range inserts. */
export interface Edit {
  readonly range: Range;
  readonly text: string;
}

/** Edits that belong together: all are applied or none. `title` is imperative, without full stop. */
export interface Fix {
  readonly title: string;
  readonly safety: Safety;
  readonly edits: readonly Edit[];
}

/** A further place that explains a finding. */
export interface Related {
  readonly range: Range;
  readonly message: string;
}

/** A finding at a place. `rule` is its name, `codes` the ids other tools use for it. `range` may be empty, never outside the text. */
export interface Diagnostic {
  readonly path: string;
  readonly rule: string;
  readonly codes: readonly string[];
  readonly severity: Severity;
  readonly range: Range;
  /** What is wrong here, with the offending text. */
  readonly message: string;
  /** What to write instead. */
  readonly help?: string;
  readonly related?: readonly Related[];
  readonly fix?: Fix;
}
