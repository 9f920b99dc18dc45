import type { Iechorfile } from '../ast/nodes.ts';
import { EMPTY_CONFIG, globalScope, type Scope } from './scope.ts';

/** The ARGs before the first FROM in a build that is given no arguments, on a usual machine. */
export const globalsByDefault = (file: Iechorfile): Scope =>
  globalScope(file, { baseConfig: EMPTY_CONFIG, platform: 'linux/amd64' });
