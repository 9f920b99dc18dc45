import type { Iechorfile, Instruction } from '../ast/nodes.ts';
import type { Word } from '../ast/words.ts';
import { expand } from './expand.ts';
import type { Model } from './index.ts';
import { EMPTY_CONFIG, environmentOf, globalScope, type Scope } from './scope.ts';

/** The ARGs before the first FROM in a build that is given no arguments, on a usual machine. */
export const globalsByDefault = (file: Iechorfile): Scope =>
  globalScope(file, { baseConfig: EMPTY_CONFIG, platform: 'linux/amd64' });

/** The value of a word in a build that is given no arguments, on an image that sets no variables; undefined where that is not known either. */
export const expandByDefault = (model: Model, word: Word, node: Instruction): string | undefined => {
  const scope = model.stateBefore(node);
  const environment = environmentOf(scope);
  return expand(word.parts, (name) => {
    const found = environment(name);
    return found.kind === 'unknown' && scope.bindings.get(name)?.by !== 'env' ? { kind: 'unset' } : found;
  }).value;
};
