import { parse } from '../ast/create.ts';
import { ConfigError } from '../config/error.ts';
import { type Facts, type ShellcheckScript, shellcheckScripts } from '../facts/index.ts';
import { runShellcheck, shellcheckVersion } from '../gather/shellcheck.ts';
import { lint } from '../lint/linter.ts';
import type { Rule } from '../lint/rule.ts';
import type { LintConfig } from '../lint/setting.ts';
import { modelOf } from '../model/index.ts';
import type { Document } from '../source/document.ts';
import type { Checked } from './check.ts';
import { factsFor } from './facts.ts';
import type { Io } from './io.ts';
import type { LintOptions } from './lint-options.ts';
import { readTarget } from './read.ts';
import type { Input, Run } from './run.ts';

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

/** Checks all targets, with one call of `shellcheck` for the scripts of all. */
export const checkWithShellcheck = (run: Run, version: string): readonly Checked[] => {
  const { targets, io, options, settings } = run;
  const sources = targets.map((target) => readTarget(target, io, options.maxFileSize));
  const texts = targets.flatMap((target, index): readonly Text[] => {
    const source = sources[index];
    return source === undefined || typeof source === 'string'
      ? []
      : [{ document: source.document, config: settings.of(target).config }];
  });
  const reports = shellcheckFacts(texts, version, io);
  return targets.map((target, index): Checked => {
    const source = sources[index];
    if (source === undefined || typeof source === 'string') return { path: target.path, message: source ?? '' };
    const { config } = settings.of(target);
    const facts = { ...factsFor(run, config, { target, source }), ...reports.get(source.document) };
    return { document: source.document, diagnostics: lint(source.document, config, facts) };
  });
};

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
  const comments = runShellcheck(scripts.flat(), env);
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
