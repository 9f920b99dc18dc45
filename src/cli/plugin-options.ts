import type { Flag } from './commands.ts';
import { type Given, isOn, textOf } from './given.ts';

/** Where rules of plugins may come from. */
export interface PluginOptions {
  /** Whether plugins are run. */
  readonly plugins: boolean;
  readonly config: string | undefined;
}

export const PLUGIN_FLAGS: Readonly<Record<string, Flag>> = {
  config: { type: 'string', describe: 'The configuration that names plugins, where it is not the one in force here' },
  plugins: { type: 'boolean', describe: 'Load the plugins that configurations name; they are code' },
};

export const pluginOptionsOf = (given: Given): PluginOptions => ({
  plugins: isOn(given, 'plugins'),
  config: textOf(given, 'config'),
});
