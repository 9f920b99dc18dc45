import type { Iechorfile } from '../ast/nodes.ts';
import { severityIn } from './compat.ts';
import { type Diagnostic, SEVERITIES } from './diagnostic.ts';
import type { Problem } from './rule.ts';

/** What was said last of a script, by the line of its instruction. */
export type LastInScript = Map<number, LastFinding>;

interface LastFinding {
  readonly start: number;
  readonly diagnostic: Diagnostic;
}

/** Whether the finding is one of ShellCheck's. */
export const isAboutScript = (codes: readonly string[]): boolean => codes.some((code) => code.startsWith('SC'));

/** hadolint tells one thing of a script: what stands last in it, and of two at one place the less severe. */
export const keepLast = (last: LastInScript, { text }: Iechorfile, { at }: Problem, diagnostic: Diagnostic): void => {
  const { start } = 'range' in at ? at.range : at;
  const line = text.lastIndexOf('\n', diagnostic.range.start - 1) + 1;
  const known = last.get(line);
  // Of what it cannot read ShellCheck says nothing else.
  if (known?.diagnostic.rule === SYNTAX) return;
  const isLater = known === undefined || diagnostic.rule === SYNTAX || start > known.start;
  if (isLater || (start === known.start && rankOf(diagnostic) > rankOf(known.diagnostic))) {
    last.set(line, { start, diagnostic });
  }
};

const SYNTAX = 'shell-syntax';

const rankOf = ({ codes: [code = ''], severity }: Diagnostic): number =>
  SEVERITIES.indexOf(severityIn('hadolint', code) ?? severity);
