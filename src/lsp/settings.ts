import type { Target } from '../cli/discover.ts';
import type { Io } from '../cli/io.ts';
import { plainLint } from '../cli/lint-options.ts';
import { settingsFor } from '../cli/settings.ts';
import { ConfigError } from '../config/error.ts';
import { configure } from '../config/select.ts';
import type { Rule } from '../lint/rule.ts';
import type { LintConfig } from '../lint/setting.ts';
import type { Preferences } from './client.ts';
import { pathOf } from './open-file.ts';

/** How one document is linted. */
export interface FileSettings {
  readonly config: LintConfig;
  /** All rules there are, those of plugins among them. */
  readonly rules: readonly Rule[];
  readonly isIgnored: boolean;
  /** What lays it out, as `iechorlint format` does. */
  formatting(): Promise<LintConfig>;
  /** Why the configuration cannot be read; then nothing else is said of the document. */
  readonly trouble: string | undefined;
}

/** Finds the configuration of documents as the command line does, each document's once until all is forgotten. */
export interface SettingsSource {
  of(uri: string): Promise<FileSettings>;
  forget(): void;
}

export const settingsSource = (
  rules: readonly Rule[],
  io: Io,
  preferences: () => Preferences,
  notice: (text: string) => void,
): SettingsSource => {
  const known = new Map<string, Promise<FileSettings>>();
  const told = new Set<string>();
  const tell = (text: string) => {
    if (!told.has(text)) notice(text);
    told.add(text);
  };
  return {
    of(uri) {
      const settings = known.get(uri) ?? find(uri, rules, io, preferences(), tell);
      known.set(uri, settings);
      return settings;
    },
    forget() {
      known.clear();
      told.clear();
    },
  };
};

const find = async (
  uri: string,
  rules: readonly Rule[],
  io: Io,
  { trusted, plugins, config }: Preferences,
  tell: (text: string) => void,
): Promise<FileSettings> => {
  const file = pathOf(uri);
  const target: Target = { path: file ?? 'untitled', file };
  const options = { ...plainLint([]), plugins: trusted && plugins, config };
  const settled = (select: readonly string[]) =>
    settingsFor({ options: { ...options, select }, io, rules, targets: [target] });
  const formatting = async () => (await settled(['format'])).of(target).config;
  try {
    const settings = await settled([]);
    for (const text of settings.notices) tell(text);
    const isIgnored = settings.isIgnored(target);
    return { config: settings.of(target).config, rules: settings.rules, isIgnored, formatting, trouble: undefined };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const plain = configure(rules, { select: [], ignore: [] });
    return { config: plain, rules, isIgnored: false, formatting, trouble: error.lines.join('\n') };
  }
};
