import { ConfigError } from '../config/error.ts';
import { KINDS } from '../init/recipe.ts';
import { choiceOf, type Given, isOn } from './given.ts';
import type { InitArguments } from './init.ts';
import { registriesOf } from './registry-options.ts';

export const FROM = ['hadolint'] as const;
export const TEMPLATES = [...KINDS, 'none'] as const;

export const initArgumentsOf = (given: Given): InitArguments => {
  const [folder, ...more] = given.operands;
  if (more.length > 0) throw new ConfigError(`init takes one folder, and got ${given.operands.length}`);
  const from = choiceOf(given, 'from', FROM);
  if (from !== undefined && folder !== undefined) throw new ConfigError(`init --from takes no \`${folder}\``);
  return {
    from,
    folder,
    template: choiceOf(given, 'template', TEMPLATES),
    yes: isOn(given, 'yes'),
    force: isOn(given, 'force'),
    dryRun: isOn(given, 'dry-run'),
    pin: isOn(given, 'pin'),
    registries: registriesOf(given),
  };
};
