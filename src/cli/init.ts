import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configIn, placesOf } from '../config/discover.ts';
import { ConfigError } from '../config/error.ts';
import { loaderOf } from '../config/load.ts';
import type { Config } from '../config/model.ts';
import { templateOf } from '../config/template.ts';
import { RULESETS, type Rule } from '../lint/rule.ts';
import type { Io } from './io.ts';
import { say } from './say.ts';
import { reasonOf } from './system-error.ts';

export interface InitArguments {
  readonly from: 'hadolint' | undefined;
}

const NAME = '.iechorlint.yaml';

/** `iechorlint init`: writes a commented configuration here, with what another tool's says if it is asked to. */
export const run = async ({ from }: InitArguments, io: Io, rules: readonly Rule[]): Promise<number> => {
  const there = configIn(io.cwd);
  if (there !== undefined) throw new ConfigError(`there is a configuration in this folder already, ${there}`);
  const source = from === undefined ? undefined : await hadolintHere(io, rules);
  const ruleset = RULESETS.at(-1);
  const config: Config = {
    root: true,
    ...(ruleset ? { ruleset } : {}),
    ...(source?.config ?? { presets: ['recommended'] }),
  };
  try {
    writeFileSync(join(io.cwd, NAME), templateOf(config, source?.remarks), { flag: 'wx' });
  } catch (error) {
    throw new ConfigError(`cannot write ${NAME}: ${reasonOf(error)}`);
  }
  for (const notice of source?.notices ?? []) say(io, notice);
  if (source?.moot.length) say(io, `left out ${source.moot.join(', ')}: no rule here has such a code`);
  say(io, source ? `wrote ${NAME}, which says what ${source.shown} does; that counts no more` : `wrote ${NAME}`);
  return 0;
};

/** The nearest configuration of hadolint as one of ours. */
const hadolintHere = async (io: Io, rules: readonly Rule[]) => {
  const path = placesOf().hadolint(io.cwd);
  if (path === undefined) throw new ConfigError('there is no .hadolint.yaml here or in the folders above');
  const { shown, layers, notices, moot } = await loaderOf({ cwd: io.cwd, rules, plugins: false })(path);
  return { shown, notices, moot, config: layers[0] ?? {}, remarks: remarksIn(readFileSync(path, 'utf8')) };
};

/** What comments say behind the codes of a list: why a team ignores them. */
const remarksIn = (text: string): ReadonlyMap<string, string> =>
  new Map(
    Array.from(text.matchAll(/^\s*-\s*["']?((?:DL|SC)\d+)["']?\s+(#.*\S)\s*$/gm), ([, code = '', remark = '']) => [
      code,
      remark,
    ]),
  );
