import { dirname, resolve } from 'node:path';
import { type Places, placesOf } from '../config/discover.ts';
import type { FailOn } from '../config/model.ts';
import { configure } from '../config/select.ts';
import { type Diagnostic, SEVERITIES } from '../lint/diagnostic.ts';
import type { Rule } from '../lint/rule.ts';
import type { LintConfig } from '../lint/setting.ts';
import type { Target } from './discover.ts';
import { inputsIn } from './facts.ts';
import type { Io } from './io.ts';
import type { LintOptions } from './lint-options.ts';

/** The least severity that makes the exit code 1, where nobody says otherwise. */
export const DEFAULT_FAIL_ON = 'warning';

/** Whether a finding is as severe as allowed none to be. */
export const isFailure = (diagnostics: readonly Diagnostic[], failOn: FailOn): boolean =>
  diagnostics.some(({ severity }) => rankOf(severity) <= rankOf(failOn));

/** The graver, the lower; `never` is below all. */
const rankOf = (severity: FailOn): number => (severity === 'never' ? -1 : SEVERITIES.indexOf(severity));

/** How one file is linted, and from which severity on it fails. */
export interface TargetSettings {
  readonly config: LintConfig;
  readonly failOn: FailOn;
}

/** What configurations and options together say. */
export interface RunSettings {
  of(target: Target): TargetSettings;
  /** Whether the configuration has no file of this name checked. */
  isIgnored(target: Target): boolean;
  /** All rules there are, those of plugins among them. */
  readonly rules: readonly Rule[];
  /** What is worth a line. */
  readonly notices: readonly string[];
}

/** What settings are made of. */
export interface SettingsRequest {
  readonly options: LintOptions;
  readonly io: Io;
  readonly rules: readonly Rule[];
  readonly targets: readonly Target[];
  readonly places: Places;
}

/** The settings of a run; without a configuration nothing is loaded for them. */
export const settingsFor = async (request: Omit<SettingsRequest, 'places'>): Promise<RunSettings> => {
  const places = placesOf(request.io.env);
  if (isConfigured({ ...request, places }))
    return (await import('./configured.ts')).configuredSettings({ ...request, places });
  const { options, io, rules } = request;
  const inputs = inputsIn(options, io);
  const { inlineIgnores } = options;
  const config = { ...configure(rules, options), inlineIgnores, ...(inputs ? { inputs } : {}) };
  const settings = { config, failOn: options.failOn ?? DEFAULT_FAIL_ON };
  return { of: () => settings, isIgnored: () => false, rules, notices: [] };
};

const isConfigured = ({ options, io, targets, places }: SettingsRequest): boolean => {
  if (options.fixRules.length > 0) return true;
  if (options.noConfig) return false;
  if (options.config !== undefined || VARIABLES.some((name) => io.env[name])) return true;
  const folders = new Set(targets.map((target) => folderOf(target, io.cwd)));
  return [...folders].some((folder) => places.own(folder) !== undefined || places.hadolint(folder) !== undefined);
};

/** The folder from which on a file's configuration is looked for. */
export const folderOf = (target: Target, cwd: string): string => dirname(placeOf(target, cwd));

/** Where a file is, or would be if it were no standard input. */
export const placeOf = ({ path, file }: Target, cwd: string): string => file ?? resolve(cwd, path);

const VARIABLES = [
  'IECHORLINT_CONFIG',
  ...['IGNORE', 'FAILURE_THRESHOLD', 'NOFAIL', 'TRUSTED_REGISTRIES', 'REQUIRE_LABELS', 'STRICT_LABELS']
    .concat(['OVERRIDE_ERROR', 'OVERRIDE_WARNING', 'OVERRIDE_INFO', 'OVERRIDE_STYLE', 'DISABLE_IGNORE_PRAGMA'])
    .map((name) => `HADOLINT_${name}`),
];
