import { parse } from '../ast/create.ts';
import { ConfigError } from '../config/error.ts';
import { type Facts, type ShellcheckScript, shellcheckScripts } from '../facts/index.ts';
import { runShellcheck, shellcheckVersion } from '../gather/shellcheck.ts';
import type { Diagnostic } from '../lint/diagnostic.ts';
import { lint } from '../lint/linter.ts';
import type { Rule } from '../lint/rule.ts';
import type { LintConfig } from '../lint/setting.ts';
import { modelOf } from '../model/index.ts';
import type { Unreadable } from '../report/index.ts';
import type { Document } from '../source/document.ts';
import type { Checked } from './check.ts';
import type { Target } from './discover.ts';
import { factsFor } from './facts.ts';
import type { Io } from './io.ts';
import type { KeptFindings } from './lint-cache.ts';
import type { LintOptions } from './lint-options.ts';
import { readTarget, type Source } from './read.ts';
import type { Input, Run } from './run.ts';
import type { RunSettings } from './settings.ts';
import { inTemporaryFolder } from './temporary-folder.ts';

/** A run that asks ShellCheck: its release, and the rules where that of ShellCheck goes by the codes that are named. */
export interface Asked {
  readonly version: string;
  readonly rules: readonly Rule[];
}

/** Looks for the program; undefined where `auto` finds none. */
export const askShellcheck = (options: LintOptions, { env }: Io, rules: readonly Rule[]): Asked | undefined => {
  const version = shellcheckVersion(env);
  if (version !== undefined) return { version, rules: withCodes(rules, options) };
  if (options.shellcheck === 'auto') return undefined;
  throw new ConfigError('--shellcheck=on needs the program `shellcheck`, and there is none in PATH');
};

/** The first code says that it belongs to what hadolint says. */
const withCodes = (rules: readonly Rule[], { select, ignore }: LintOptions): readonly Rule[] => {
  const named = [...select, ...ignore].map((selector) => selector.trim().toUpperCase());
  const codes = [...new Set(['SC1000', ...named.filter((code) => /^SC\d{4}$/.test(code))])];
  return rules.map((rule) => (rule.name === 'shellcheck' ? { ...rule, codes } : rule));
};

/** Checks all targets, with one call of `shellcheck` for the scripts of all that no run before has checked. */
export const checkWithShellcheck = async (
  run: Run,
  version: string,
  cache: string | undefined,
): Promise<readonly Checked[]> => {
  const { targets, io, options, settings } = run;
  const kept = cache === undefined ? undefined : await keptWith(cache, version, io);
  const readings = targets.map((target) =>
    readingOf(target, readTarget(target, io, options.maxFileSize), settings, kept),
  );
  const unknown = readings.flatMap((reading) => ('known' in reading && reading.known === undefined ? reading : []));
  const reports = shellcheckFacts(unknown, version, io);
  return readings.map((reading) => {
    if ('message' in reading) return reading;
    const { document, config, input, known } = reading;
    if (known) return { document, diagnostics: known };
    const diagnostics = lint(document, config, { ...factsFor(run, config, input), ...reports.get(document) });
    kept?.write(document, config, diagnostics);
    return { document, diagnostics };
  });
};

/** A file that could be read, and what an earlier run found in it. */
interface Reading extends Text {
  readonly input: Input;
  readonly known: readonly Diagnostic[] | undefined;
}

const readingOf = (
  target: Target,
  source: Source | string,
  settings: RunSettings,
  kept: KeptFindings | undefined,
): Reading | Unreadable => {
  if (typeof source === 'string') return { path: target.path, message: source };
  const { config } = settings.of(target);
  return { document: source.document, config, input: { target, source }, known: kept?.read(source.document, config) };
};

const keptWith = async (folder: string, version: string, { env }: Io): Promise<KeptFindings> =>
  (await import('./lint-cache.ts')).keptFindings(folder, ` shellcheck ${version} ${env.SHELLCHECK_OPTS ?? ''}`);

/** All facts of one file, ShellCheck's word among them where the run asks for it. */
export const allFactsFor = (run: Run, config: LintConfig, input: Input): Facts => {
  const { document } = input.source;
  const facts = factsFor(run, config, input);
  if (run.shellcheck === undefined) return facts;
  return { ...facts, ...shellcheckFacts([{ document, config }], run.shellcheck, run.io).get(document) };
};

interface Text {
  readonly document: Document;
  readonly config: LintConfig;
}

/** What ShellCheck says of each document; nothing where its rule is off. */
const shellcheckFacts = (
  texts: readonly Text[],
  version: string,
  { env }: Io,
): ReadonlyMap<Document, Pick<Facts, 'shellcheck'>> => {
  const scripts = texts.map((text) => scriptsOf(text, version));
  const all = scripts.flat();
  const comments =
    all.length === 0 ? [] : inTemporaryFolder('iechorlint-', (folder) => runShellcheck(all, folder, env));
  const facts = new Map<Document, Pick<Facts, 'shellcheck'>>();
  let from = 0;
  for (const [index, { document }] of texts.entries()) {
    const to = from + (scripts[index]?.length ?? 0);
    facts.set(document, { shellcheck: { version, text: document.text, comments: comments.slice(from, to).flat() } });
    from = to;
  }
  return facts;
};

const scriptsOf = ({ document, config }: Text, version: string): readonly ShellcheckScript[] => {
  const setting = [...config.rules].find(([{ name }]) => name === 'shellcheck')?.[1];
  if (!setting || document.defect) return [];
  const asHadolint = setting.as === 'hadolint';
  return shellcheckScripts(modelOf(parse(document.text), config.inputs), { version, asHadolint });
};
