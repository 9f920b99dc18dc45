import { resolve } from 'node:path';
import type { Iechorfile } from '../ast/nodes.ts';
import { type Diagnostic, SEVERITIES } from '../lint/diagnostic.ts';
import { lintFile } from '../lint/linter.ts';
import type { Rule } from '../lint/rule.ts';
import type { LintConfig } from '../lint/setting.ts';
import { reporterOf } from '../report/index.ts';
import { paintOf } from '../report/paint.ts';
import type { Document } from '../source/document.ts';
import type { BuildOptions } from './build-options.ts';
import type { Io } from './io.ts';
import { plainLint } from './lint-options.ts';
import { settingsFor } from './settings.ts';
import { version } from './version.ts';

/** Whether a finding is as severe as allowed none to be; findings are printed. */
export const hasStopped = async (
  document: Document,
  file: Iechorfile,
  options: BuildOptions,
  io: Io,
  rules: readonly Rule[],
): Promise<boolean> => {
  const lintOptions = { ...plainLint([]), failOn: options.failOn ?? 'error' };
  const target = { path: document.path, file: resolve(io.cwd, document.path) };
  const settings = await settingsFor({ options: lintOptions, io, rules, targets: [target] });
  const { config } = settings.of(target);
  const diagnostics = lintFile(document, file, config);
  const threshold = lintOptions.failOn === 'never' ? -1 : SEVERITIES.indexOf(lintOptions.failOn);
  const isStopped = diagnostics.some(({ severity }) => SEVERITIES.indexOf(severity) <= threshold);
  if (diagnostics.length > 0 && (!options.quiet || isStopped)) await tell(diagnostics, document, config, options, io);
  return isStopped;
};

const tell = async (
  diagnostics: readonly Diagnostic[],
  document: Document,
  { rules }: LintConfig,
  { progress, quiet }: BuildOptions,
  io: Io,
): Promise<void> => {
  if (progress === 'json' && !quiet)
    return (await import('./json-progress.ts')).writeFindings(diagnostics, document, io);
  const reporter = await reporterOf('compact');
  const files = [{ document, diagnostics }];
  const outcome = { version, files, unreadable: [], rules: [...rules.keys()], why: new Map() };
  const sheet = { paint: await paintOf(false), width: io.stderr.columns() ?? 100, quiet: false, statistics: false };
  for (const part of reporter(outcome, sheet)) io.stderr.write(part);
};
