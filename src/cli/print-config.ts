import { resolve } from 'node:path';
import { placesOf } from '../config/discover.ts';
import type { Resolved } from '../config/resolve.ts';
import { viewOf } from '../config/view.ts';
import type { Rule } from '../lint/rule.ts';
import { configuredSettings, resolvedForAll } from './configured.ts';
import type { Target } from './discover.ts';
import type { Io } from './io.ts';
import type { LintOptions } from './lint-options.ts';
import { regularFileAt, withSlashes } from './paths.ts';
import { printJson } from './print-json.ts';
import { say } from './say.ts';
import { placeOf, type SettingsRequest } from './settings.ts';

/** `--print-config FILE`: what is in force for a file, which need not be there. */
export const printConfig = async (
  path: string,
  options: LintOptions,
  io: Io,
  rules: readonly Rule[],
): Promise<number> => {
  const target: Target = { path: withSlashes(path), file: regularFileAt(resolve(io.cwd, path)) };
  const request: SettingsRequest = { options, io, rules, targets: [target], places: placesOf(io.env) };
  const settings = await configuredSettings(request);
  for (const notice of settings.notices) if (!options.quiet) say(io, notice);
  const resolved: Resolved = (await resolvedForAll(request))(target);
  const { config, failOn } = settings.of(target);
  const place = placeOf(target, io.cwd);
  const view = {
    file: target.path,
    configurations: resolved.files.map(({ shown }) => shown),
    ignored: resolved.isIgnored(place),
    'fail-on': failOn,
    ...viewOf(config, resolved.layersOf(place)),
  };
  printJson(view, io);
  return 0;
};
