import { resolve } from 'node:path';
import type { Iechorfile } from '../ast/nodes.ts';
import { lintFile } from '../lint/linter.ts';
import type { Rule } from '../lint/rule.ts';
import type { Document } from '../source/document.ts';
import type { BuildOptions } from './build-options.ts';
import type { Io } from './io.ts';
import { plainLint } from './lint-options.ts';
import { printFindings } from './print-findings.ts';
import { isFailure, settingsFor } from './settings.ts';

/** Prints what the configured rules find before a build; whether it stops the build. */
export const lintBeforeBuild = async (
  document: Document,
  file: Iechorfile,
  options: BuildOptions,
  io: Io,
  rules: readonly Rule[],
): Promise<boolean> => {
  const { failOn = 'error', progress, quiet } = options;
  const target = { path: document.path, file: resolve(io.cwd, document.path) };
  const settings = await settingsFor({ options: { ...plainLint([]), failOn }, io, rules, targets: [target] });
  const { config } = settings.of(target);
  const diagnostics = lintFile(document, file, config);
  const isStopped = isFailure(diagnostics, failOn);
  if (diagnostics.length === 0 || (quiet && !isStopped)) return isStopped;
  if (progress === 'json' && !quiet) (await import('./json-progress.ts')).writeFindings(diagnostics, document, io);
  else await printFindings('compact', { document, diagnostics }, [...config.rules.keys()], io.stderr, io);
  return isStopped;
};
