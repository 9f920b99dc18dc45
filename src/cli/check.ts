import type { Diagnostic } from '../lint/diagnostic.ts';
import { lint } from '../lint/linter.ts';
import type { LintConfig } from '../lint/setting.ts';
import type { FileReport, Unreadable } from '../report/index.ts';
import type { Target } from './discover.ts';
import type { Io } from './io.ts';
import { readTarget } from './read.ts';
import type { Input } from './run.ts';

/** What became of one target. */
export type Checked = FileReport | Unreadable;

export const isReport = (checked: Checked): checked is FileReport => 'document' in checked;

/** What is found in a file that could be read. */
export type Findings = (input: Input, config: LintConfig) => readonly Diagnostic[];

export const plainFindings: Findings = ({ source }, config) => lint(source.document, config);

/** Reads and lints one file. */
export const checkTarget = (
  target: Target,
  io: Pick<Io, 'stdin'>,
  config: LintConfig,
  maxFileSize: number,
  findings: Findings = plainFindings,
): Checked => {
  const source = readTarget(target, io, maxFileSize);
  if (typeof source === 'string') return { path: target.path, message: source };
  return { document: source.document, diagnostics: findings({ target, source }, config) };
};
